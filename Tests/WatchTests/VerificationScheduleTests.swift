import Basics
import Foundation
import Reports
import Store
import Synchronization
import Testing
import TrailIntegrity

@testable import Runs

@Suite struct VerificationScheduleTests {
    private static let hour: TimeInterval = 3600
    private static let now = Date(timeIntervalSince1970: 1_764_000_000)

    private static func coverage(_ region: String, _ from: Double, _ to: Double, trail: String = "main")
        -> StoredCoverage
    {
        StoredCoverage(
            trail: trail, account: "123456789012", region: region, from: now - from * hour, to: now - to * hour)
    }

    private static func task(_ region: String, trail: String = "main") -> TrailFolderTask {
        TrailFolderTask(
            folder: TrailFolder(
                bucket: "logs", prefix: "", organizationID: nil, account: "123456789012", region: region),
            trails: [TrailName(name: trail, homeRegion: "us-east-1")])
    }

    private static func hoursBack(_ plan: VerificationPlan, _ task: TrailFolderTask) -> Double {
        now.timeIntervalSince(plan.start(of: task)) / hour
    }

    // MARK: Where verifications continue

    @Test func eachTrailContinuesWhereItsOwnProofEnds() {
        let saved = [
            VerifiedUntil(
                account: "123456789012", region: "us-east-1", trail: "main", proved: Self.now - Self.hour,
                checked: Self.now - 2 * Self.hour),
            VerifiedUntil(
                account: "123456789012", region: "eu-west-1", trail: "main", proved: Self.now - 72 * Self.hour,
                checked: Self.now - 72 * Self.hour),
        ]
        // What another verification proved meanwhile moves nothing.
        let plan = VerificationPlan(saved, [Self.coverage("eu-west-1", 0.5, 0.2)], at: Self.now)
        #expect(Self.hoursBack(plan, Self.task("us-east-1")) == 4)
        #expect(Self.hoursBack(plan, Self.task("eu-west-1")) == 74)
        #expect(Self.hoursBack(plan, Self.task("eu-west-2")) == 24)
        #expect(Self.hoursBack(plan, Self.task("us-east-1", trail: "second")) == 24)
        #expect(plan.leftOut(of: [Self.task("us-east-1"), Self.task("eu-west-1")]).isEmpty)
    }

    @Test func aShortVerificationBeforeTheFirstWatchHidesNothing() {
        let plan = VerificationPlan(
            [],
            [
                Self.coverage("us-east-1", 0.5, 0.2), Self.coverage("eu-west-1", 60, 50),
                Self.coverage("eu-west-1", 10, 1),
            ], at: Self.now)
        #expect(Self.hoursBack(plan, Self.task("us-east-1")) == 24)
        #expect(Self.hoursBack(plan, Self.task("eu-west-1")) == 52)
    }

    @Test func whatIsTooFarBackIsAGap() throws {
        let end = Self.now - 200 * Self.hour
        let saved = [
            VerifiedUntil(
                account: "123456789012", region: "us-east-1", trail: "main", proved: end, checked: end)
        ]
        let plan = VerificationPlan(saved, [], at: Self.now)
        #expect(Self.hoursBack(plan, Self.task("us-east-1")) == 168)
        let gap = try #require(plan.leftOut(of: [Self.task("us-east-1")]).first)
        #expect(gap.from == end)
        #expect(gap.to == Self.now - 168 * Self.hour)
        // It was examined then, so nothing is left out the next time, whether it proved something or not.
        let next = VerificationPlan(
            plan.after([Self.task("us-east-1")], proving: []), [], at: Self.now + Self.hour)
        #expect(next.leftOut(of: [Self.task("us-east-1")]).isEmpty)
        #expect(plan.leftOut(of: [Self.task("eu-west-1")]).isEmpty)
    }

    // MARK: Verifications that cannot run

    private static func withSchedule(
        _ examine: @escaping @Sendable (VerificationPlan, Date) async throws -> VerifyRun.Result,
        _ body: (Store, @escaping @Sendable (Date) -> DigestSchedule) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "digests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(folder.appending(path: "a.db").path)
        try await body(store) { time in
            var schedule = DigestSchedule(
                session: SessionOptions(), environment: RunEnvironment(), store: store,
                state: WatchState(now: { time }), log: WatchLog(.error, write: { _ in }), route: { _ in [] },
                now: { time })
            schedule.examine = examine
            return schedule
        }
    }

    private static func rules(_ store: Store) throws -> [String] {
        try store.alerts(in: "verify", since: .distantPast).filter { $0.acknowledged == nil }.map(\.rule).sorted()
    }

    @Test func aVerificationThatCannotRunBecomesAnAlertAndHidesNoOverdueDigest() async throws {
        let isBroken = Mutex(true)
        try await Self.withSchedule { _, time in
            if isBroken.withLock({ $0 }) { throw Failure("the logs cannot be read", why: "no answer", advice: "wait") }
            return VerifyRun.Result(
                report: VerifyReport(Verification(range: time - 3600...time)), exitStatus: .clean)
        } _: { store, schedule in
            try store.change("a verification") { writer in
                try writer.add(
                    StoredVerification(
                        time: Self.now, from: Self.now, to: Self.now, digestsValid: 5, digestsInvalid: 0,
                        logsValid: 0, logsInvalid: 0), [Self.coverage("us-east-1", 10, 4)], [])
            }
            await #expect(throws: Failure.self) { try await schedule(Self.now).verify() }
            #expect(try Self.rules(store) == ["digest-overdue"])
            #expect(try store.sign(DigestSchedule.sign)?.content["state"]?.text == "failing")
            await #expect(throws: Failure.self) { try await schedule(Self.now + 2.9 * Self.hour).verify() }
            #expect(try Self.rules(store) == ["digest-overdue"])
            for hours in [3.0, 4.0] {
                await #expect(throws: Failure.self) { try await schedule(Self.now + hours * Self.hour).verify() }
                #expect(try Self.rules(store) == ["digest-overdue", "verification-failing"])
            }
            let sign = try #require(try store.sign(DigestSchedule.sign)).content
            #expect(sign["failing_since"]?.text == Self.now.rfc3339)
            #expect(sign["why"]?.text?.contains("no answer") == true)
            #expect(try DigestSchedule.lastSuccess(in: store) == nil)
            isBroken.withLock { $0 = false }
            try await schedule(Self.now + 5 * Self.hour).verify()
            #expect(try Self.rules(store) == ["digest-overdue"])
            #expect(try DigestSchedule.lastSuccess(in: store) == Self.now + 5 * Self.hour)
        }
    }

    @Test func whatIsNotVerifiedIsStoredAndAnAlert() async throws {
        try await Self.withSchedule { _, time in
            VerifyRun.Result(
                report: VerifyReport(Verification(range: time - 3600...time)), exitStatus: .clean,
                folders: [Self.task("us-east-1")])
        } _: { store, schedule in
            try await schedule(Self.now - 200 * Self.hour).verify()
            #expect(try store.problems(since: .distantPast).isEmpty)
            try await schedule(Self.now).verify()
            try await schedule(Self.now + Self.hour).verify()
            let alerts = try store.alerts(in: "verify", since: .distantPast)
            #expect(alerts.map(\.rule) == ["verification-gap"])
            let gap = try #require(try store.problems(since: .distantPast).first)
            #expect(gap.kind == "gap")
            #expect(gap.from == Self.now - 202 * Self.hour)
            #expect(gap.to == Self.now - 168 * Self.hour)
            #expect(try store.problems(since: .distantPast).count == 1)
        }
    }
}
