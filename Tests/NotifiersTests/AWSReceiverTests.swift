import AWSClient
import Basics
import Foundation
import Notifiers
import Runs
import Store
import TestSupport
import Testing

/// Amazon SNS, Amazon SES and AWS Security Hub on the moto server.
@Suite struct AWSReceiverTests {
    private let folder = TemporaryFolder()

    private func environment(_ endpoint: String) -> RunEnvironment {
        RunEnvironment(
            AWSEnvironment(
                variables: [
                    "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
                    "AWS_REGION": "eu-central-1", "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true",
                ], now: { Date() }))
    }

    private func stage(_ arguments: String...) async throws -> JSON {
        let outcome = try await Subprocess.python("Tests/Support/python/notify_stage.py", arguments)
        #expect(outcome.status == 0, "\(outcome.standardError)")
        return try JSON(parsing: outcome.standardOutput)
    }

    @Test func alertsAndFindingsArriveAndAreResolved() async throws {
        let server = try await MotoServer.start(seeded: false)
        let places = try await stage("setup", server.endpoint)
        let topic = try #require(places["topic"]?.text)
        var notifiers = [
            Notifier("topic", .sns(topic: topic)),
            Notifier(
                "mail",
                .ses(
                    from: "parapet@example.com", to: ["security@example.com"], region: "eu-central-1",
                    configurationSet: nil)),
            Notifier("hub", .securityHub(region: nil)),
        ]
        for place in notifiers.indices { (notifiers[place].groupSeconds, notifiers[place].rate) = (0, 600) }
        let store = try Store(folder.file("a.db"))
        let run = try NotifyRun(notifiers, store: store, in: environment(server.endpoint))
        let failing = Sample.finding("f")
        let passing = Sample.finding("f", "pass")
        let now = Date()
        try store.change("the messages") {
            try $0.add(run.routing.deliveries(for: Sample.alert("a"), at: now))
            try $0.add(
                run.routing.deliveries(
                    for: Sample.change(failing, from: "pass", to: "fail", at: now.addingTimeInterval(-5)), of: failing,
                    at: now))
        }
        let progress = try await run.drainOnce()
        #expect((progress.sent, progress.failed, progress.dead) == (6, 0, 0))
        var seen = try await stage("read", server.endpoint, try #require(places["queue"]?.text))
        #expect(seen["mails"]?.integer == 1)
        let message = try #require(seen["messages"]?[0])
        #expect(message["Subject"]?.text?.hasPrefix("Parapet: 1 alert, 1 finding") == true)
        let document = try JSON(parsing: try #require(message["Message"]?.text))
        #expect(document["items"]?.elements?.map { $0["id"]?.text } == ["a", "f"])
        #expect(message["MessageAttributes"]?["severity"]?["Value"]?.text == "high")
        #expect(message["MessageAttributes"]?["practices"]?["Value"]?.text == #"["audit-trail","network-exposure"]"#)
        #expect(
            state(of: "parapet/f", in: seen) == ["FAILED", "ACTIVE"]
                && state(of: "parapet/a", in: seen) == ["", "ACTIVE"])

        try store.change("the messages") {
            try $0.add(
                run.routing.deliveries(
                    for: Sample.change(passing, from: "fail", to: "pass", at: now), of: passing, at: now))
        }
        #expect(try await run.drainOnce().sent == 3)
        seen = try await stage("read", server.endpoint, try #require(places["queue"]?.text))
        #expect(seen["findings"]?.elements?.count == 2)
        #expect(state(of: "parapet/f", in: seen) == ["PASSED", "ARCHIVED"])
        #expect(seen["mails"]?.integer == 2)

        // AWS's own model accepts what was imported.
        let findings = try folder.write(try #require(seen["findings"]).description, to: "findings.json")
        #expect(try await stage("validate", findings).text == "")
    }

    private func state(of id: String, in seen: JSON) -> [String]? {
        let finding = seen["findings"]?.elements?.first { $0["Id"]?.text == id }
        return finding.map { [$0["Compliance"]?["Status"]?.text ?? "", $0["RecordState"]?.text ?? ""] }
    }

    @Test func aTestMessageArrivesEverywhere() async throws {
        let server = try await MotoServer.start(seeded: false)
        let topic = try #require(try await stage("setup", server.endpoint)["topic"]?.text)
        let notifiers = [
            Notifier("topic", .sns(topic: topic)), Notifier("hub", .securityHub(region: "us-east-1")),
            Notifier("gone", .sns(topic: topic + "x")),
            Notifier(
                "mail",
                .ses(from: "no@example.com", to: ["a@example.com"], region: "eu-central-1", configurationSet: nil)),
        ]
        let run = try NotifyTestRun(notifiers, named: [], session: SessionOptions())
        let results = try await run.run(in: environment(server.endpoint))
        #expect(results.map { $0.problem == nil } == [true, true, false, false], "\(results)")
        #expect(results[2].problem?.contains("sns:Publish") == true)
        #expect(throws: InvalidInput.self) { try NotifyTestRun(notifiers, named: ["fax"], session: SessionOptions()) }
        #expect(throws: InvalidInput.self) { try NotifyTestRun([], named: [], session: SessionOptions()) }
    }

    /// Security Hub answers 200 and refuses some findings: moto accepts them all, so a stand-in of ours answers.
    @Test func whatSecurityHubRefusesIsADeadLetterAndTheRestIsSent() async throws {
        let server = try await TestServer.start { request in
            let body = String(decoding: request.body, as: UTF8.self)
            if body.contains("GetCallerIdentity") {
                return .answer(
                    .xml(
                        """
                        <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\
                        <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/a</Arn><UserId>A</UserId>\
                        <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
                        """))
            }
            return .answer(
                .json(
                    #"{"FailedCount":1,"SuccessCount":1,"FailedFindings":[{"Id":"parapet/b","ErrorCode":"InvalidInput","ErrorMessage":"wrong account"}]}"#
                ))
        }
        let store = try Store(folder.file("a.db"))
        var hub = Notifier("hub", .securityHub(region: nil))
        hub.groupSeconds = 0
        let run = try NotifyRun([hub], store: store, in: environment(server.endpoint))
        try store.change("the messages") { writer in
            for id in ["a", "b"] {
                try writer.add(run.routing.deliveries(for: Sample.alert(id), at: Date()))
            }
        }
        let progress = try await run.drainOnce()
        #expect((progress.sent, progress.dead) == (1, 1))
        #expect(try store.deliveries(in: [.dead]).map(\.error) == ["InvalidInput: wrong account"])
    }

    @Test func withoutCredentialsMessagesWait() async throws {
        let store = try Store(folder.file("a.db"))
        var hub = Notifier("hub", .securityHub(region: nil))
        hub.groupSeconds = 0
        let bare = RunEnvironment(
            AWSEnvironment(
                variables: ["AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "eu-central-1"], now: { Date() }))
        let run = try NotifyRun([hub], store: store, in: bare)
        try store.change("the messages") { try $0.add(run.routing.deliveries(for: Sample.alert("a"), at: Date())) }
        let progress = try await run.drainOnce()
        #expect((progress.failed, progress.dead) == (1, 0))
        #expect(progress.next.map { $0 > Date() } == true)
    }
}
