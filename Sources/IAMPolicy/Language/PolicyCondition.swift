/// One line of a `Condition` block: an operator, a key of the request, and the values of which one must fit.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition".
public struct PolicyCondition: Sendable, Hashable {
    public var `operator`: ConditionOperator
    /// The key as written. Names of keys are case-insensitive: compare with `isAbout(_:)`.
    public var key: String
    public var values: [String]

    public init(_ operator: ConditionOperator, key: String, values: [String]) {
        self.operator = `operator`
        self.key = key
        self.values = values
    }

    /// Whether the condition tests this key, whatever its case.
    public func isAbout(_ key: String) -> Bool {
        self.key.lowercased() == key.lowercased()
    }
}
