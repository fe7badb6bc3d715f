import AWSClient
import Basics
import Foundation
import Store
import TestSupport
import Testing

/// What a watch does when something it needs does not work.
@Suite(.timeLimit(.minutes(5))) struct WatchFaultTests {
    @Test func anOutageOfS3LosesNothing() async throws {
        let stage = try await WatchStage()
        try stage.configure("watch: {visibility: 3s, attempts: 1}\n")
        try await stage.deliver(1)
        let blind = try await stage.once(environment: ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"])
        #expect(blind.status == 3, "\(blind.standardError)")
        #expect(try stage.store().alerts(in: "watch", since: .distantPast).isEmpty)
        #expect(try stage.store().objectsRead(since: .distantPast, limit: 10).isEmpty)
        // The message is hidden for a while.
        var later = blind
        for _ in 0..<20 where later.status == 3 {
            try await Task.sleep(for: .seconds(1))
            later = try await stage.once()
        }
        #expect(later.status == 2, "\(later.standardError)")
        #expect(try stage.stopped() == ["stop-0"])
    }

    @Test func anObjectThatWasGivenUpIsReadWhenItIsThere() async throws {
        let stage = try await WatchStage()
        try stage.configure("watch: {visibility: 3s, attempts: 1}\n")
        try await stage.deliver(1)
        try await stage.stage(["act", "hide-object"])
        #expect(try await stage.once().status == 2)
        let alert = try #require(try stage.store().alerts(in: "watch", since: .distantPast).first)
        #expect(alert.rule == "watch-unread-object")
        try await stage.deliver(1)
        let second = try await stage.once()
        #expect(second.status == 2, "\(second.standardError)")
        #expect(try stage.stopped() == ["stop-0"])
        #expect(try stage.store().alert(alert.id)?.acknowledged != nil)
    }

    @Test func aDamagedObjectIsAnAlertThatNamesIt() async throws {
        let stage = try await WatchStage()
        try await stage.stage(["act", "put-damaged"])
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let alerts = try stage.store().alerts(in: "watch", since: .distantPast)
        #expect(alerts.map(\.rule) == ["watch-damaged-object", "watch-damaged-object"])
        #expect(alerts.allSatisfy { $0.actor.hasPrefix("s3://watch-logs/AWSLogs/") })
        let sign = try #require(try stage.store().sign("watch")).content
        #expect(sign["objects"]?.integer == 0)
        #expect(sign["errors"]?.integer == 2)
    }

    @Test func anObjectBesideAMalformedRecordIsRead() async throws {
        let stage = try await WatchStage()
        try stage.configure("watch: {visibility: 3s, attempts: 1}\n")
        try await stage.stage(["act", "put-mixed"])
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try stage.stopped() == ["stop-0"])
        let alerts = try stage.store().alerts(in: "watch", since: .distantPast)
        #expect(alerts.map(\.rule) == ["watch-unread-message"])
        #expect(alerts.first?.record.contains("has no bucket or key") == true)
    }

    @Test func messagesThatWaitKeepARunFromBeingDone() async throws {
        let stage = try await WatchStage()
        let server = try await TestServer.start { _ in .answer(HTTPResponse(status: 500)) }
        defer { withExtendedLifetime(server) {} }
        try stage.configure(
            "watch: {visibility: 3s}\nnotify: {hook: {type: webhook, url: {environment: HOOK}}}\n")
        try await stage.deliver(1)
        #expect(try await stage.once(environment: ["HOOK": server.endpoint]).status == 2)
        let second = try await stage.once(environment: ["HOOK": server.endpoint])
        #expect(second.status == 3, "\(second.standardError)")
        #expect(second.standardError.contains("1 message waits to be sent"), "\(second.standardError)")
        // The notifier was renamed.
        try stage.configure("watch: {visibility: 3s}\nnotify: {lines: {type: stdout}}\n")
        let third = try await stage.once()
        #expect(
            third.standardError.contains("1 message waits for the notifier 'hook', which the configuration does not"),
            "\(third.standardError)")
    }

    @Test func aGroupIsSentWhenTheRunEnds() async throws {
        let stage = try await WatchStage()
        try stage.configure("watch: {visibility: 3s}\nnotify: {lines: {type: stdout, group-for: 3600}}\n")
        try await stage.deliver(1)
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try stage.store().deliveryCounts().map(\.state) == [.sent])
        #expect(outcome.standardOutput.contains("stop-0"))
    }

    @Test func anotherPathToTheStoreDoesNotEvadeTheLock() async throws {
        let stage = try await WatchStage()
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        defer { process.terminate() }
        #expect(try await WatchStage.wait { try stage.store().sign("watch") != nil })
        let link = stage.folder.path + "/link.db"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: stage.database)
        let words = stage.arguments(["--once"]).map { $0 == stage.database ? link : $0 }
        let second = try await Subprocess.run(Repository.parapet, words, environment: stage.environment)
        #expect(second.status == 1)
        #expect(second.standardError.contains("a watch (process \(process.processIdentifier))"))
    }
}
