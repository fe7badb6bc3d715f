import Basics
import FoundationEssentials
import Reports
import Store
import TrailIntegrity

/// Verifies the digests of the last hours, and finds digests that are overdue.
struct DigestSchedule: Sendable {
    let store: Store
    let state: WatchState
    let log: WatchLog
    let route: WatchRun.Routing
    /// Makes the messages that a digest is no longer overdue.
    let ended: WatchRun.Routing
    let now: @Sendable () -> Date

    /// Verifies the trails' digests; each folder from the time that the plan says. Tests play it.
    var examine: @Sendable (VerificationPlan, Date) async throws -> VerifyRun.Result

    /// The cursor with the ends of the last verification.
    static let cursor = "verification"
    /// The sign that says how the verifications go.
    static let sign = "verification"
    /// The time for which no verification succeeds after which that is an alert, in seconds.
    static let patience: TimeInterval = 3 * 3600

    init(
        session: SessionOptions, environment: RunEnvironment, store: Store, state: WatchState, log: WatchLog,
        route: @escaping WatchRun.Routing, ended: @escaping WatchRun.Routing = { _ in [] },
        now: @escaping @Sendable () -> Date
    ) {
        (self.store, self.state, self.log, self.route, self.now) = (store, state, log, route, now)
        self.ended = ended
        examine = { plan, time in
            var run = VerifyRun(
                TrailSelection(), in: time.addingTimeInterval(-VerificationPlan.usual)...time, copy: nil, session)
            run.startOfFolder = { plan.start(of: $0) }
            return try await run.run(in: environment)
        }
    }

    func verify() async throws {
        let time = now()
        do {
            try await verify(at: time)
        } catch {
            if error is CancellationError || Task.isCancelled { throw error }
            // What the store knows is judged all the same: an outage must not hide that digests are missing.
            try setFailing(error, at: time)
            try findOverdue(at: time)
            throw error
        }
        try findOverdue(at: time)
    }

    private func verify(at time: Date) async throws {
        let saved = try store.cursor(Self.cursor).map {
            try JSONDecoder().decode([VerifiedUntil].self, from: Data($0.utf8))
        }
        let coverage = try saved == nil ? store.coverage(since: time.addingTimeInterval(-30 * 86_400)) : []
        let plan = VerificationPlan(saved ?? [], coverage, at: time)
        let result: VerifyRun.Result
        do {
            result = try await examine(plan, time)
        } catch let failure as Failure where failure.what == "no trail to verify" {
            log(.information, failure.description)
            try store.change("the state of the verifications") { writer in
                try writer.setSign(Self.sign, Self.content("no-trail", at: time), at: time)
            }
            try endFailing(at: time)
            state.judged(.undetermined)
            return
        }
        let report = result.report
        let gaps = plan.leftOut(of: result.folders)
        let points = plan.after(result.folders, proving: StoredCoverage.all(of: report))
        let content = String(decoding: try JSONEncoder().encode(points), as: UTF8.self)
        let new = try store.record(report, leavingOut: gaps, at: time) { writer, new in
            try writer.add(new.flatMap(route))
            try writer.setCursor(Self.cursor, content, at: time)
            try writer.setSign(Self.sign, Self.content("verified", at: time, notVerified: gaps), at: time)
        }
        try endFailing(at: time)
        state.verified()
        state.alerted(new)
        for gap in gaps {
            log(
                .warning,
                "\(gap.trail) in \(gap.region) was not verified from \(gap.from?.rfc3339 ?? "") to "
                    + "\(gap.to?.rfc3339 ?? "")")
        }
        let verification = report.verification
        log(
            new.isEmpty ? .information : .warning,
            "verified \(verification.digests.total) digests and \(verification.logs.total) log files: "
                + "\(verification.digests.invalid + verification.logs.invalid) invalid")
        state.judged(result.exitStatus)
    }

    // MARK: Verifications that cannot run

    /// What the store says about the verifications, under the name ``sign``.
    /// - Parameters:
    ///   - state: `verified`, `failing`, or `no-trail`.
    ///   - time: the time of the last verification that ended; `nil` if there was none.
    private static func content(
        _ state: String, at time: Date?, notVerified: [StoredProblem] = [], failing: Date? = nil, why: String? = nil
    ) -> JSON {
        .members([
            "state": .string(state), "last_success": time.map { .string($0.rfc3339) },
            "failing_since": failing.map { .string($0.rfc3339) }, "why": JSON(why),
            "not_verified": .array(
                notVerified.map {
                    .members([
                        "trail": .string($0.trail), "account": .string($0.account), "region": .string($0.region),
                        "from": $0.from.map { .string($0.rfc3339) }, "to": $0.to.map { .string($0.rfc3339) },
                    ])
                }),
        ])
    }

    /// The time of the last verification of a watch that ended; `nil` if there was none.
    static func lastSuccess(in store: Store) throws(Failure) -> Date? {
        try store.sign(sign)?.content["last_success"]?.text.flatMap { Moment($0)?.date }
    }

    private func setFailing(_ error: any Error, at time: Date) throws {
        let known = try store.sign(Self.sign)?.content
        let last = known?["last_success"]?.text.flatMap { Moment($0)?.date }
        let since = known?["failing_since"]?.text.flatMap { Moment($0)?.date } ?? time
        let why = (error as? Failure)?.description ?? "\(error)"
        // Without a verification for that long, the pages' last proof is old, whenever the attempts began to fail.
        let beginning = min(since, last ?? since)
        let isLong = time.timeIntervalSince(beginning) >= Self.patience
        let new = try store.change("the state of the verifications") { writer in
            try writer.setSign(Self.sign, Self.content("failing", at: last, failing: since, why: why), at: time)
            guard isLong else { return [StoredAlert]() }
            let new = try writer.addLinked([.failingVerification(since: beginning, why: why, at: time)])
            try writer.add(new.flatMap(route))
            return new
        }
        state.alerted(new)
        if isLong { log(.error, "no verification could run since \(beginning.rfc3339)") }
    }

    private func endFailing(at time: Date) throws {
        let open = try store.alerts(in: StoredAlert.verify, since: time.addingTimeInterval(-30 * 86_400)).filter {
            $0.rule == StoredAlert.failingVerification && $0.acknowledged == nil
        }
        guard !open.isEmpty else { return }
        try store.change("the verification that ran") { writer in
            for alert in open { _ = try writer.acknowledge(alert.id, by: "parapet watch", at: time) }
        }
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
    /// How far back earlier digests count, in seconds: also those from before a weekend without a watch.
    static let memory: TimeInterval = 8 * 86_400
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
