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
    /// The end of the window, which is outside of it; `nil` if it cannot be read.
    public var end: Int?
    /// The dimension that the event summarizes, and the dimensions of its details.
    public var dimensions: [Dimension]

    /// The counts of the values of a dimension (`eventName`, `resourceARN`, `userIdentity`, …).
    public struct Dimension: Sendable, Hashable {
        public var name: String
        /// The counts that can be read.
        public var counts: [Count]
        /// Whether each count can be read.
        public var isWhole: Bool

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
        func moment(_ name: String) -> Int? {
            record["timeWindow"]?[name]?.text.flatMap { text in
                Array(text.utf8).withUnsafeBufferPointer { Moment(log: $0)?.seconds }
            }
        }
        start = moment("windowStart")
        // "AWS aggregates over five minutes": "Aggregating data events", AWS CloudTrail User Guide.
        end = start.map { start in max(moment("windowEnd") ?? start + 300, start) }
        dimensions = [primary] + (summary["details"]?.elements ?? []).compactMap(Dimension.init)
    }

    /// Whether all counts can be read, and are of calls, errors, resources or callers: others cannot be evaluated.
    public var isUnderstood: Bool {
        dimensions.allSatisfy(\.isWhole)
            && dimensions.contains { dimension in
                let name = dimension.name.lowercased()
                return !dimension.counts.isEmpty
                    && (["eventname", "errorcode", "errorcodes", "resourcearn"].contains(name)
                        || name.hasPrefix("useridentity"))
            }
    }

    /// The counts of all dimensions with that name, those of the primary dimension first.
    public func counts(_ name: String) -> [Dimension.Count] {
        dimensions.filter { $0.name.lowercased() == name.lowercased() }.flatMap(\.counts)
    }
}

extension AggregatedEvent.Dimension {
    fileprivate init?(_ json: JSON) {
        guard let name = json["dimension"]?.text, let statistics = json["statistics"]?.elements else { return nil }
        self.name = name
        counts = statistics.compactMap { statistic in
            guard let value = statistic["name"]?.text, let number = statistic["value"],
                let count = number.integer ?? number.text.flatMap({ Int($0) }), count >= 0
            else { return nil }
            return Count(value: value, count: count)
        }
        isWhole = counts.count == statistics.count
    }
}
