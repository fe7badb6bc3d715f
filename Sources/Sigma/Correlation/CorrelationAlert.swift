/// An alert of a correlation. One alert covers the whole time during which the condition holds.
public struct CorrelationAlert: Sendable, Hashable {
    public struct Event: Sendable, Hashable {
        /// The place in `RuleCollection.detections` of the matching rule.
        public var rule: Int
        /// In milliseconds since 1970.
        public var time: Int64
        /// The kept values, by field.
        public var fields: [String: String]
    }

    /// The place in `RuleCollection.correlations`.
    public var correlation: Int
    /// The common values of the events, by the names of `groupBy`.
    public var group: [String: String]
    /// The time of the first event, in milliseconds since 1970.
    public var first: Int64
    /// The time at which the condition began to hold.
    public var time: Int64
    /// The time of the last event.
    public var last: Int64
    /// The highest value that the condition compares: a count of events, of values, of rules, or a figure.
    public var measure: Double
    /// The number of events. `events` has the first `keptEvents` of them, and the first of each rule.
    public var eventCount: Int
    public var events: [Event]

    public static let keptEvents = 100
}
