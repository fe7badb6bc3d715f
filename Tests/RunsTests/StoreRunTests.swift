import Analytics
import Basics
import Foundation
import Hunting
import Posture
import Reports
import Store
import TestSupport
import Testing
import TrailIntegrity

@testable import Runs

/// What runs write into the store.
@Suite(.timeLimit(.minutes(10))) struct StoreRunTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "parapet-store-\(UUID().uuidString)")
    private let time = Date(timeIntervalSince1970: 1_767_225_600)

    private func withStore(_ body: (Store) async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(try Store(folder.appending(path: "a.db").path))
    }

    private func report(_ alerts: [Alert]) -> HuntReport {
        var result = HuntResult()
        result.alerts = alerts
        result.transfers = [
            TransferSeries(
                interface: "eni-1", account: "1", region: nil, direction: .outExternal,
                hours: [
                    .init(
                        hour: 490_000, bytes: 7e9, band: 1e6...2e6, isUnusual: true,
                        peers: [.init(address: "203.0.113.9", bytes: 6e9)]),
                    .init(hour: 490_001, bytes: 1.5e6, band: nil, isUnusual: false),
                ])
        ]
        result.requests = [
            DailyRequests(
                bucket: "trail-logs", day: 20_000, requester: "-", operation: "REST.GET.OBJECT", isDenied: true,
                count: 3,
                addresses: ["192.0.2.1"], last: 1_728_000_100)
        ]
        return HuntReport(
            run: .init(source: "cloudtrail", logs: ["logs"], started: time, finished: time, parapet: "1"),
            result: result)
    }

    private func stopped(_ trail: String, region: String = "us-east-1", account: String = "123456789012") -> Alert {
        Alert(
            rule: "trail-stopped", title: "CloudTrail logging stopped", event: "e-1", time: 1_767_225_000,
            severity: .high, account: account, region: region, actor: "arn:aws:iam::123456789012:user/eve",
            practice: "audit-trail",
            fields: ["eventName": "StopLogging", "requestParameters": #"{"name":"\#(trail)"}"#])
    }

    private func finding(
        _ check: String, _ status: String, region: String = "us-east-1", practice: String = "audit-trail"
    ) -> StoredFinding {
        let arn = "arn:aws:cloudtrail:\(region):123456789012:trail/main"
        return StoredFinding(
            id: "\(check)/\(region)", check: check, practice: practice, severity: .medium, status: status,
            account: "123456789012", region: region, resourceType: "AWS::CloudTrail::Trail", resource: "main", arn: arn,
            title: "t", message: "m", hasFix: false, record: "{}", seen: time)
    }

    @Test func anAlertIsStoredOnceWithTheFindingOfItsResource() async throws {
        try await withStore { store in
            let scan = StoredScan(
                id: "s", started: time, finished: time, parapet: "1", accounts: ["123456789012"],
                regions: ["us-east-1"], checks: ["a", "b", "c"], isPartial: false)
            try store.record(
                scan,
                [
                    finding("a", "pass"), finding("b", "fail"), finding("c", "fail", region: "eu-west-1"),
                    finding("d", "fail", practice: "log-encryption"),
                ])
            let report = report([stopped("arn:aws:cloudtrail:us-east-1:123456789012:trail/main")])
            let (new, _) = try store.record(report, at: time)
            #expect(new.map(\.finding) == ["b/us-east-1"])
            #expect(try store.record(report, at: time).new.isEmpty)
            let stored = try #require(try store.alert(new[0].id))
            // The record is the one of the JSON report.
            let document = try JSON(parsing: report.report.bytes(.json))
            #expect(try JSON(parsing: stored.record) == document["alerts"]?[0])
            #expect(document["alerts"]?[0]?["id"]?.text == stored.id)
        }
    }

    /// The alert comes first, and the scan that sees the failure afterwards.
    @Test func anAlertIsLinkedToTheFindingThatFailsLater() async throws {
        try await withStore { store in
            let (new, _) = try store.record(report([stopped("main")]), at: time)
            #expect(new.map(\.finding) == [nil])
            try store.change("a finding") { writer in
                try writer.relink(to: [finding("b", "fail")], at: time)
            }
            #expect(try store.alert(new[0].id)?.finding == nil, "the finding is not stored")
            let scan = StoredScan(
                id: "s", started: time, finished: time, parapet: "1", accounts: ["123456789012"],
                regions: ["us-east-1"], checks: ["b"], isPartial: true)
            try store.record(scan, [finding("b", "fail")]) { writer, _ in
                try writer.relink(to: [finding("b", "fail")], at: time)
            }
            #expect(try store.alert(new[0].id)?.finding == "b/us-east-1")
        }
    }

    @Test func anAlertOnAnotherResourceRegionOrAccountHasNoFinding() {
        let candidates = [finding("b", "fail")]
        for alert in [
            stopped("other"), stopped("main", region: "eu-west-1"), stopped("main", account: "999999999999"),
        ] {
            let stored = StoredAlert.all(of: report([alert]), at: time)[0]
            #expect(AlertSubject(stored).finding(among: candidates) == nil)
        }
        #expect(
            AlertSubject(StoredAlert.all(of: report([stopped("main")]), at: time)[0]).finding(among: candidates)?.id
                == "b/us-east-1")
    }

    private func linked(_ alert: Alert, _ candidates: [StoredFinding]) -> String? {
        AlertSubject(StoredAlert.all(of: report([alert]), at: time)[0]).finding(among: candidates)?.id
    }

    @Test func aGlobalResourceIsFoundFromEveryRegion() {
        var user = finding("user", "fail", region: "global", practice: "permissions")
        (user.resourceType, user.resource) = ("AWS::IAM::User", "eve")
        user.arn = "arn:aws:iam::123456789012:user/eve"
        for region in ["us-east-1", "eu-west-1"] {
            var alert = stopped("x", region: region)
            alert.practice = "permissions"
            alert.fields["requestParameters"] = #"{"userName":"eve"}"#
            #expect(linked(alert, [user]) == "user/global")
        }
        var elsewhere = stopped("x", account: "999999999999")
        elsewhere.practice = "permissions"
        elsewhere.actor = "arn:aws:iam::999999999999:user/eve"
        elsewhere.fields["requestParameters"] = "eve"
        #expect(linked(elsewhere, [user]) == nil)
    }

    @Test func aResourceThatIsNamedByItsARNCanBeInAnotherRegion() {
        // An event can be recorded in another Region than its resource's; a name alone says nothing about the Region.
        let candidates = [finding("b", "fail", region: "eu-central-1")]
        var alert = stopped("main")
        #expect(linked(alert, candidates) == nil)
        alert.fields["requestParameters"] = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/main"
        #expect(linked(alert, candidates) == "b/eu-central-1")
        // Of two, the one in the alert's own Region is not preferred to the one that the ARN names.
        #expect(linked(alert, candidates + [finding("a", "pass", region: "us-east-1")]) == "b/eu-central-1")
        alert.account = "999999999999"
        #expect(linked(alert, candidates) == nil)
    }

    @Test func aFindingOnTheAccountIsTheLastChoiceAndOfTheRegionAlone() {
        func account(_ check: String, _ status: String, region: String = "global") -> StoredFinding {
            var finding = finding(check, status, region: region)
            (finding.resourceType, finding.resource) = ("AWS::::Account", "AWS::::Account:123456789012")
            finding.arn = finding.resource
            return finding
        }
        let alert = stopped("other")
        #expect(linked(alert, [account("a", "fail")]) == "a/global")
        #expect(linked(alert, [account("a", "unknown")]) == "a/global")
        for status in ["pass", "notApplicable", StoredFinding.gone] {
            #expect(linked(alert, [account("a", status)]) == nil)
        }
        #expect(linked(alert, [account("a", "fail", region: "eu-west-1")]) == nil)
        #expect(linked(alert, [account("a", "fail", region: "us-east-1")]) == "a/us-east-1")
        // Its resource comes first, even if it passes.
        #expect(linked(stopped("main"), [account("a", "fail"), finding("b", "pass")]) == "b/us-east-1")
        // A record that names another account does not lead there.
        var foreign = stopped("AWS::::Account:123456789012", account: "999999999999")
        foreign.actor = "arn:aws:iam::999999999999:root"
        #expect(linked(foreign, [account("a", "fail")]) == nil)
    }

    /// An attacker chooses the texts of a record.
    @Test func aHostileRecordIsNoTrouble() {
        var alert = stopped(String(repeating: "[", count: 100_000))
        for number in 0..<2_000 { alert.fields["f\(number)"] = "name-\(number)/\u{1b}]0;x" }
        alert.raw = String(repeating: "{\"a\":", count: 50_000)
        let subject = AlertSubject(StoredAlert.all(of: report([alert]), at: time)[0])
        #expect(subject.names.count <= 310)
    }

    @Test func transfersAndRequestsAreStored() async throws {
        try await withStore { store in
            try store.record(report([]), at: time)
            var rows: [JSON] = []
            try store.export { rows.append($0) }
            let traffic = rows.filter { $0["type"]?.text == "traffic" }
            #expect(traffic.map { $0["hour"]?.integer } == [490_000, 490_001])
            #expect(traffic[0]["peers"]?[0]?["peer"]?.text == "203.0.113.9")
            #expect(traffic[0]["isUnusual"] == .bool(true))
            #expect(traffic[0]["upper"]?.double == 2e6)
            #expect(traffic[1]["upper"]?.isNull == true)
            let access = rows.filter { $0["type"]?.text == "access" }
            #expect(access.map { $0["count"]?.integer } == [3])
        }
    }

    @Test func aVerificationIsStoredWithAnAlertForEachProblem() async throws {
        try await withStore { store in
            var verification = Verification(range: time...time.addingTimeInterval(3_600))
            verification.logs.invalid = 1
            verification.problems = [
                Problem(
                    .logHashMismatch, object: "s3://b/k", message: "changed", account: "123456789012",
                    region: "us-east-1", trail: "main"),
                Problem(.gap, object: "s3://b/d", message: "a gap", period: time...time.addingTimeInterval(60)),
            ]
            let report = VerifyReport(verification, parapet: "1", finished: time)
            #expect(try store.record(report, at: time).map(\.rule) == ["log-hash-mismatch"])
            #expect(try store.record(report, at: time).isEmpty)
            #expect(try store.verifications().count == 2)
            let problems = try store.problems(since: .distantPast)
            #expect(problems.map(\.isInformation) == [false, true, false, true])
            #expect(problems[1].to == time.addingTimeInterval(60))
            #expect(try store.lastVerification(of: "main", in: "123456789012")?.problems == 1)
            #expect(try store.lastVerification(of: "main", in: "999999999999") == nil)
        }
    }

    /// The evidence is added, and no status changes.
    @Test func aScanShowsTheLastVerification() async throws {
        try await withStore { store in
            var scan = ScanRun(try CheckSelection.checks(named: "cloudtrail-log-file-validation"))
            let environment = RunEnvironment.testing(endpoint: try await MotoServer.sample.value.endpoint)
            let before = try await scan.run(in: environment).report.findings
            scan.store = store
            let never = try await scan.run(in: environment)
            #expect(never.report.findings.map(\.status) == before.map(\.status))
            let trails = never.report.findings.filter { $0.resource.type == "AWS::CloudTrail::Trail" }
            let trail = try #require(trails.first)
            #expect(
                trails.allSatisfy { $0.evidence.last?.fact == "LastVerification" && $0.evidence.last?.value == .null })
            try store.record(never.report)
            try store.record(never.report)
            var verification = Verification(range: time...time.addingTimeInterval(3_600))
            verification.problems = [
                Problem(
                    .logNotFound, object: "s3://b/k", message: "missing", account: trail.account,
                    region: trail.region, trail: trail.resource.id)
            ]
            try store.record(VerifyReport(verification, finished: time), at: time)
            let after = try await scan.run(in: environment).report
            let shown = try #require(after.findings.first { $0.resource == trail.resource })
            #expect(shown.status == trail.status)
            #expect(shown.message.contains("last verified 2026-01-01T00:00:00Z"))
            #expect(shown.evidence.last?.value["problems"]?.integer == 1)
            // What is stored is what the JSON report has.
            try store.record(after)
            let items = try JSON(parsing: after.report.bytes(.json))["findings"]?.elements ?? []
            for item in items {
                let stored = try #require(try store.finding(item["id"]?.text ?? ""))
                #expect(try JSON(parsing: stored.record) == item)
            }
        }
    }
}
