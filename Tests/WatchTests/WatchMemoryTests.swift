import AWSClient
import Analytics
import Basics
import Foundation
import LogReaders
import LogSources
import Store
import Synchronization
import TestSupport
import Testing

@testable import Hunting
@testable import Runs
@testable import Sigma

#if canImport(Glibc)
    import Glibc
#endif

/// What a watch must know although an earlier process saw it.
@Suite(.timeLimit(.minutes(5))) struct WatchMemoryTests {
    private static let start = Date(timeIntervalSince1970: 1_764_000_000)
    private static let noScans = ["--scan-every", "0", "--verify-every", "0"]

    // MARK: Outages

    private static func watchAlerts(_ stage: WatchStage) throws -> [StoredAlert] {
        try stage.store().alerts(in: "watch", since: .distantPast)
    }

    /// Moves the beginning of an outage back, as if earlier runs had failed as well.
    private static func age(_ place: String, _ stage: WatchStage) throws {
        let store = try Store(stage.database)
        _ = try #require(try store.outage(of: place))
        let early = Date().addingTimeInterval(-7_200)
        try store.change("the outage") { writer in
            try writer.endOutage(of: place)
            _ = try writer.setOutage(of: place, at: early)
        }
    }

    @Test func anOutageOfS3IsAnAlertThoughEachRunIsAnotherProcess() async throws {
        let stage = try await WatchStage()
        try await stage.deliver(1)
        let broken = ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"]
        #expect(try await stage.once(environment: broken).status == 3)
        #expect(try Self.watchAlerts(stage).isEmpty)
        try Self.age("s3://watch-logs", stage)
        // The message is hidden for a while.
        for _ in 0..<30 where try Self.watchAlerts(stage).isEmpty {
            try await Task.sleep(for: .seconds(1))
            _ = try await stage.once(environment: broken)
        }
        let alert = try #require(try Self.watchAlerts(stage).first)
        #expect(alert.rule == "watch-unreachable-logs" && alert.actor == "s3://watch-logs")
        #expect(alert.acknowledged == nil)
        for _ in 0..<60 where try stage.stopped().isEmpty {
            try await Task.sleep(for: .seconds(1))
            _ = try await stage.once()
        }
        #expect(try stage.stopped() == ["stop-0"])
        #expect(try Self.watchAlerts(stage).map(\.id) == [alert.id])
        #expect(try Self.watchAlerts(stage).first?.acknowledgedBy == "parapet watch")
        #expect(try stage.store().outage(of: "s3://watch-logs") == nil)
    }

    @Test func aQueueThatDoesNotAnswerIsAnAlertThoughEachRunIsAnotherProcess() async throws {
        let stage = try await WatchStage()
        let broken = ["AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:1"]
        let first = try await stage.once(environment: broken)
        #expect(first.status == 1, "\(first.standardError)")
        #expect(try Self.watchAlerts(stage).isEmpty)
        try Self.age(stage.queue, stage)
        let second = try await stage.once(environment: broken)
        #expect(second.status == 1, "\(second.standardError)")
        let alert = try #require(try Self.watchAlerts(stage).first)
        #expect(alert.rule == "watch-unreachable-logs" && alert.actor == stage.queue)
        #expect(second.standardError.contains("\(stage.queue) cannot be read since"), "\(second.standardError)")
        let third = try await stage.once()
        #expect(third.status == 0, "\(third.standardError)")
        #expect(try Self.watchAlerts(stage).map(\.acknowledgedBy) == ["parapet watch"])
    }

    @Test func aPlaceThatCannotBeListedIsAnAlertThoughEachRunIsAnotherProcess() async throws {
        let stage = try await WatchStage()
        let broken = ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"]
        #expect(try await stage.poll(environment: broken).status == 1)
        try Self.age("s3://watch-logs/AWSLogs", stage)
        #expect(try await stage.poll(environment: broken).status == 1)
        #expect(try Self.watchAlerts(stage).map(\.actor) == ["s3://watch-logs/AWSLogs"])
        try await stage.deliver(1)
        #expect(try await stage.poll().status == 2)
        #expect(try Self.watchAlerts(stage).map(\.acknowledgedBy) == ["parapet watch"])
    }

    @Test func anOutageEndsWithAnAnswerOrAfterAWeekWithoutAnAttempt() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "outage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let time = Mutex(Self.start)
        let now: @Sendable () -> Date = { time.withLock { $0 } }
        func alerts() throws -> [StoredAlert] {
            try Store(folder.appending(path: "a.db").path).alerts(in: "watch", since: .distantPast)
        }
        /// A process of its own.
        func attempt(after seconds: TimeInterval, fails: Bool) throws {
            time.withLock { $0 += seconds }
            let outages = Outages(
                store: try Store(folder.appending(path: "a.db").path), state: WatchState(now: now),
                log: WatchLog(.error, write: { _ in }), route: { _ in [] }, now: now)
            if fails { outages.failed(.queue("q"), why: "no answer") } else { outages.ended(.queue("q")) }
        }
        try attempt(after: 0, fails: true)
        try attempt(after: 3_599, fails: true)
        #expect(try alerts().isEmpty)
        try attempt(after: 1, fails: true)
        try attempt(after: 600, fails: true)
        #expect(try alerts().map(\.time) == [Self.start])
        try attempt(after: 10, fails: false)
        #expect(try alerts().allSatisfy { $0.acknowledged != nil })
        try attempt(after: 10, fails: true)
        try attempt(after: 600, fails: true)
        #expect(try alerts().count == 1)
        // The queue was not watched for ten days.
        try attempt(after: 864_000, fails: true)
        #expect(try alerts().count == 1)
        try attempt(after: 3_600, fails: true)
        #expect(try alerts().count == 2)
    }

    // MARK: Events that come twice

    private static func event(_ id: String, minute: Int = 0) -> String {
        """
        {"eventVersion":"1.11","eventTime":"2026-01-01T00:\(minute < 10 ? "0" : "")\(minute):00Z",\
        "eventSource":"s3.amazonaws.com","eventName":"DeleteObject","eventID":"\(id)",\
        "recipientAccountId":"123456789012","requestParameters":{"password":"hunter2","bucketName":"logs"},\
        "userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/eve","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}
        """
    }

    /// Objects in memory.
    private struct Objects: LogStore {
        var contents: [ObjectAddress: String] = [:]

        func folders(in bucket: String, under prefix: String) async throws(Failure) -> [String] { [] }
        func page(of bucket: String, under prefix: String, after key: String) async throws(Failure) -> ObjectPage {
            ObjectPage(objects: [], isLast: true)
        }
        func part(
            of object: ObjectAddress, from offset: Int, length: Int, version: String?
        ) async throws(Failure) -> ObjectPart? {
            contents[object].map { content in
                let bytes = Array(content.utf8)
                return ObjectPart(
                    bytes: Array(bytes.dropFirst(offset).prefix(length)), totalSize: bytes.count, metadata: [:],
                    version: "")
            }
        }
    }

    @Test func afterARestartAnEventOfAMessageAndOfAnObjectIsCountedOnce() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "counted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(folder.appending(path: "a.db").path)
        let now = try #require(Moment("2026-01-01T00:30:00Z")?.date)
        func address(_ name: String) -> ObjectAddress {
            ObjectAddress(
                bucket: "logs",
                key:
                    "AWSLogs/123456789012/CloudTrail/us-east-1/2026/01/01/123456789012_CloudTrail_us-east-1_\(name).json"
            )
        }
        func object(_ name: String) -> WatchedObject {
            WatchedObject(object: NotifiedObject(address(name)), arrived: now)
        }
        func records(_ ids: [String]) throws -> [WatchedRecord] {
            try ids.map { WatchedRecord(id: "m-\($0)", json: try JSON(parsing: Self.event($0)), arrived: now) }
        }
        let objects = Objects(contents: [
            address("1"): "{\"Records\":[\(["a", "b"].map { Self.event($0) }.joined(separator: ","))]}",
            address("2"): "{\"Records\":[\(["c", "d"].map { Self.event($0) }.joined(separator: ","))]}",
        ])
        /// A process of its own.
        func processor() -> LogProcessor {
            LogProcessor(
                { Hunt(RuleCollection(parsing: []), for: $0) }, objects: objects, store: store,
                state: WatchState(now: { now }), log: WatchLog(.error, write: { _ in }), route: { _ in [] },
                now: { now })
        }
        let first = processor()
        _ = try await first.process([object("1")], try records(["a", "c", "e"]))
        #expect(await first.logs[.cloudTrail]?.memory.keys?.events == 4)
        // The object of c, and the message of b, come after the restart.
        let second = processor()
        _ = try await second.process([object("2")], try records(["b"]))
        try await second.analyze(isLast: true)
        #expect(await second.logs[.cloudTrail]?.memory.keys?.events == 5)
        let third = processor()
        try await third.analyze(isLast: true)
        #expect(await third.logs[.cloudTrail]?.memory.keys?.events == 5)
        // What is kept of a message holds no more than the analytics need.
        let names = try store.baselineNames(withPrefix: WatchedLog.records(.cloudTrail), since: .distantPast)
        #expect(names.count == 2)
        for name in names {
            let text = String(decoding: try #require(try store.baseline(name)), as: UTF8.self)
            #expect(text.contains("\"bucketName\":\"logs\"") && text.contains("AKIAIOSFODNN7EXAMPLE"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func afterARestartACorrelationCountsAnEventOnce() async throws {
        let rules = """
            title: Deletion
            id: 5f0b3f9c-2b1e-4a94-9d3c-6a1c5c2f1a01
            name: deletion
            status: experimental
            logsource: {product: aws, service: cloudtrail}
            detection: {selection: {eventName: DeleteObject}, condition: selection}
            level: low
            ---
            title: Many deletions
            id: 5f0b3f9c-2b1e-4a94-9d3c-6a1c5c2f1a02
            correlation: {type: event_count, rules: [deletion], timespan: 1h, group-by: [userIdentity.arn], condition: {gte: 3}}
            level: high
            """
        let folder = FileManager.default.temporaryDirectory.appending(path: "correlated-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = HuntSettings()
        settings.moment = Int(try #require(Moment("2026-01-01T00:30:00Z")).date.timeIntervalSince1970)
        let hunt = Hunt(RuleCollection(parsing: [("1.yml", rules)]), for: .cloudTrail, settings)
        /// Reads events with what earlier processes saved.
        func alerts(_ ids: [String], _ saved: inout [JSON]) async throws -> Int {
            let file = folder.appending(path: "\(UUID().uuidString).json")
            try Data("{\"Records\":[\(ids.map { Self.event($0) }.joined(separator: ","))]}".utf8).write(to: file)
            var memory = HuntMemory(for: hunt)
            for part in saved { memory.restore(part) }
            let found = Mutex(0)
            let batch = try await hunt.run(
                LogPipeline([LogLocation(file.path)], layout: .json, workers: 1), remembering: &memory
            ) { alert in
                if alert.rule == "5f0b3f9c-2b1e-4a94-9d3c-6a1c5c2f1a02" { found.withLock { $0 += 1 } }
            }
            if let observations = batch.observations { saved.append(observations) }
            return found.withLock { $0 }
        }
        var saved: [JSON] = []
        #expect(try await alerts(["a", "b"], &saved) == 0)
        #expect(try await alerts(["b", "a"], &saved) == 0)
        #expect(try await alerts(["c"], &saved) == 1)
    }

    // MARK: Re-checks

    @Test func aChangeIsCheckedAgainThoughTheProcessWasKilledBefore() async throws {
        let stage = try await WatchStage()
        let scan = ["--scan-every", "1d", "--verify-every", "0", "--region", "us-east-1"]
        #expect(try await stage.once(scan).status == 2)
        func status() throws -> Set<String> {
            Set(try stage.store().findings(of: ["security-group-ssh"], in: "123456789012").map(\.status))
        }
        #expect(try status() == ["pass"])
        try await stage.stage(["act", "open-port"])
        try await stage.stage(["act", "put-event", "AuthorizeSecurityGroupIngress", "ec2.amazonaws.com", "port-1"])
        let process = try stage.start(scan)
        // A re-check begins three seconds after the event.
        let isRead = try await WatchStage.wait { try !stage.store().touched().isEmpty }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(isRead)
        #expect(try status() == ["pass"])
        let next = try await stage.once(scan)
        #expect(next.status == 2, "\(next.standardError)")
        #expect(try status().contains("fail"))
        #expect(next.standardError.contains("checked again after AuthorizeSecurityGroupIngress"))
        #expect(try stage.store().touched().isEmpty)
    }

    // MARK: Messages

    @Test(arguments: ["group-for: 3", "group-for: 3600"])
    func aMessageThatWaitsForItsGroupAtAStopIsSentOnceAfterTheNextStart(setting: String) async throws {
        let stage = try await WatchStage()
        let receiver = try await WebhookReceiver.start()
        let isShort = setting == "group-for: 3"
        try stage.configure(
            "watch: {visibility: 3s}\nnotify: {hook: {type: webhook, url: \"\(receiver.url)\", \(setting)}}\n")
        try await stage.deliver(1)
        let process = try stage.start(Self.noScans)
        #expect(try await WatchStage.wait { try stage.store().deliveryCounts().first?.count == 1 })
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        if !isShort {
            #expect(receiver.items.isEmpty)
            #expect(try stage.store().deliveryCounts().map(\.state) == [.waiting])
            // The hour is over.
            let store = try Store(stage.database)
            var waiting = try store.deliveries()
            for place in waiting.indices { waiting[place].due = Date() }
            let due = waiting
            try store.change("the message") { try $0.update(due) }
        }
        let next = try stage.start(Self.noScans)
        #expect(try await WatchStage.wait { try stage.store().deliveryCounts().map(\.state) == [.sent] })
        next.terminate()
        next.waitUntilExit()
        #expect(try await stage.once().status == 0)
        #expect(receiver.items.map { $0["event"]?.text } == ["stop-0"])
    }
}
