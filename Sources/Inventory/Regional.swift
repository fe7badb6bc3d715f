/// A facet that is read in each region on its own: one region's failure says nothing about the others.
public struct Regional<Value: Sendable & Codable>: Sendable, Codable {
    /// What each region that was asked answered.
    public var facts: [String: Fact<Value>]

    public init(_ facts: [String: Fact<Value>] = [:]) {
        self.facts = facts
    }

    public subscript(region: String) -> Fact<Value> {
        get { facts[region] ?? .notCollected }
        set { facts[region] = newValue }
    }
}
