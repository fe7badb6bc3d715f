public import LogReaders
import Basics

/// What CloudTrail's aggregated events count and the analytics evaluate. An event covers five minutes; those of an hour
/// are added up.
public struct AggregatedTally: Sendable {
    private var counts: Set<AggregatedCount> = []
    private var unreadable = 0
    private var forgotten = 0
    /// Events whose window cannot be read.
    private var withoutTime = 0
    private static let kept = 20_000
    /// In seconds.
    private static let hour = 3_600

    public init() {}

    /// - Parameter event: `nil` for one that cannot be read.
    public mutating func add(_ event: AggregatedEvent?) {
        if event?.isUnderstood != true { unreadable += 1 }
        guard let event else { return }
        let all = AggregatedCount.all(in: event)
        if event.start == nil, !all.isEmpty { withoutTime += 1 }
        for count in all { insert(count) }
    }

    public mutating func merge(_ other: AggregatedTally) {
        unreadable += other.unreadable
        withoutTime += other.withoutTime
        forgotten += other.forgotten
        for count in other.counts.sorted(by: AggregatedCount.precedes) { insert(count) }
    }

    private mutating func insert(_ count: AggregatedCount) {
        if counts.count < Self.kept { counts.insert(count) } else if !counts.contains(count) { forgotten += 1 }
    }

    /// What could not be evaluated, for users.
    public var doubts: [String] {
        var doubts: [String] = []
        if unreadable > 0 {
            doubts.append("\(unreadable) aggregated events have no summary of a known kind, and are not evaluated")
        }
        if withoutTime > 0 {
            doubts.append("\(withoutTime) aggregated events have no readable time window, and are evaluated one by one")
        }
        if forgotten > 0 {
            doubts.append("\(forgotten) counts of aggregated events were not evaluated, since there were too many")
        }
        return doubts
    }

    /// - Parameter trailBuckets: the names of buckets that are known to hold trails.
    /// - Returns: one alert for each caller and period, or for each service if no caller is named. A trail can count the
    ///   same calls by call, by resource and by user: they alert once.
    public func alerts(trailBuckets: Set<String>) -> [Alert] {
        let relevant = counts.compactMap { $0.kind == .logDeletions ? $0.of(trailBuckets) : $0 }
        let places = Dictionary(grouping: relevant) { [$0.kind.rawValue, $0.account, $0.region, $0.source] }
        return places.values.flatMap { place in
            var kept: [AggregatedEpisode] = []
            let groups = Dictionary(grouping: place) { [$0.template, $0.actor ?? ""] }
            for episode in groups.values.flatMap(Self.episodes).sorted(by: AggregatedEpisode.precedes)
            where !kept.contains(where: episode.repeats) { kept.append(episode) }
            return kept.map(\.alert)
        }
    }

    /// The runs of events that reach the threshold, one alone or those of an hour together.
    private static func episodes(_ counts: [AggregatedCount]) -> [AggregatedEpisode] {
        let sorted = counts.sorted(by: AggregatedCount.precedes)
        var runs: [Range<Int>] = []
        var (first, sum) = (0, 0)
        for place in sorted.indices {
            let count = sorted[place]
            let threshold = count.kind.threshold
            sum += count.objects
            while first < place, !count.isWithin(hour, of: sorted[first]) {
                sum -= sorted[first].objects
                first += 1
            }
            guard count.objects >= threshold.inWindow || sum >= threshold.inHour else { continue }
            let start = sum >= threshold.inHour ? first : place
            if let last = runs.last, start <= last.upperBound,
                sorted[start].isWithin(hour, of: sorted[last.upperBound - 1])
            {
                runs[runs.count - 1] = last.lowerBound..<place + 1
            } else {
                runs.append(start..<place + 1)
            }
        }
        return runs.map { AggregatedEpisode(counts: Array(sorted[$0])) }
    }
}

/// The counts of one caller that make an alert, in the order of time.
private struct AggregatedEpisode {
    var counts: [AggregatedCount]

    private var objects: Int { counts.reduce(0) { $0.addingSaturating($1.objects) } }
    private var first: AggregatedCount { counts[0] }

    /// Named callers first, then the larger ones.
    static func precedes(_ left: AggregatedEpisode, _ right: AggregatedEpisode) -> Bool {
        let (named, other) = (left.first.actor != nil, right.first.actor != nil)
        if named != other { return named }
        if left.objects != right.objects { return left.objects > right.objects }
        return AggregatedCount.precedes(left.first, right.first)
    }

    /// Whether another episode counts the same calls by another dimension.
    func repeats(_ other: AggregatedEpisode) -> Bool {
        guard first.template != other.first.template else { return false }
        guard let start = first.start, let end = counts.last?.end, let begun = other.first.start,
            let ended = other.counts.last?.end
        else { return first.start == other.first.start }
        return start < ended && begun < end
    }

    var alert: Alert {
        let kind = first.kind
        let rule = BuiltInAnalytics.aggregated.first { $0.id == kind.rawValue }
        let severity = rule?.severity ?? .high
        let calls = counts.reduce(0) { $0.addingSaturating($1.calls) }
        let largest = counts.max { $0.objects < $1.objects } ?? first
        var alert = Alert(
            rule: kind.rawValue, title: rule?.title ?? "", event: first.event.isEmpty ? nil : first.event,
            time: first.start ?? 0, lastTime: counts.last?.end, severity: severity, account: first.account,
            region: first.region, actor: first.actor ?? first.source, practice: rule?.practice ?? "",
            fields: ["eventSource": first.source],
            evidence: [
                .init(kind.counted, .int(calls)), .init("events", .int(counts.count)),
                .init("dimensions", .array(largest.dimensions)),
            ])
        alert.hasTime = first.start != nil
        if !counts.contains(where: \.namesOnlyTrails) { alert.severity = .high }
        return alert
    }
}

extension BuiltInAnalytics {
    static let aggregated: [AlertRule] = [
        analytic(
            "aggregated-deletions", "Bulk deletion (aggregated events)", .high, practice: "trail-protection",
            techniques: ["T1485"],
            falsePositives: ["Clean-up jobs, and tools that empty buckets before their deletion"],
            response: """
                Identify the principal in the detailed data events or access logs, stop it, and restore the \
                objects from their versions.
                """,
            references: [page],
            "Detects at least \(deletions.inWindow) deletions in an aggregated data event of CloudTrail, which covers five "
                + "minutes, or \(deletions.inHour) in those of an hour. Such events count calls and contain no records of them. "
                + "A call of DeleteObjects, which deletes up to 1,000 objects, counts as \(AggregatedCount.deletedByOne)."
        ),
        analytic(
            "aggregated-log-deletions", "CloudTrail log files deleted (aggregated events)", .critical,
            practice: "trail-protection", techniques: ["T1485", "T1562.008"],
            falsePositives: ["Planned deletion of an old trail's bucket"],
            response: """
                Identify the principal in the detailed data events or access logs, stop it, and restore the log files \
                from their versions or copies.
                """,
            references: [page],
            """
            Detects a deletion in an aggregated data event of CloudTrail whose resources are CloudTrail log files or \
            buckets of trails, by their names or as the logs show. High if the event counts other resources as well.
            """),
        analytic(
            "aggregated-copies", "Bulk copy of objects (aggregated events)", .medium,
            practice: "trail-protection", techniques: ["T1486"],
            falsePositives: ["Pipelines and migrations that copy objects", "Planned encryption with a new key"],
            response: """
                Identify the principal in the detailed data events or access logs, and check with which key it \
                encrypts the objects. If it is unknown, deactivate its credentials.
                """,
            references: [page],
            """
            Detects at least \(copies.inWindow) copies or new encryptions of objects (CopyObject, UpdateObjectEncryption) \
            in an aggregated data event of CloudTrail, which covers five minutes, or \(copies.inHour) in those of an hour.
            """),
        analytic(
            "aggregated-denials", "Burst of denied requests (aggregated events)", .medium,
            practice: "trail-access-logging", techniques: ["T1619"],
            falsePositives: ["A program that lost its permission and retries"],
            response: """
                Identify the principal in the detailed data events or access logs, and correct its permissions \
                or deactivate its credentials.
                """, references: [page],
            """
            Detects at least \(denials.inWindow) denied requests in an aggregated data event of CloudTrail, which covers \
            five minutes, or \(denials.inHour) in those of an hour.
            """),
    ]

    private static let deletions = AggregatedCount.Kind.deletions.threshold
    private static let copies = AggregatedCount.Kind.copies.threshold
    private static let denials = AggregatedCount.Kind.denials.threshold
    private static let page =
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html"
}
