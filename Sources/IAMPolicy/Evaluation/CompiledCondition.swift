import Basics

/// A condition made ready for many requests.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".
struct CompiledCondition: Sendable {
    private let key: String
    private let `operator`: ConditionOperator
    private let test: Test

    private enum Test: Sendable {
        case texts([VariablePattern], ignoringCase: Bool)
        case arns([ARNPattern])
        case numbers([PolicyNumber], Relation)
        case dates([Moment], Relation)
        case booleans([VariablePattern])
        case binaries([[UInt8]])
        case addresses([CIDR])
        /// Whether the key may be absent, and whether it may be present.
        case null(absent: Bool, present: Bool)
    }

    private enum Relation: Sendable {
        case equal, less, lessOrEqual, greater, greaterOrEqual

        /// Whether a value of the request stands in this relation to a value of the policy.
        func holds<Value: Comparable>(_ value: Value, _ bound: Value) -> Bool {
            switch self {
            case .equal: value == bound
            case .less: value < bound
            case .lessOrEqual: value <= bound
            case .greater: value > bound
            case .greaterOrEqual: value >= bound
            }
        }
    }

    init(_ condition: PolicyCondition, version: Policy.Version) {
        key = condition.key.lowercased()
        `operator` = condition.operator
        test = Self.test(condition.operator.comparison, condition.values, replacingVariables: version.hasVariables)
    }

    private static func test(
        _ comparison: ConditionOperator.Comparison, _ values: [String], replacingVariables: Bool
    ) -> Test {
        func texts(wildcards: Bool, ignoringCase: Bool) -> Test {
            .texts(
                values.map {
                    VariablePattern(
                        $0, replacingVariables: replacingVariables, wildcards: wildcards, ignoringCase: ignoringCase)
                }, ignoringCase: ignoringCase)
        }
        func numbers(_ relation: Relation) -> Test { .numbers(values.compactMap { PolicyNumber($0) }, relation) }
        func dates(_ relation: Relation) -> Test { .dates(values.compactMap { Moment(policy: $0) }, relation) }

        switch comparison {
        case .stringEquals, .stringNotEquals: return texts(wildcards: false, ignoringCase: false)
        case .stringEqualsIgnoreCase, .stringNotEqualsIgnoreCase: return texts(wildcards: false, ignoringCase: true)
        case .stringLike, .stringNotLike: return texts(wildcards: true, ignoringCase: false)
        case .numericEquals, .numericNotEquals: return numbers(.equal)
        case .numericLessThan: return numbers(.less)
        case .numericLessThanEquals: return numbers(.lessOrEqual)
        case .numericGreaterThan: return numbers(.greater)
        case .numericGreaterThanEquals: return numbers(.greaterOrEqual)
        case .dateEquals, .dateNotEquals: return dates(.equal)
        case .dateLessThan: return dates(.less)
        case .dateLessThanEquals: return dates(.lessOrEqual)
        case .dateGreaterThan: return dates(.greater)
        case .dateGreaterThanEquals: return dates(.greaterOrEqual)
        case .bool:
            return .booleans(
                values.map {
                    VariablePattern($0, replacingVariables: replacingVariables, wildcards: false, ignoringCase: true)
                })
        case .binaryEquals: return .binaries(values.compactMap { Base64.decode($0) })
        case .ipAddress, .notIpAddress: return .addresses(values.compactMap { CIDR($0) })
        case .arnEquals, .arnLike, .arnNotEquals, .arnNotLike:
            return .arns(
                values.map {
                    ARNPattern($0, replacingVariables: replacingVariables, in: .condition)
                })
        case .null:
            let words = values.map { $0.lowercased() }
            return .null(absent: words.contains("true"), present: words.contains("false"))
        }
    }

    /// Whether the condition is met.
    func holds(in context: RequestContext) -> Truth {
        if context.isUnknown(lowercased: key) { return .unknown }
        let values = context.value(ofLowercased: key)
        let isAbsent = values?.all.isEmpty ?? true
        if case .null(let absent, let present) = test {
            // The guide says that Null distinguishes a key with an empty value from a key with a value to compare.
            return Truth(isAbsent || values == .single("") ? absent : present)
        }
        guard let values, !isAbsent else { return Truth(holdsWithoutKey) }
        if `operator`.quantifier != nil, values == .single("") {
            // The guide counts an empty text as an empty set.
            return Truth(`operator`.quantifier == .forAllValues)
        }
        // The guide requires a set operator for a multivalued key. It does not define any other operator, so that one
        // matches no value.
        if `operator`.quantifier == nil, case .several = values { return .no }
        let isNegated = `operator`.comparison.isNegated
        let isUnknown = hasUnknownVariable(in: context)
        if isNegated, isUnknown { return .unknown }
        if isNegated, hasUnresolvedVariable(in: context) { return .no }
        let holds = holds(for: values.all) { self.fits($0, in: context) != isNegated }
        return isUnknown && !holds ? .unknown : Truth(holds)
    }

    private func holds(for values: [String], _ fits: (String) -> Bool) -> Bool {
        switch `operator`.quantifier {
        case .forAllValues: values.allSatisfy(fits)
        case .forAnyValue: values.contains(where: fits)
        case nil: values.contains(where: fits)
        }
    }

    private var holdsWithoutKey: Bool {
        switch `operator`.quantifier {
        case .forAllValues: true
        // Without a value, none matches. IfExists is about single values, so it changes nothing here.
        case .forAnyValue: false
        case nil: `operator`.ifExists || `operator`.comparison.isNegated
        }
    }

    private func hasUnresolvedVariable(in context: RequestContext) -> Bool {
        switch test {
        case .texts(let patterns, _), .booleans(let patterns): patterns.contains { $0.resolved(in: context) == nil }
        case .arns(let patterns): patterns.contains { !$0.isResolvable(in: context) }
        default: false
        }
    }

    private func hasUnknownVariable(in context: RequestContext) -> Bool {
        guard !context.isComplete else { return false }
        return switch test {
        case .texts(let patterns, _), .booleans(let patterns): patterns.contains { $0.isUnknown(in: context) }
        case .arns(let patterns): patterns.contains { $0.isUnknown(in: context) }
        default: false
        }
    }

    /// Whether a value of the request matches one of the policy's values, before negation.
    private func fits(_ value: String, in context: RequestContext) -> Bool {
        switch test {
        case .texts(let patterns, let ignoringCase):
            let value = ignoringCase ? value.lowercased() : value
            return patterns.contains { $0.matches(value, in: context) }
        case .arns(let patterns):
            let segments = ARN.segments(of: value)
            return patterns.contains { $0.matches(segments: segments, in: context) }
        case .numbers(let bounds, let relation):
            guard let number = PolicyNumber(value) else { return false }
            return bounds.contains { relation.holds(number, $0) }
        case .dates(let bounds, let relation):
            guard let date = Moment(policy: value) else { return false }
            return bounds.contains { relation.holds(date, $0) }
        case .booleans(let patterns):
            let word = value.lowercased()
            return (word == "true" || word == "false") && patterns.contains { $0.matches(word, in: context) }
        case .binaries(let expected):
            return expected.contains { $0 == Base64.decode(value) }
        case .addresses(let ranges):
            guard let address = CIDR(value) else { return false }
            return ranges.contains { $0.contains(address) }
        case .null:
            return false
        }
    }
}
