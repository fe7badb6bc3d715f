extension Statement {
    /// The values of which a request must have one for the statement to apply; `nil` if it applies without.
    ///
    /// Only conditions that a request without the key, or with another value, fails are counted: equality and likeness of
    /// strings and ARNs, not negated, not with `ForAllValues`, and with `IfExists` only if a `Null` condition of the same
    /// statement demands the key. The values may contain wildcards or variables; whether that is narrow enough is for the
    /// caller to judge. Where several conditions pin the key all of them hold, and the one with the fewest values is given.
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
