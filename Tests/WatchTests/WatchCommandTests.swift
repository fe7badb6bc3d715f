import Basics
import Foundation
import Store
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(5))) struct WatchCommandTests {
    @Test func eachEventAlertsOnceHoweverOftenItsObjectIsAnnounced() async throws {
        let stage = try await WatchStage()
        try await stage.deliver(40, repeating: true)
        let first = try await stage.once()
        #expect(first.status == 2, "\(first.standardError)")
        #expect(try stage.stopped() == WatchStage.expected(40))
        // The same objects again, and new ones.
        try await stage.deliver(40)
        try await stage.deliver(10, from: 40)
        let second = try await stage.once()
        #expect(second.status == 2, "\(second.standardError)")
        #expect(try stage.stopped() == WatchStage.expected(50))
        let sign = try #require(try stage.store().sign("watch")).content
        #expect(sign["state"]?.text == "stopped")
        #expect(sign["repeated"]?.integer == 40)
    }

    @Test func poisonIsGivenUpWithAnAlert() async throws {
        let stage = try await WatchStage()
        try Data("watch: {visibility: 3s, attempts: 1}\n".utf8).write(
            to: URL(filePath: stage.folder.path + "/config.yaml"))
        try await stage.stage(["send", "garbage", "--queue", stage.queue])
        let missing = """
            {"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"watch-logs"},\
            "object":{"key":"AWSLogs/123456789012/CloudTrail/us-east-1/2026/01/01/x.json.gz","size":9}}}]}
            """
        try await stage.stage(["send", missing, "--queue", stage.queue])
        try await stage.deliver(1)
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        let alerts = try stage.store().alerts(in: "watch", since: .distantPast)
        #expect(Set(alerts.map(\.rule)) == ["watch-unread-message", "watch-unread-object"])
        #expect(try stage.stopped() == ["stop-0"])
    }

    @Test func aWatchThatIsKilledLosesNoAlertAndDoublesNone() async throws {
        let stage = try await WatchStage()
        let count = 300
        try await stage.deliver(count, repeating: true)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<4 {
            let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
            try await Task.sleep(for: .milliseconds(Int.random(in: 300...1500, using: &generator)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        let isDone = try await WatchStage.wait { try stage.stopped().count >= count / 10 }
        #expect(isDone)
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
        #expect(try stage.stopped() == WatchStage.expected(count))
    }

    /// The program that makes the credentials stops the watch, which has not begun its work by then.
    @Test func aSignalDuringTheStartStopsTheWatch() async throws {
        let stage = try await WatchStage()
        let (script, config) = (stage.folder.path + "/credentials", stage.folder.path + "/aws")
        let credentials = #"{"Version": 1, "AccessKeyId": "testing", "SecretAccessKey": "testing"}"#
        try Data("kill -TERM $PPID\nprintf '%s' '\(credentials)'\n".utf8).write(to: URL(filePath: script))
        try Data("[default]\ncredential_process = sh \(script)\n".utf8).write(to: URL(filePath: config))
        var environment = stage.environment
        environment["AWS_CONFIG_FILE"] = config
        environment["AWS_ACCESS_KEY_ID"] = nil
        environment["AWS_SECRET_ACCESS_KEY"] = nil
        let outcome = try await Subprocess.run(
            Repository.parapet, stage.arguments(["--scan-every", "0", "--verify-every", "0"]), environment: environment)
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardError.contains("stopped"))
    }

    @Test func aStoreThatIsLockedIsWaitedFor() async throws {
        let stage = try await WatchStage()
        #expect(try await stage.once().status == 0)
        try await stage.deliver(10)
        let locking =
            "import sqlite3,sys,time; c=sqlite3.connect(sys.argv[1]); c.execute('BEGIN IMMEDIATE'); time.sleep(4)"
        async let locked = Subprocess.run("/usr/bin/env", ["python3", "-c", locking, stage.database])
        try await Task.sleep(for: .milliseconds(500))
        let outcome = try await stage.once()
        #expect(try await locked.status == 0)
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try stage.stopped() == ["stop-0"])
    }

    @Test func nothingIsAcknowledgedWhileTheDiskIsFull() async throws {
        let stage = try await WatchStage()
        let small = stage.folder.path + "/small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        // A file system of its own, if this machine lets a process have one.
        let mount = "mount -t tmpfs -o size=600k none '\(small)' && "
        guard try await Subprocess.run("/usr/bin/unshare", ["-rm", "sh", "-c", mount + "true"]).status == 0 else {
            return
        }
        try await stage.deliver(60, alertEvery: 1)
        let words = stage.arguments(["--once", "--scan-every", "0", "--verify-every", "0"]).map {
            $0 == stage.database ? small + "/watch.db" : $0
        }
        let command =
            "head -c 200000 /dev/zero > '\(small)/filler'; exec \(Repository.parapet) \(words.joined(separator: " "))"
        let full = try await Subprocess.run(
            "/usr/bin/unshare", ["-rm", "sh", "-c", mount + command], environment: stage.environment)
        #expect(full.status == 1)
        #expect(full.standardError.contains("the disk is full"), "\(full.standardError)")
        try await Task.sleep(for: .seconds(4))
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try stage.stopped() == WatchStage.expected(60, every: 1))
    }

    @Test func aSecondWatchOfAStoreIsRefused() async throws {
        let stage = try await WatchStage()
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        defer { process.terminate() }
        #expect(try await WatchStage.wait { try stage.store().sign("watch") != nil })
        let second = try await stage.once()
        #expect(second.status == 1)
        #expect(second.standardError.contains("a watch (process \(process.processIdentifier))"))
        #expect(process.isRunning)
    }

    @Test func aWatchWithANotifierSendsAlertsAndEndsWhenItIsStopped() async throws {
        let stage = try await WatchStage()
        try Data("watch: {visibility: 3s}\nnotify: {lines: {type: stdout}}\n".utf8).write(
            to: URL(filePath: stage.folder.path + "/config.yaml"))
        try await stage.deliver(10)
        let process = try stage.start(["--scan-every", "0", "--verify-every", "0"])
        defer { process.terminate() }
        func sent() throws -> Int {
            try stage.store().deliveryCounts().filter { $0.state == .sent }.reduce(0) { $0 + $1.count }
        }
        #expect(try await WatchStage.wait { try sent() >= 1 })
        process.terminate()
        // Less than the 20 seconds after which parts that do not end are canceled.
        #expect(try await WatchStage.wait(15) { !process.isRunning })
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try sent() == 1)
    }

    @Test func aCorrelationCountsTheEventsOfAllBatchesAndAlertsOnce() async throws {
        let stage = try await WatchStage()
        let rules = stage.folder.path + "/rules.yml"
        let text = """
            title: Bucket deleted
            id: 11111111-1111-4111-8111-111111111111
            name: bucket_deleted
            logsource: {product: aws, service: cloudtrail}
            detection:
              selection: {eventName: DeleteBucket}
              condition: selection
            level: low
            ---
            title: Several buckets deleted
            id: 22222222-2222-4222-8222-222222222222
            correlation:
              type: event_count
              rules: [bucket_deleted]
              group-by: [userIdentity.arn]
              timespan: 1h
              condition: {gte: 3}
            level: high
            """
        try Data(text.utf8).write(to: URL(filePath: rules))
        for number in 1...5 {
            try await stage.stage(["act", "put-event", "DeleteBucket", "s3.amazonaws.com", "del-\(number)"])
            let outcome = try await stage.once(["--scan-every", "0", "--verify-every", "0", "--rules", rules])
            #expect(outcome.status == (number == 3 ? 2 : 0), "\(outcome.standardError)")
            let alerts = try stage.store().alerts(in: "cloudtrail", since: .distantPast)
            #expect(alerts.count == (number < 3 ? 0 : 1), "after \(number) events")
        }
    }

    @Test func anAnalyticSeesTheObjectsOfEarlierRunsAndAlertsOnce() async throws {
        let stage = try await WatchStage()
        for number in 1...3 {
            try await stage.stage(["act", "put-access", "\(number)"])
            let outcome = try await stage.once()
            #expect([0, 2].contains(outcome.status), "\(outcome.standardError)")
            let alerts = try stage.store().alerts(in: "s3-access", since: .distantPast)
            #expect(alerts.count(where: { $0.rule == "access-anonymous" }) == 1, "after \(number) objects")
        }
    }

    @Test func aPrefixIsFollowedWithoutAQueue() async throws {
        let stage = try await WatchStage()
        try await stage.deliver(20)
        for round in 1...2 {
            let outcome = try await stage.poll()
            #expect(outcome.status == 2, "\(outcome.standardError)")
            #expect(try stage.stopped() == WatchStage.expected(round * 20))
            try await stage.deliver(20, from: 20)
        }
    }

    @Test func anObjectThatIsDeliveredLateIsFoundByListing() async throws {
        let stage = try await WatchStage()
        try await stage.deliver(20)
        for round in 0..<3 {
            let outcome = try await stage.poll()
            #expect(outcome.status == (round < 2 ? 2 : 0), "\(outcome.standardError)")
            // Before everything of today, in the folder of yesterday.
            let late = round > 0 ? ["late-1"] : []
            #expect(try stage.stopped() == (late + WatchStage.expected(20)).sorted(), "in round \(round)")
            if round == 0 { try await stage.stage(["act", "put-quiet-event", "late-1"]) }
        }
        let sign = try #require(try stage.store().sign("watch")).content
        #expect(sign["objects"]?.integer == 0)
        #expect(sign["repeated"]?.integer == 0)
    }

    @Test func anObjectThatIsDeliveredDaysLateIsFoundOnceADay() async throws {
        let stage = try await WatchStage()
        try await stage.deliver(1)
        _ = try await stage.poll()
        #expect(try stage.stopped() == ["stop-0"])
        try await stage.stage(["act", "put-quiet-event", "late-4", "4"])
        try await stage.stage(["act", "put-quiet-event", "early-6", "6"])
        _ = try await stage.poll()
        #expect(try stage.stopped() == ["stop-0"])
        // As if the place had been followed for five days.
        let store = try Store(stage.database)
        let look = #"{"first":\#(Date().timeIntervalSinceReferenceDate - 5 * 86_400),"last":0}"#
        try store.change("the cursor") { try $0.setCursor("look-back/s3://watch-logs/AWSLogs", look, at: Date()) }
        _ = try await stage.poll()
        // What is older than a day at the first search was there before.
        #expect(try stage.stopped() == ["late-4", "stop-0"])
        let last = try #require(try store.cursor("look-back/s3://watch-logs/AWSLogs"))
        #expect(!last.contains("\"last\":0"))
    }

    @Test func aWatchWithoutLogsSaysWhatItWillNotDo() async throws {
        let stage = try await WatchStage()
        func said(_ more: [String]) async throws -> String {
            try await Subprocess.run(
                Repository.parapet, ["watch", "--once", "--db", stage.database] + more, environment: stage.environment
            ).standardError
        }
        let idle = try await said(["--scan-every", "0", "--verify-every", "0", "--quiet"])
        #expect(idle.contains("no logs are read and no threats are detected: add --queue or --poll"))
        #expect(idle.contains("no scans run") && idle.contains("no digests are verified"))
        let busy = try await said(["--queue", stage.queue, "--scan-every", "1d", "--verify-every", "1h", "--quiet"])
        #expect(!busy.contains("no logs are read") && !busy.contains("no scans run"), "\(busy)")
    }

    @Test func aTopicBetweenTheBucketAndTheQueueIsSeenThrough() async throws {
        let stage = try await WatchStage()
        for (place, raw) in ["false", "true"].enumerated() {
            try await stage.stage(["act", "chain-topics", raw])
            try await stage.stage(["act", "put-quiet-event", "raw-\(raw)"])
            let outcome = try await stage.once()
            #expect(outcome.status == 2, "\(outcome.standardError)")
            #expect(try stage.stopped() == ["raw-false", "raw-true"].prefix(place + 1).map(\.self))
        }
    }

    @Test func anEventThatComesAsAMessageAndInAnObjectAlertsOnce() async throws {
        let stage = try await WatchStage()
        try await stage.stage(["act", "put-message", "both-1"])
        let outcome = try await stage.once()
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try stage.stopped() == ["both-1"])
    }

    @Test func anEventOnABucketChangesTheFindingsOfThatBucketAlone() async throws {
        let stage = try await WatchStage()
        try await stage.stage(["act", "set-versioning", "other"])
        let scan = ["--scan-every", "1d", "--verify-every", "0", "--region", "us-east-1"]
        let first = try await stage.once(scan)
        #expect(first.status == 2, "\(first.standardError)")
        func statuses() throws -> [String: String] {
            let found = try stage.store().findings(of: ["s3-bucket-versioning"], in: "123456789012")
            return Dictionary(found.map { ($0.resource, $0.status) }) { $1 }
        }
        #expect(try statuses() == ["watch-logs": "fail", "other": "pass"])
        try await stage.stage(["act", "set-versioning", "watch-logs", "third"])
        try await stage.stage([
            "act", "put-event", "PutBucketVersioning", "s3.amazonaws.com", "bucket-1", "watch-logs",
        ])
        let second = try await stage.once(scan)
        #expect(second.status != 1, "\(second.standardError)")
        #expect(try statuses() == ["watch-logs": "pass", "other": "pass"])
        #expect(second.standardError.contains("checked again after PutBucketVersioning on watch-logs"))
    }

    @Test func aChangeIsCheckedAtOnce() async throws {
        let stage = try await WatchStage()
        let scan = ["--scan-every", "1d", "--verify-every", "0", "--region", "us-east-1"]
        let first = try await stage.once(scan)
        #expect(first.status == 2, "\(first.standardError)")
        func status(_ check: String) throws -> Set<String> {
            Set(try stage.store().findings(of: [check], in: "123456789012").map(\.status))
        }
        #expect(try status("security-group-ssh") == ["pass"])
        #expect(try status("cloudtrail-all-regions") == ["pass"])
        try await stage.stage(["act", "open-port"])
        try await stage.stage(["act", "stop-trail"])
        try await stage.stage(["act", "put-event", "AuthorizeSecurityGroupIngress", "ec2.amazonaws.com", "port-1"])
        try await stage.stage(["act", "put-event", "StopLogging", "cloudtrail.amazonaws.com", "stop-1"])
        let second = try await stage.once(scan)
        #expect(second.status == 2, "\(second.standardError)")
        #expect(try status("security-group-ssh").contains("fail"))
        #expect(try status("cloudtrail-all-regions") == ["fail"])
        #expect(try stage.stopped() == ["stop-1"])
        #expect(try stage.store().scans().count(where: { !$0.isPartial }) == 1)
    }
}
