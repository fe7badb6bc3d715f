import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Reports
import Runs
import Testing
import TestSupport

/// Whatever goes wrong with a call that a question about access makes, the answer is the same, or it says that something could
/// not be determined and names the call, or there is none.
///
/// Some faults are tried, and all by `make test-faults`.
@Suite(.timeLimit(.minutes(15))) struct AccessFaultTests {
    struct Question: Sendable {
        var name: String
        var ask: @Sendable (AccessRun) async throws -> any AccessAnswer
    }

    private static let object = "arn:aws:s3:::marlow-finch-cloudtrail/AWSLogs/x"

    static let questions = [
        Question(name: "who-can") { try await $0.whoCan(AccessQuestion("s3:GetObject", on: object)) },
        Question(name: "can") { try await $0.can("user/karin.berg", AccessQuestion("s3:DeleteObject", on: object)) },
        Question(name: "what-can") { try await $0.whatCan("user/karin.berg") },
        Question(name: "escalations") { try await $0.escalations() },
    ]

    struct Case: Sendable {
        var question: Question
        var operation: String
        var fault: SweepTests.Fault
        var name: String { "\(question.name): \(operation) \(fault)" }
    }

    struct Outcome: Sendable, Equatable {
        var json: String
        var status: Runs.ExitStatus
    }

    private static func environment(_ transport: ReplayTransport) -> RunEnvironment {
        let variables = [
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": "http://replay.test",
        ]
        return RunEnvironment(AWSEnvironment(variables: variables, now: { Date() }), transport: { _, _ in transport })
    }

    private static func ask(_ question: Question, over transport: ReplayTransport) async throws -> (
        outcome: Outcome, calls: [String]
    ) {
        let environment = environment(transport)
        var session = SessionOptions()
        session.regions = ["us-east-1"]
        let answer = try await question.ask(AccessRun(AccountSelection(session: session), in: environment))
        let json = String(decoding: try answer.report.bytes(.json), as: UTF8.self)
        return (Outcome(json: json, status: answer.exitStatus), environment.calls.all.map(\.operation.description))
    }

    @Test func noFaultChangesAnAnswerInSilence() async throws {
        let upstream = try await SweepTests.baseline.value.upstream
        var cases: [Case] = []
        var known: [String: Outcome] = [:]
        for question in Self.questions {
            let (outcome, calls) = try await Self.ask(question, over: SweepTests.replay(upstream))
            #expect(try await Self.ask(question, over: SweepTests.replay(upstream)).outcome == outcome)
            known[question.name] = outcome
            for operation in calls {
                cases += SweepTests.Fault.allCases.map { Case(question: question, operation: operation, fault: $0) }
            }
        }
        #expect(cases.count > 200)
        let chosen = FaultSample.chosen(cases, 12, seed: 18)
        // Most of the time they wait to try again.
        await withTaskGroup(of: Void.self) { group in
            for (place, fault) in chosen.enumerated() {
                if place >= 8 { _ = await group.next() }
                group.addTask { [known] in await Self.expectHonest(fault, known[fault.question.name], upstream) }
            }
        }
    }

    private static func expectHonest(_ fault: Case, _ known: Outcome?, _ upstream: RecordingUpstream) async {
        let transport = SweepTests.replay(upstream, fault.operation) { answer, wire throws(TransportError) in
            try SweepTests.reply(answer, wire, fault.fault)
        }
        do {
            let outcome = try await ask(fault.question, over: transport).outcome
            if outcome == known { return }
            #expect(outcome.json.contains(fault.operation), "\(fault.name): the answer changes in silence")
            #expect(outcome.status != .clean || outcome.status == known?.status, "\(fault.name): \(outcome.status)")
        } catch let failure as Failure {
            #expect(!failure.what.isEmpty && !failure.why.isEmpty, "\(fault.name): \(failure)")
        } catch let unknown as Unknown {
            #expect(unknown.call == fault.operation, "\(fault.name): \(unknown)")
        } catch {
            Issue.record("\(fault.name): \(error)")
        }
    }
}
