import Basics
import FoundationEssentials
import Reports
import Store
import TrailIntegrity

/// Verifies the digests of the last hours, and finds digests that are overdue.
struct DigestSchedule: Sendable {
    let session: SessionOptions
    let environment: RunEnvironment
    let store: Store
    let state: WatchState
    let log: WatchLog
    let route: WatchRun.Routing
    /// Makes the messages that a digest is no longer overdue.
    let ended: WatchRun.Routing
    let now: @Sendable () -> Date

    /// The time range of a verification beyond what was verified before, in seconds: CloudTrail delivers a digest
    /// within an hour after its own hour.
    private static let overlap: TimeInterval = 2 * 3600
    private static let longest: TimeInterval = 86_400

    func verify() async throws {
        let time = now()
        let last = try store.verifications(limit: 1).first?.to ?? time.addingTimeInterval(-3600)
        let start = max(last.addingTimeInterval(-Self.overlap), time.addingTimeInterval(-Self.longest))
        let result: VerifyRun.Result
        do {
            result = try await VerifyRun(TrailSelection(), in: min(start, time)...time, copy: nil, session).run(
                in: environment)
        } catch let failure as Failure where failure.what == "no trail to verify" {
            log(.information, failure.description)
            return
        }
        let report = result.report
        let new = try store.record(report, at: time) { writer, new in try writer.add(new.flatMap(route)) }
        state.verified()
        state.alerted(new)
        let verification = report.verification
        log(
            new.isEmpty ? .information : .warning,
            "verified \(verification.digests.total) digests and \(verification.logs.total) log files: "
                + "\(verification.digests.invalid + verification.logs.invalid) invalid")
        try findOverdue(at: time)
    }

    /// Stores alerts about digests that are overdue, and marks those that came.
    func findOverdue(at time: Date) throws {
        let coverage = try store.coverage(since: time.addingTimeInterval(-OverdueDigests.memory))
        let open = try store.alerts(in: StoredAlert.verify, since: time.addingTimeInterval(-30 * 86_400)).filter {
            $0.rule == StoredAlert.overdueDigest && $0.acknowledged == nil
        }
        let ended = OverdueDigests.ended(open, coverage)
        if !ended.isEmpty {
            try store.change("the digests that came") { writer in
                for alert in ended {
                    _ = try writer.acknowledge(alert.id, by: "parapet watch", at: time)
                    try writer.add(self.ended(alert))
                }
            }
            for alert in ended {
                log(.information, "the overdue digest of \(alert.actor) in \(alert.region ?? "") came")
            }
        }
        let overdue = OverdueDigests.find(coverage, at: time)
        guard !overdue.isEmpty else { return }
        let added = try store.change("overdue digests") { writer in
            let new = try writer.addLinked(overdue.map { .overdueDigest($0, at: time) })
            try writer.add(new.flatMap(route))
            return new
        }
        state.alerted(added)
        for alert in added {
            log(.warning, "no digest of \(alert.actor) in \(alert.region ?? "") since \(alert.time?.rfc3339 ?? "")")
        }
    }
}

/// The trails and Regions whose digests came hourly and come no longer.
enum OverdueDigests {
    /// How far back earlier digests count, in seconds.
    static let memory: TimeInterval = 26 * 3600
    /// The time without a digest after which one is overdue, in seconds.
    static let limit: TimeInterval = 2 * 3600
    /// The time that digests must have covered before, in seconds.
    private static let habit: TimeInterval = 2 * 3600

    /// - Returns: the alerts about overdue digests of trails and Regions that are covered beyond the gap's beginning.
    static func ended(_ alerts: [StoredAlert], _ coverage: [StoredCoverage]) -> [StoredAlert] {
        alerts.filter { alert in
            coverage.contains {
                $0.trail == alert.actor && $0.account == alert.account && $0.region == alert.region
                    && $0.to > alert.time ?? .distantFuture
            }
        }
    }

    /// - Returns: the last coverage of each trail and Region that is overdue.
    static func find(_ coverage: [StoredCoverage], at time: Date) -> [StoredCoverage] {
        struct Place: Hashable { var trail: String, account: String, region: String }
        return Dictionary(grouping: coverage) { Place(trail: $0.trail, account: $0.account, region: $0.region) }.values
            .compactMap { parts in
                guard let last = parts.max(by: { $0.to < $1.to }), let first = parts.map(\.from).min(),
                    last.to.timeIntervalSince(first) >= habit, time.timeIntervalSince(last.to) > limit
                else { return nil }
                return last
            }
            .sorted { ($0.account, $0.region, $0.trail) < ($1.account, $1.region, $1.trail) }
    }
}
