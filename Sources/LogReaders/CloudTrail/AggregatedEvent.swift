public import Basics

/// An aggregated event of CloudTrail: the counts of data events with some value within five minutes. It has no name, no
/// identity and no `eventTime` of its own.
///
/// Source: "CloudTrail record contents for aggregated events", AWS CloudTrail User Guide.
public struct AggregatedEvent: Sendable, Hashable {
    /// The value of `eventCategory`.
    public static let category = "Aggregated"

    public var id: String
    public var account: String?
    public var region: String?
    public var source: String
    /// The beginning of the window, in seconds since 1970; `nil` if it cannot be read.
    public var start: Int?
    /// The dimension that the event summarizes, and the dimensions of its details.
    public var dimensions: [Dimension]

    /// The counts of the values of a dimension (`eventName`, `resourceARN`, `userIdentity`, …).
    public struct Dimension: Sendable, Hashable {
        public var name: String
        public var counts: [Count]

        public struct Count: Sendable, Hashable {
            public var value: String
            public var count: Int
        }
    }

    /// `nil` if the record is not an aggregated event, or has no primary dimension.
    public init?(_ record: JSON) {
        guard record["eventCategory"]?.text == Self.category, let summary = record["summary"],
            let primary = summary["primaryDimension"].flatMap(Dimension.init)
        else { return nil }
        id = record["eventId"]?.text ?? ""
        account = record["accountId"]?.text
        region = record["awsRegion"]?.text
        source = record["eventSource"]?.text ?? ""
        start = record["timeWindow"]?["windowStart"]?.text.flatMap { text in
            Array(text.utf8).withUnsafeBufferPointer { Moment(log: $0)?.seconds }
        }
        dimensions = [primary] + (summary["details"]?.elements ?? []).compactMap(Dimension.init)
    }

    /// The counts of all dimensions with that name, those of the primary dimension first.
    public func counts(_ name: String) -> [Dimension.Count] {
        dimensions.filter { $0.name.lowercased() == name.lowercased() }.flatMap(\.counts)
    }
}

extension AggregatedEvent.Dimension {
    fileprivate init?(_ json: JSON) {
        guard let name = json["dimension"]?.text else { return nil }
        self.name = name
        counts = (json["statistics"]?.elements ?? []).compactMap { statistic in
            guard let value = statistic["name"]?.text, let count = statistic["value"]?.integer, count >= 0 else {
                return nil
            }
            return Count(value: value, count: count)
        }
    }
}
