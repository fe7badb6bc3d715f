/// A condition operator with its prefix and suffix: `ForAnyValue:StringLikeIfExists`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context keys".
public struct ConditionOperator: Sendable, Hashable, CustomStringConvertible {
    public var quantifier: Quantifier?
    public var comparison: Comparison
    /// Whether a request without the key satisfies the condition.
    public var ifExists: Bool

    public init(_ comparison: Comparison, quantifier: Quantifier? = nil, ifExists: Bool = false) {
        self.quantifier = quantifier
        self.comparison = comparison
        self.ifExists = ifExists
    }

    /// Reads an operator's name; `nil` if there is no such operator. Case does not matter: AWS accepts `bool`, and its
    /// own documents use it.
    public init?(_ name: String) {
        var rest = name.lowercased()[...]
        for quantifier in Quantifier.allCases {
            let prefix = quantifier.rawValue.lowercased() + ":"
            if rest.hasPrefix(prefix) {
                self.quantifier = quantifier
                rest = rest.dropFirst(prefix.count)
                break
            }
        }
        ifExists = rest.hasSuffix("ifexists")
        if ifExists { rest = rest.dropLast("ifexists".count) }
        guard let comparison = Comparison.named[String(rest)], !(ifExists && comparison == .null) else { return nil }
        self.comparison = comparison
    }

    public var description: String {
        (quantifier.map { $0.rawValue + ":" } ?? "") + comparison.rawValue + (ifExists ? "IfExists" : "")
    }

    /// The rule for comparing a key with several values.
    public enum Quantifier: String, Sendable, Hashable, CaseIterable {
        /// Every value of the request must fit; a request without the key satisfies it.
        case forAllValues = "ForAllValues"
        /// At least one value of the request must fit; a request without the key does not satisfy it.
        case forAnyValue = "ForAnyValue"
    }

    public enum Comparison: String, Sendable, Hashable, CaseIterable {
        case stringEquals = "StringEquals"
        case stringNotEquals = "StringNotEquals"
        case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
        case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
        case stringLike = "StringLike"
        case stringNotLike = "StringNotLike"
        case numericEquals = "NumericEquals"
        case numericNotEquals = "NumericNotEquals"
        case numericLessThan = "NumericLessThan"
        case numericLessThanEquals = "NumericLessThanEquals"
        case numericGreaterThan = "NumericGreaterThan"
        case numericGreaterThanEquals = "NumericGreaterThanEquals"
        case dateEquals = "DateEquals"
        case dateNotEquals = "DateNotEquals"
        case dateLessThan = "DateLessThan"
        case dateLessThanEquals = "DateLessThanEquals"
        case dateGreaterThan = "DateGreaterThan"
        case dateGreaterThanEquals = "DateGreaterThanEquals"
        case bool = "Bool"
        case binaryEquals = "BinaryEquals"
        case ipAddress = "IpAddress"
        case notIpAddress = "NotIpAddress"
        case arnEquals = "ArnEquals"
        case arnNotEquals = "ArnNotEquals"
        case arnLike = "ArnLike"
        case arnNotLike = "ArnNotLike"
        case null = "Null"

        /// Whether the comparison holds if no value matches, and therefore also if the key is absent.
        public var isNegated: Bool {
            switch self {
            case .stringNotEquals, .stringNotEqualsIgnoreCase, .stringNotLike, .numericNotEquals, .dateNotEquals,
                .notIpAddress, .arnNotEquals, .arnNotLike:
                true
            default: false
            }
        }

        fileprivate static let named: [String: Comparison] =
            Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue.lowercased(), $0) })
    }
}
