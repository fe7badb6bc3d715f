import Analytics
import Basics
import Foundation
import LogReaders
import LogSources
import Notifiers
import Posture
import Practices
import Sigma
import Store
import Synchronization
import Testing

@testable import Hunting
@testable import Runs

@Suite struct WatchPartTests {
    private static let start = Date(timeIntervalSince1970: 1_764_000_000)

    private static func alert(_ from: Double, _ to: Double, actor: String = "eve", fields: String = "{}") -> StoredAlert
    {
        StoredAlert(
            id: "\(actor)-\(from)-\(to)", rule: "rule", title: "", source: "cloudtrail", severity: .high, practice: "",
            account: nil, region: nil, actor: actor, event: nil, time: start + from, lastTime: start + to,
            record: "{\"fields\":\(fields)}", stored: start)
    }

    @Test func aMutedFindingIsNotToldUntilItPasses() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "muted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(folder.appending(path: "a.db").path)
        func record(_ status: String, at time: Double) throws -> Int {
            let seen = Self.start + time
            let findings = ["f", "g"].map {
                StoredFinding(
                    id: $0, check: "a-check", practice: "audit-trail", severity: .high, status: status, account: "1",
                    region: "us-east-1", resourceType: "AWS::S3::Bucket", resource: $0, arn: "arn:\($0)", title: "",
                    message: "", hasFix: false, record: "{}", seen: seen)
            }
            let scan = StoredScan(
                id: "\(time)", started: seen, finished: seen, parapet: "1", accounts: ["1"], regions: ["us-east-1"],
                checks: ["a-check"], isPartial: false)
            var told = 0
            try store.record(scan, findings) { writer, changes in
                let names = Mutex<[String]>([])
                try writer.add(changes, of: findings) { _, finding in
                    names.withLock { $0.append(finding.id) }
                    return []
                }
                told = names.withLock { $0.count }
            }
            return told
        }
        #expect(try record("pass", at: 0) == 2)
        try store.change("the mute") {
            _ = try $0.mute(StoredMute(finding: "f", reason: "known", by: "kim", since: Self.start, until: nil))
        }
        #expect(try record("fail", at: 10) == 1)
        #expect(try record("pass", at: 20) == 2)
        // It fails again while it is muted, and is told when the mute has ended: once.
        #expect(try record("fail", at: 30) == 1)
        #expect(try record("fail", at: 40) == 0)
        try store.change("the mute") { _ = try $0.unmute("f") }
        #expect(try record("fail", at: 50) == 1)
        #expect(try record("fail", at: 60) == 0)
    }

    @Test func anAlertThatGrowsStaysOne() {
        var known = KnownEpisodes(gap: 0)
        #expect(known.judge(Self.alert(0, 10)) == .new)
        #expect(known.judge(Self.alert(0, 10)) == .known)
        #expect(known.judge(Self.alert(0, 30)) == .longer("eve-0.0-10.0"))
        // Its beginning was forgotten.
        #expect(known.judge(Self.alert(20, 50)) == .longer("eve-0.0-10.0"))
        #expect(known.judge(Self.alert(51, 60)) == .new)
        #expect(known.judge(Self.alert(5, 8, actor: "ann")) == .new)
        #expect(known.judge(Self.alert(5, 8, fields: #"{"a":"1"}"#)) == .new)
        #expect(
            known.judge(Self.alert(6, 9, fields: #"{"a":"1","addresses":"(3 addresses)"}"#)) == .longer("eve-5.0-8.0"))
    }

    @Test func episodesThatEndedAreForgotten() {
        var known = KnownEpisodes(gap: 3600)
        #expect(known.judge(Self.alert(0, 10)) == .new)
        #expect(known.judge(Self.alert(3000, 3010)) == .longer("eve-0.0-10.0"))
        known.forget(before: Self.start + 4000)
        #expect(known.judge(Self.alert(3000, 3010)) == .new)
    }

    private static func coverage(_ region: String, _ from: Double, _ to: Double) -> StoredCoverage {
        StoredCoverage(
            trail: "main", account: "123456789012", region: region, from: start + from * 3600, to: start + to * 3600)
    }

    @Test func aDigestIsOverdueOnlyIfEarlierOnesCame() {
        let coverage = [
            Self.coverage("us-east-1", 0, 5), Self.coverage("eu-west-1", 0, 7), Self.coverage("eu-west-2", 4, 5),
        ]
        #expect(OverdueDigests.find(coverage, at: Self.start + 7 * 3600).isEmpty)
        #expect(OverdueDigests.find(coverage, at: Self.start + 7.1 * 3600).map(\.region) == ["us-east-1"])
        #expect(OverdueDigests.find([], at: Self.start).isEmpty)
        let alerts = OverdueDigests.find(coverage, at: Self.start + 7.1 * 3600).map {
            StoredAlert.overdueDigest($0, at: Self.start)
        }
        #expect(OverdueDigests.ended(alerts, coverage).isEmpty)
        let ended = OverdueDigests.ended(alerts, coverage + [Self.coverage("us-east-1", 5, 6)])
        #expect(ended.map(\.id) == alerts.map(\.id))
    }

    @Test func anEventThatComesTwiceIsCountedOnce() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "twice-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "a.json")
        let events = (0..<3).map {
            """
            {"eventVersion":"1.11","eventTime":"2026-01-01T00:00:00Z","eventSource":"s3.amazonaws.com",\
            "eventName":"DeleteObject","eventID":"e-\($0)","recipientAccountId":"123456789012"}
            """
        }
        try Data("{\"Records\":[\(events.joined(separator: ","))]}".utf8).write(to: file)
        let hunt = Hunt(RuleCollection(parsing: []), for: .cloudTrail)
        var (plain, once) = (HuntMemory(for: hunt), HuntMemory(for: hunt))
        once.countEventsOnce()
        for _ in 0..<2 {
            let logs = { LogPipeline([LogLocation(file.path)], layout: .json, workers: 1) }
            _ = try await hunt.run(logs(), remembering: &plain)
            _ = try await hunt.run(logs(), remembering: &once)
        }
        #expect(plain.keys?.events == 6)
        #expect(once.keys?.events == 3)
    }

    @Test func aDigestThatComesAfterAllIsTold() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "overdue-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try Store(folder.appending(path: "a.db").path)
        let routing = NotifierRouting([Notifier("a", .stdout)])
        let hour = Mutex(7.1)
        let now: @Sendable () -> Date = { Self.start + hour.withLock { $0 } * 3600 }
        let digests = DigestSchedule(
            session: SessionOptions(), environment: RunEnvironment(), store: store, state: WatchState(now: now),
            log: WatchLog(.error, write: { _ in }), route: { routing.deliveries(for: $0, at: now()) },
            ended: { routing.deliveries(forEndOf: $0, "a digest file came", at: now()) }, now: now)
        func cover(_ from: Double, _ to: Double) throws {
            let verification = StoredVerification(
                time: now(), from: Self.start, to: now(), digestsValid: 1, digestsInvalid: 0, logsValid: 0,
                logsInvalid: 0)
            let coverage = Self.coverage("us-east-1", from, to)
            try store.change("the verification") { _ = try $0.add(verification, [coverage], []) }
            try digests.findOverdue(at: now())
        }
        func told() throws -> [String] { try store.deliveries().reversed().map(\.kind) }
        try cover(0, 5)
        #expect(try told() == ["alert"])
        try digests.findOverdue(at: now())
        #expect(try told() == ["alert"])
        hour.withLock { $0 = 7.5 }
        try cover(5, 7)
        #expect(try told() == ["alert", "resolved"])
        try digests.findOverdue(at: now())
        #expect(try told() == ["alert", "resolved"])
    }

    @Test func ofSomeBucketsOnlyTheirOwnFindingsChange() {
        func bucket(_ name: String, _ status: String, type: String = "AWS::S3::Bucket") -> StoredFinding {
            var finding = Self.finding(name, status)
            finding.resourceType = type
            return finding
        }
        let known = [bucket("a", "fail"), bucket("b", "fail"), bucket("deleted", "fail")]
        let found = [bucket("a", "pass"), bucket("account", "notApplicable", type: "AWS::::Account")]
        let rows = Recheck.rows(found, known: known, .buckets(["a", "deleted"]))
        #expect(rows.map(\.id) == ["a", "deleted"])
        #expect(rows.map(\.status) == ["pass", StoredFinding.gone])
    }

    private static func finding(_ id: String, _ status: String, region: String = "us-east-1", check: String = "c")
        -> StoredFinding
    {
        StoredFinding(
            id: id, check: check, practice: "p", severity: .high, status: status, account: "123456789012",
            region: region, resourceType: "", resource: id, arn: "", title: "", message: "", hasFix: false,
            record: "{}",
            seen: start)
    }

    @Test func aCheckOfOneRegionLeavesTheOthersAlone() {
        let known = [
            Self.finding("a", "fail"), Self.finding("b", "fail"), Self.finding("other", "pass", region: "eu-west-1"),
            Self.finding("global", "pass", region: "global"),
        ]
        let found = [Self.finding("a", "pass"), Self.finding("global", "unknown", region: "global")]
        let rows = Recheck.rows(found, known: known, .region("us-east-1"))
        #expect(rows.map(\.id) == ["a", "b"])
        #expect(rows.map(\.status) == ["pass", StoredFinding.gone])
    }

    @Test func whatCouldNotBeReadStaysAsItWas() {
        let known = [Self.finding("a", "fail"), Self.finding("b", "fail")]
        #expect(Recheck.rows([Self.finding("x", "unknown")], known: known, .all).isEmpty)
    }

    private static func touched(_ event: String, _ service: String) -> Set<String> {
        let change = TouchedResource(
            source: "\(service).amazonaws.com", event: event, account: "123456789012", region: "us-east-1")
        return Set(TouchedChecks(Catalogue.checks).checks(for: change).map(\.about.id))
    }

    @Test(arguments: [
        ("StopLogging", "cloudtrail", "cloudtrail-all-regions"),
        ("DeleteTrail", "cloudtrail", "cloudtrail-all-regions"),
        ("UpdateTrail", "cloudtrail", "cloudtrail-log-file-validation"),
        ("PutEventSelectors", "cloudtrail", "cloudtrail-management-events"),
        ("AuthorizeSecurityGroupIngress", "ec2", "security-group-ssh"),
        ("CreateNetworkAclEntry", "ec2", "network-acl-ssh"), ("DeleteFlowLogs", "ec2", "vpc-flow-logs"),
        ("PutBucketPolicy", "s3", "trail-bucket-tls-only"), ("DeleteBucketPolicy", "s3", "trail-bucket-tls-only"),
        ("PutBucketVersioning", "s3", "trail-bucket-versioning"),
        ("PutBucketLogging", "s3", "trail-bucket-access-logging"),
        ("AttachUserPolicy", "iam", "iam-user-no-policies"), ("CreateAccessKey", "iam", "iam-access-key-rotation"),
        ("CreateAccessKey", "iam", "root-access-key"), ("UpdateAccessKey", "iam", "iam-user-console-mfa"),
        ("UpdateAccountPasswordPolicy", "iam", "iam-password-policy-length"),
        ("DisableKey", "kms", "trail-key-enabled"), ("DisableKeyRotation", "kms", "trail-key-rotation"),
    ]) func anEventTouchesTheChecksThatReadWhatItChanges(event: String, service: String, check: String) {
        #expect(Self.touched(event, service).contains(check))
    }

    @Test func anEventTouchesNoMoreThanItMust() {
        #expect(Self.touched("DescribeSecurityGroups", "ec2").isEmpty)
        #expect(Self.touched("PutItem", "dynamodb").isEmpty)
        #expect(!Self.touched("AuthorizeSecurityGroupIngress", "ec2").contains("vpc-flow-logs"))
        #expect(!Self.touched("PutBucketVersioning", "s3").contains("s3-bucket-default-encryption"))
        #expect(!Self.touched("PutBucketVersioning", "s3").contains("trail-bucket-tls-only"))
        #expect(!Self.touched("PutBucketPolicy", "s3").contains("s3-bucket-versioning"))
        #expect(Self.touched("PutBucketVersioning", "s3").contains("s3-bucket-versioning"))
        #expect(Self.touched("DeleteBucket", "s3").contains("s3-bucket-versioning"))
    }

    @Test func checksOfOneRegionAreThoseThatReadEC2Alone() {
        let regional = Set(Catalogue.checks.filter(TouchedChecks.isRegional).map(\.about.id))
        #expect(regional.contains("network-acl-ssh"))
        #expect(!regional.contains("cloudtrail-all-regions"))
        #expect(!regional.contains("trail-bucket-tls-only"))
    }

    @Test func aQueueThatDoesNotAnswerIsNoticedUntilItDoes() {
        let time = Mutex(Self.start)
        let state = WatchState(now: { time.withLock { $0 } })
        state.began("queue")
        #expect(state.blind == nil)
        time.withLock { $0 += 61 }
        // Another attempt is no answer.
        state.began("queue")
        #expect(state.blind?.place == "queue")
        #expect(state.blind?.since == Self.start)
        state.succeeded("queue")
        #expect(state.blind == nil)
    }

    @Test(arguments: [("90s", 90), ("15m", 900), ("6h", 21_600), ("1d", 86_400), ("0", 0)])
    func durationsAreRead(text: String, seconds: Int) {
        #expect(WatchConfiguration.seconds(text) == seconds)
    }

    @Test(arguments: ["", "6", "h", "-1h", "+1h", "1.5h", "6w", "6hh", "99999999999999999999h", "٣h"])
    func otherTextsAreNoDurations(text: String) {
        #expect(WatchConfiguration.seconds(text) == nil)
    }

    @Test(arguments: [
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/watch", "eu-west-1"),
        ("https://eu-west-1.queue.amazonaws.com/123456789012/watch", "eu-west-1"),
        ("http://127.0.0.1:5000/123456789012/watch", nil),
    ]) func theURLOfAQueueNamesItsRegion(url: String, region: String?) {
        #expect(SQSQueue(url)?.region == region)
        #expect(SQSQueue(url) != nil)
    }

    @Test(arguments: ["", "watch", "ftp://host/a/b", "https://host/only", "https:///a/b"])
    func otherTextsAreNoQueues(text: String) {
        #expect(SQSQueue(text) == nil)
    }
}
