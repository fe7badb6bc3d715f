public typealias AccessBaseline = Baseline<LearnedAccess>

/// The usual readers of buckets.
///
/// Entries not seen for 90 days before the last record are dropped. Of more than 50 000 entries of a kind, the entries
/// that were seen longest ago are dropped too. The next run treats dropped entries as new.
public struct LearnedAccess: BaselineContent {
    public static let version = 1
    private static let days = 90
    private static let kept = 50_000

    /// Requesters, addresses and user agents of each bucket, by the hour (since 1970) in which they were last seen.
    /// Only allowed requests count: a denied request does not make an address known.
    var requesters: [String: Int] = [:]
    var addresses: [String: Int] = [:]
    var agents: [String: Int] = [:]
    /// The bytes read in an hour, by `bucket/requester/address`. If a requester has several addresses, also by
    /// `bucket/requester/*`.
    var reading: [String: UsualLevel] = [:]
    /// Denied requests in the five-minute periods that had any. For addresses with several requesters also by
    /// `bucket/*/address`.
    var refused: [String: UsualLevel] = [:]

    /// The usual amount of a series, such as bytes read or requests denied.
    struct UsualLevel: BaselineEntry {
        var median: Double
        /// The hour since 1970 in which the amount was last seen.
        var hour: Int
        /// The approximate number of distinct keys that were denied without an alert. Older files do not have it.
        var keys: Int?
        /// The hour since 1970 from which its many keys raise alerts.
        var alertedSince: Int?

        var lastSeen: Int { hour }
        mutating func clamp(to latest: Int) { hour = min(hour, latest) }
    }

    public init() {}

    var isEmpty: Bool { requesters.isEmpty && addresses.isEmpty }

    mutating func age() {
        let last = [requesters, addresses, agents].compactMap { $0.values.max() }.max() ?? 0
        let oldest = last - Self.days * 24
        requesters.age(since: oldest, keeping: Self.kept)
        addresses.age(since: oldest, keeping: Self.kept)
        agents.age(since: oldest, keeping: Self.kept)
        reading.age(since: oldest, keeping: Self.kept)
        refused.age(since: oldest, keeping: Self.kept)
    }

    public mutating func clamp(to latest: Int) {
        requesters.clamp(to: latest)
        addresses.clamp(to: latest)
        agents.clamp(to: latest)
        reading.clamp(to: latest)
        refused.clamp(to: latest)
    }

    public var isPossible: Bool {
        [requesters, addresses, agents].allSatisfy { $0.values.allSatisfy(Self.hours.contains) }
            && [reading, refused].allSatisfy { $0.values.allSatisfy(Self.isPossible) }
    }

    /// Hours since 1970, up to the year 2100.
    private static let hours = 0...1_139_568

    private static func isPossible(_ level: UsualLevel) -> Bool {
        // The highest amount that a log can contain fits into an `Int`.
        (0...1e19).contains(level.median) && hours.contains(level.hour) && hours.contains(level.alertedSince ?? 0)
            && (0...1_000_000).contains(level.keys ?? 0)
    }
}
