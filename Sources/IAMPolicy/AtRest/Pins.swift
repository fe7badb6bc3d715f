extension Statement {
    /// The values of `key` of which a request must have one for the statement to apply; `nil` if it can apply without.
    ///
    /// A condition counts only if a request without the key, or with another value, fails it. It tests equality or
    /// likeness of strings or ARNs, and is not negated and not with `ForAllValues`. With `IfExists` it counts only if a
    /// `Null` condition of the same statement requires the key. The values may contain wildcards or variables; the
    /// caller decides whether they are narrow enough. If several conditions pin the key, all of them hold, and the
    /// values are those of the condition with the fewest.
    ///
    /// - Parameter key: A condition key such as `aws:SourceArn`; case does not matter.
    public func pinnedValues(of key: String) -> [String]? {
        conditions.filter { $0.isAbout(key) && $0.pinsText && demandsKey($0) }
            .map(\.values)
            .min { $0.count < $1.count }
    }

    /// Whether the statement applies only to requests with certain values of the key.
    public func pins(_ key: String) -> Bool {
        pinnedValues(of: key) != nil
    }

    /// Whether a request without the condition's key fails the statement.
    func demandsKey(_ condition: PolicyCondition) -> Bool {
        guard condition.operator.quantifier != .forAllValues else { return false }
        // Under ForAnyValue a request without the key fails, IfExists or not.
        guard condition.operator.ifExists, condition.operator.quantifier == nil else { return true }
        return conditions.contains {
            $0.operator.comparison == .null && $0.isAbout(condition.key) && $0.values == ["false"]
        }
    }
}

extension PolicyCondition {
    fileprivate var pinsText: Bool {
        switch `operator`.comparison {
        case .stringEquals, .stringEqualsIgnoreCase, .stringLike, .arnEquals, .arnLike: true
        default: false
        }
    }
}

extension [String] {
    /// Whether each value contains more than wildcards.
    public var namesSomething: Bool {
        !isEmpty && allSatisfy { $0.contains { $0 != "*" && $0 != "?" } }
    }
}
