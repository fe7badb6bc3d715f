/// Events that a correlation found together: one alert for as long as its condition goes on to hold.
public struct CorrelationAlert: Sendable, Hashable {
    public struct Event: Sendable, Hashable {
        /// The place in `RuleCollection.detections` of the rule that it matched.
        public var rule: Int
        /// In milliseconds since 1970.
        public var time: Int64
        /// What was kept of it, by field.
        public var fields: [String: String]
    }

    /// The place in `RuleCollection.correlations`.
    public var correlation: Int
    /// The values that the events have in common, by the names of `groupBy`.
    public var group: [String: String]
    /// When the first of the events was, in milliseconds since 1970.
    public var first: Int64
    /// When the condition came to hold.
    public var time: Int64
    /// When the last of the events was.
    public var last: Int64
    /// What the condition looks at, at its height: a count of events, of values, of rules, or a figure.
    public var measure: Double
    /// How many events there are; `events` has at most `keptEvents` of them.
    public var eventCount: Int
    public var events: [Event]

    public static let keptEvents = 100
}
