import AWSClient
import Basics
import Foundation
import Posture
import Practices
import Remediation
import Reports
import Synchronization
import Testing
import TestSupport

/// Each fix over real HTTP on the moto server, with boto3 as the reader of what came of it. A fix that is listed is covered.
@Suite(.lendingFixWorlds, .timeLimit(.minutes(10))) struct FixTests {
    @Test func everyFixHasAScenario() {
        // Later stages have no check, what undoing leaves of a narrowed policy adds up, and root's keys need an
        // organization: they have tests of their own.
        let fixes = Fixes.all.filter {
            !$0.calls.isEmpty && !$0.checks.isEmpty && !["unused-permissions", "root-access-key"].contains($0.id)
        }
        #expect(Set(FixScenario.all.map(\.fix)) == Set(fixes.map(\.id)))
    }

    @Test func everyFixNamesChecksThatExistAndCallsThatCanBeSent() {
        let checks = Set(Catalogue.checks.map(\.about.id))
        for fix in Fixes.all {
            #expect(Set(fix.checks).isSubset(of: checks), "\(fix.id)")
            for call in fix.calls {
                #expect(throws: Never.self, "\(fix.id)") {
                    let known = try KnownOperation(of: APICall(call, in: "us-east-1"))
                    #expect(known.isWrite)
                }
            }
        }
    }

    @Test(arguments: FixScenario.all)
    func whatFailsIsPlannedAppliedAndUndone(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        let before = try await world.prepared(for: scenario)
        let planned = try await Planned.make(for: scenario, in: world)
        for check in scenario.checks {
            #expect(planned.findings.contains { $0.check == check && $0.status == .fail }, "\(check) fails")
        }
        #expect(planned.file.plan.leftOut.isEmpty)
        #expect(!planned.file.plan.steps.isEmpty)
        #expect(try await world.state() == before, "planning changes nothing")
        for language in InfrastructureCode.Language.allCases {
            #expect(try await world.problems(of: planned.file, in: language) == [], "\(language)")
        }

        let journals = try TemporaryJournals()
        let applied = try await apply(planned.file, to: world.endpoint, in: journals)
        #expect(applied.steps.allSatisfy { $0.state == .verified }, "\(applied.steps)")
        let (_, _, findings) = await Planned.scan(for: scenario, in: world)
        for finding in findings where finding.status == .fail && scenario.isWhole {
            Issue.record("\(finding.check) on \(finding.resource.arn) still fails: \(finding.message)")
        }
        #expect(try await world.state() != before)

        let undone = try await undo(to: world.endpoint, in: journals)
        #expect(undone.progress.steps.allSatisfy { $0.state == .verified }, "\(undone.progress.steps)")
        #expect(undone.plan.leftOut.isEmpty)
        expectSame(try await world.state(), scenario.expectedAfterUndo(before), "undone")
    }

    /// What undoing makes again has another ID. Undoing goes back and forth nevertheless, as often as one likes. A bucket
    /// that is made again has the settings of a new one, which plans say.
    @Test(arguments: FixScenario.all.filter { ["security-group-ports", "vpc-flow-logs"].contains($0.fix) })
    func undoingIsUndone(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        let before = scenario.expectedAfterUndo(try await world.prepared(for: scenario))
        let planned = try await Planned.make(for: scenario, in: world)
        let journals = try TemporaryJournals()
        _ = try await apply(planned.file, to: world.endpoint, in: journals)
        func withoutBuckets(_ state: JSON) -> JSON {
            .object(JSON.Object((state.object?.members ?? []).filter { $0.name != "buckets" }))
        }
        let after = withoutBuckets(try await world.state())
        var last: String?
        for number in 1...4 {
            let run = try #require(try journals.folder.runs().first { $0.plan.undoes == last })
            let plan = try await run.undoing(
                fixClient(world.endpoint), caller: "arn:aws:iam::123456789012:user/operator")
            let progress = try await apply(PlanFile(plan), to: world.endpoint, in: journals)
            #expect(progress.steps.allSatisfy { $0.state == .verified }, "\(number): \(progress.steps)")
            let state = try await world.state()
            let isBefore = number % 2 == 1
            expectSame(isBefore ? state : withoutBuckets(state), isBefore ? before : after, "undone \(number) times")
            let loss = "The settings of the bucket"
            let bucketIsDeleted = number == 1 && plan.steps.contains { $0.call.operation == "DeleteBucket" }
            if bucketIsDeleted { #expect(plan.steps.contains { $0.notRestored.contains { $0.hasPrefix(loss) } }) }
            last = run.run
        }
    }

    /// Two plans of one account are one plan, and a plan that was applied has nothing left to do.
    @Test(arguments: FaultSample.chosen(FixScenario.all, 2, seed: 1))
    func planningAndApplyingTwiceIsPlanningAndApplyingOnce(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        _ = try await world.prepared(for: scenario)
        let first = try await Planned.make(for: scenario, in: world)
        let second = try await Planned.make(for: scenario, in: world)
        #expect(first.file.bytes == second.file.bytes)
        #expect(try PlanFile(parsing: first.file.bytes, from: "plan.json").plan == first.file.plan)

        let journals = try TemporaryJournals()
        _ = try await apply(first.file, to: world.endpoint, in: journals)
        let after = try await world.state()
        let again = try await apply(first.file, to: world.endpoint, in: journals)
        #expect(again.steps.allSatisfy { $0.state == .unneeded }, "\(again.steps)")
        #expect(try await world.state() == after)
    }

    /// Once the commands have run, each step of the plan finds what it would leave.
    @Test(arguments: FaultSample.chosen(FixScenario.all, 1, seed: 2))
    func theCommandsOfTheAWSCLIDoTheSame(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        _ = try await world.prepared(for: scenario)
        let planned = try await Planned.make(for: scenario, in: world)
        let journals = try TemporaryJournals()
        try await runCommands(of: planned.file, at: world.endpoint, in: journals)
        let progress = try await apply(planned.file, to: world.endpoint, in: journals)
        #expect(progress.steps.allSatisfy { $0.state == .unneeded }, "\(progress.steps)")
    }

    /// Killed before or after any call, a run goes on to the end of an undisturbed one, and undoing restores.
    @Test(arguments: FaultSample.chosen(FixScenario.all, 1, seed: 3))
    func aKilledRunGoesOn(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        let before = scenario.expectedAfterUndo(try await world.prepared(for: scenario))
        let planned = try await Planned.make(for: scenario, in: world)
        let undisturbed = try TemporaryJournals()
        let counter = try await Interruption.start(world.endpoint, at: .max, .beforeCall, undisturbed)
        _ = try await apply(planned.file, to: counter.endpoint, in: undisturbed)
        let after = try await world.state()
        _ = try await undo(to: world.endpoint, in: undisturbed)
        #expect(counter.calls >= 3 * planned.file.plan.steps.count)

        for number in 0..<counter.calls {
            for moment in [Interruption.Moment.beforeCall, .afterCall] {
                // The account is as it was, or as undoing leaves it: what the plan expects must be its own state.
                let plan = try await Planned.make(for: scenario, in: world)
                let journals = try TemporaryJournals()
                world.folder.empty()
                let killer = try await Interruption.start(world.endpoint, at: number, moment, journals)
                _ = try? await apply(plan.file, to: killer.endpoint, in: journals)
                try killer.restoreJournals()

                let resumed = try await apply(plan.file, to: world.endpoint, in: journals)
                let hasLostSecret = resumed.steps.contains {
                    $0.detail?.contains("does not hold the access key") == true
                }
                if !hasLostSecret {
                    #expect(
                        resumed.steps.allSatisfy { $0.state == .verified }, "\(moment) \(number): \(resumed.steps)")
                    // A key that is created again has another id.
                    if scenario.isWhole { expectSame(try await world.state(), after, "resumed, \(moment) \(number)") }
                }
                let undone = try await undo(to: world.endpoint, in: journals)
                #expect(undone.progress.next == nil, "\(moment) \(number)")
                expectSame(try await world.state(), before, "undone, \(moment) \(number)")
            }
        }
    }

    /// Denied, throttled, or cut off after it took effect: nothing half-done goes unreported, nothing is done twice, and once
    /// the trouble is over the same plan goes on.
    @Test(arguments: FaultSample.chosen(FixScenario.all, 1, seed: 5), Interruption.Fault.allCases)
    func aRefusedCallIsReportedAndTakenUpAgain(_ scenario: FixScenario, _ fault: Interruption.Fault) async throws {
        let world = try await FixWorld.lent
        let before = scenario.expectedAfterUndo(try await world.prepared(for: scenario))
        var number = 0
        while true {
            let plan = try await Planned.make(for: scenario, in: world)
            let journals = try TemporaryJournals()
            world.folder.empty()
            let proxy = try await Interruption.start(world.endpoint, at: number, .fault(fault), journals)
            let broken = try await apply(plan.file, to: proxy.endpoint, in: journals)
            let isHit = proxy.calls > number
            proxy.recover()
            if let next = broken.next {
                #expect(isHit)
                #expect(broken.steps[next].detail?.isEmpty == false, "\(fault) \(number)")
                #expect(broken.steps[(next + 1)...].allSatisfy { $0.state == .planned }, "\(fault) \(number)")
                let resumed = try await apply(plan.file, to: proxy.endpoint, in: journals)
                // A secret that was lost on its way cannot be had again: undoing takes the key back.
                #expect(
                    resumed.steps.allSatisfy { $0.state == .verified }
                        || resumed.steps[next].detail?.contains("does not hold the access key") == true,
                    "\(fault) \(number): \(resumed.steps)")
            }
            #expect(proxy.repeatedWrites.isEmpty, "\(fault) \(number)")
            let undone = try await undo(to: world.endpoint, in: journals)
            #expect(undone.progress.next == nil, "\(fault) \(number)")
            expectSame(try await world.state(), before, "undone, \(fault) \(number)")
            if !isHit { break }
            number += 1
        }
        #expect(number >= 3)
    }

    /// Somebody changes the target between plan and apply.
    @Test(arguments: FaultSample.chosen(FixScenario.all, 2, seed: 4))
    func aStepWhoseFactHasChangedIsRefused(_ scenario: FixScenario) async throws {
        let world = try await FixWorld.lent
        let before = try await world.prepared(for: scenario)
        let planned = try await Planned.make(for: scenario, in: world)
        // The same as if the account were different: the plan expects something else.
        var plan = planned.file.plan
        plan.steps[0].before = ["Somebody": "else's"]
        let journals = try TemporaryJournals()
        let progress = try await apply(PlanFile(plan), to: world.endpoint, in: journals)
        #expect(progress.steps[0].state == .refused)
        #expect(progress.steps[0].detail?.contains("changed after the plan was made") == true)
        #expect(try await world.state() == before)
    }

    private func expectSame(_ one: JSON, _ other: JSON, _ what: String, _ place: SourceLocation = #_sourceLocation) {
        guard one != other else { return }
        Issue.record("\(what): \(difference(one, other, "state"))", sourceLocation: place)
    }

    private func difference(_ one: JSON, _ other: JSON, _ path: String) -> String {
        guard let left = one.object, let right = other.object else { return "\(path): \(one), not \(other)" }
        return Set(left.names + right.names).sorted().filter { left[$0] != right[$0] }.map {
            difference(left[$0] ?? .null, right[$0] ?? .null, "\(path).\($0)")
        }.joined(separator: "; ")
    }
}

extension FixWorld {
    /// The account of a scenario, as boto3 reads it.
    func prepared(for scenario: FixScenario) async throws -> JSON {
        try await reset()
        try await scenario.prepare(self)
        return try await state()
    }
}

/// A proxy before the moto server in which something happens at one call.
final class Interruption: Sendable {
    enum Moment: Sendable {
        case beforeCall, afterCall
        case fault(Fault)
    }

    enum Fault: String, Sendable, CaseIterable {
        case denied, throttled, cutOff
    }

    private struct WrittenCall: Hashable {
        var name: String
        /// The same call in two Regions is two calls: only its signature tells them apart here.
        var region: Substring
        var path: String
        var body: [UInt8]

        init(_ request: HTTPRequest) {
            name = WireOperation(request)?.name ?? ""
            region =
                (request[header: "Authorization"] ?? "").firstMatch(of: /Credential=[^\/]+\/\d+\/([^\/]+)/)?.output.1
                ?? ""
            (path, body) = (request.path, request.body)
        }
    }

    private struct State {
        var calls = 0
        var isDead = false
        var isOver = false
        var journals: [String: Data] = [:]
        /// How often each was handed on, by operation and content.
        var writes: [WrittenCall: Int] = [:]
    }

    private let state = Mutex(State())
    private let upstream: String
    private let number: Int
    private let moment: Moment
    private let journals: TemporaryJournals
    private nonisolated(unsafe) var server: TestServer?

    var endpoint: String { server?.endpoint ?? "" }
    /// So far.
    var calls: Int { state.withLock { $0.calls } }

    static func start(
        _ upstream: String, at number: Int, _ moment: Moment, _ journals: TemporaryJournals
    ) async throws -> Interruption {
        let interruption = Interruption(upstream, number, moment, journals)
        interruption.server = try await TestServer.start { [unowned interruption] in await interruption.reply(to: $0) }
        return interruption
    }

    private init(_ upstream: String, _ number: Int, _ moment: Moment, _ journals: TemporaryJournals) {
        (self.upstream, self.number, self.moment, self.journals) = (upstream, number, moment, journals)
    }

    private func reply(to request: HTTPRequest) async -> TestServer.Reply {
        let (mine, isDead, isOver) = state.withLock { state in
            state.calls += 1
            return (state.calls - 1, state.isDead, state.isOver)
        }
        if isDead { return .hangUp }
        guard mine == number, !isOver else { return await pass(request).map { TestServer.Reply.answer($0) } ?? .hangUp }
        switch moment {
        case .beforeCall:
            die()
            return .hangUp
        case .afterCall:
            _ = await pass(request)
            die()
            return .hangUp
        case .fault(.denied): return .answer(WireOperation(request)?.denial ?? HTTPResponse(status: 403))
        case .fault(.throttled):
            return .answer(WireOperation(request)?.refusal("Throttling", status: 400) ?? HTTPResponse(status: 429))
        case .fault(.cutOff):
            _ = await pass(request)
            return .hangUp
        }
    }

    private func pass(_ request: HTTPRequest) async -> HTTPResponse? {
        if request.isWrite {
            let call = WrittenCall(request)
            state.withLock { $0.writes[call, default: 0] += 1 }
        }
        return await forward(request, to: upstream)
    }

    /// Calls that changed something more than once although sending them twice is not as sending them once.
    var repeatedWrites: [String] {
        let once = Set(
            KnownOperation.all.filter { if case .writes(false) = $0.effect { true } else { false } }
                .map(\.operation.name))
        return state.withLock { state in
            state.writes.filter { $0.value > 1 }.map(\.key.name).filter(once.contains)
        }
    }

    /// From now on every call goes through.
    func recover() { state.withLock { $0.isOver = true } }

    /// What the process has written until now is all that it ever wrote.
    private func die() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: journals.folder.path)) ?? []
        state.withLock { state in
            state.isDead = true
            for name in names where name.hasSuffix(".ndjson") {
                state.journals[name] = FileManager.default.contents(atPath: "\(journals.folder.path)/\(name)")
            }
        }
    }

    func restoreJournals() throws {
        for (name, content) in state.withLock({ $0.journals }) {
            try content.write(to: URL(filePath: "\(journals.folder.path)/\(name)"))
        }
    }
}
