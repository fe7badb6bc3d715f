import Basics
import Foundation
import TestSupport
import Testing

/// The analytics, the baseline and the configuration from the command line.
@Suite(.timeLimit(.minutes(10))) struct AnalyticsCommandTests {
    private static let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

    private func request(
        _ number: Int, _ requester: String, hour: Int = 0, operation: String = "REST.GET.OBJECT", status: Int = 200
    ) -> String {
        let time =
            "0\(1 + hour / 24)/Mar/2026:\(hour % 24 < 10 ? "0" : "")\(hour % 24):\(number % 60 < 10 ? "0" : "")\(number % 60):00 +0000"
        let key = "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/03/01/f\(number).json.gz"
        return
            #"\#(Self.owner) trail-logs [\#(time)] 192.0.2.3 \#(requester) R\#(hour)X\#(number) \#(operation) \#(key) "#
            + #""GET /\#(key) HTTP/1.1" \#(status) - 1234 1234 17 16 "-" "aws-sdk-java/1.12" - h= SigV4 "#
            + "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader trail-logs.s3.eu-west-1.amazonaws.com TLSv1.2 - -"
    }

    private func rules(_ outcome: Subprocess.Outcome) throws -> Set<String> {
        Set(try HuntDocument(outcome.standardOutput).alerts.map(\.rule))
    }

    @Test func anExpectedReaderIsNoNews() async throws {
        let folder = try LogsFolder()
        let session = "arn:aws:sts::123456789012:assumed-role/audit/kim"
        let known = (0..<30).map { request($0, "arn:aws:iam::123456789012:user/old", hour: $0) }
        let log = try folder.write("a.log", (known + [request(1, session, hour: 40)]).joined(separator: "\n") + "\n")
        let base = ["hunt", "--source", "s3-access", "--logs", log, "--format", "json"]
        #expect(try rules(try await HuntCommand.run(base)).contains("access-new-requester"))
        let config = try folder.write(
            "c.yml", "trail-access:\n  readers: [\"arn:aws:iam::123456789012:role/audit\"]\n")
        let expected = try await HuntCommand.run(base + ["--config", config])
        #expect(try !rules(expected).contains("access-new-requester"), "\(expected.standardOutput)")
    }

    /// What the first hunt saw is no news to the second.
    @Test func aBaselineIsWrittenAndReadAgain() async throws {
        let folder = try LogsFolder()
        let first = try folder.write("a.log", request(1, "arn:aws:iam::123456789012:user/old") + "\n")
        let second = try folder.write("b.log", request(2, "arn:aws:iam::123456789012:user/old", hour: 30) + "\n")
        let stranger = try folder.write("c.log", request(3, "arn:aws:iam::123456789012:user/new", hour: 31) + "\n")
        let baseline = folder.path("baseline.json")
        func hunt(_ log: String) async throws -> Set<String> {
            try rules(
                try await HuntCommand.run([
                    "hunt", "--source", "s3-access", "--logs", log, "--format", "json", "--baseline", baseline,
                ]))
        }
        #expect(try await hunt(first) == [])
        #expect(FileManager.default.fileExists(atPath: baseline))
        #expect(try await hunt(second) == [])
        #expect(try await hunt(stranger).contains("access-new-requester"))
        #expect(try await !hunt(stranger).contains("access-new-requester"), "now it is known")
    }

    @Test(arguments: [
        ("{}", "not a baseline"), ("lorem", "not a baseline"), (#"{"schema":"parapet.baseline/9"}"#, "another version"),
        ("", "not a baseline"), ("[1,2,3]", "not a baseline"),
        (
            #"{"schema":"parapet.baseline/1","flows":{"version":1,"series":{},"networks":{},"peerPeaks":{},"#
                + #""topPeers":{},"ports":{},"sweeps":{},"lastHour":-5}}"#, "invalid values"
        ),
    ])
    func whatIsNoBaselineIsLeftAlone(_ content: String, _ words: String) async throws {
        let folder = try LogsFolder()
        let baseline = try folder.write("b.json", content)
        let log = try folder.write("a.log", request(1, "arn:aws:iam::123456789012:user/old") + "\n")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "s3-access", "--logs", log, "--baseline", baseline,
        ])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains(words), "\(outcome.standardError)")
        #expect(try folder.text("b.json") == content)
    }

    @Test(arguments: [
        #""keys":{"version":1,"from":0,"until":9223372036854775807,"seesCreation":true,"keys":{},"users":{}}"#,
        #""access":{"version":1,"requesters":{},"addresses":{},"agents":{},"reading":{},"refused":{"a":{"median":-1,"hour":1}}}"#,
    ])
    func aDamagedBaselineIsLeftAlone(_ member: String) async throws {
        let folder = try LogsFolder()
        let content = #"{"schema":"parapet.baseline/1",\#(member)}"#
        let baseline = try folder.write("b.json", content)
        let log = try folder.write("a.log", request(1, "arn:aws:iam::123456789012:user/old") + "\n")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "s3-access", "--logs", log, "--baseline", baseline,
        ])
        #expect(outcome.status == 1)
        #expect(outcome.standardError.contains("cannot be used"), "\(outcome.standardError)")
        #expect(try folder.text("b.json") == content)
    }

    private static let deletions = """
        title: Log file deleted
        id: 0b7f2a0e-57d2-4a37-9d9f-5f9a5f6f9e02
        logsource: {product: aws, service: s3_access}
        detection: {s: {operation: BATCH.DELETE.OBJECT}, condition: s}
        level: high
        """

    /// All lines of a request to delete many objects have its identifier.
    @Test func everyDeletionOfABatchCounts() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write("r.yml", Self.deletions)
        let lines = (0..<50).map { number in
            request(number, "arn:aws:iam::123456789012:user/ann", operation: "BATCH.DELETE.OBJECT", status: 204)
                .replacing("R0X\(number) ", with: "SAME ")
        }
        // A line that is delivered twice is still one.
        let log = try folder.write("a.log", (lines + [lines[7]]).joined(separator: "\n") + "\n")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "s3-access", "--logs", log, "--rules", rules, "--format", "json",
        ])
        #expect(try HuntDocument(outcome.standardOutput).stats.alerts == 50, "\(outcome.standardOutput)")
    }

    @Test func aRuleThatLooksAtAFieldThatIsNotThereIsTold() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write(
            "r.yml",
            Self.deletions.replacing("operation: BATCH", with: "eventName: x, source_region: y, operation: BATCH"))
        let log = try folder.write("a.log", request(1, "arn:aws:iam::123456789012:user/old") + "\n")
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "s3-access", "--logs", log, "--rules", rules, "--format", "json",
        ])
        #expect(outcome.status == 3, "\(outcome)")
        let doubts = try HuntDocument(outcome.standardOutput).doubts
        #expect(
            doubts == [
                "the rule Log file deleted can never match: it reads 'eventName', which records of s3-access do not have"
            ])
    }

    @Test func aKeyThatWasSilentForMonthsIsTold() async throws {
        let folder = try LogsFolder()
        let used = Trail.record("e-1", "ListBuckets", source: "s3.amazonaws.com", time: "2026-01-01T10:00:00Z")
        let others = (1...11).map { week in
            Trail.record(
                "o-\(week)", "ListBuckets", source: "s3.amazonaws.com",
                time: "2026-0\(1 + week / 4)-\(week % 4 * 7 + 2 < 10 ? "0" : "")\(week % 4 * 7 + 2)T10:00:00Z",
                actor: "arn:aws:iam::123456789012:user/bob"
            ).replacingOccurrences(of: "AKIAIOSFODNN7EXAMPLE", with: "AKIAI44QH8DHBEXAMPLE")
        }
        let again = Trail.record("e-2", "ListBuckets", source: "s3.amazonaws.com", time: "2026-05-20T10:00:00Z")
        try folder.write("a.json.gz", Trail.file([used] + others))
        let baseline = ["--baseline", folder.path("../baseline-\(UUID().uuidString).json")]
        defer { try? FileManager.default.removeItem(atPath: baseline[1]) }
        _ = try await HuntCommand.cloudTrail(folder.url.path, baseline)
        // The logs between are read by hunts of their own.
        try folder.write(
            "a.json.gz",
            Trail.file(
                (1...9).map {
                    Trail.record("m-\($0)", "ListTrails", time: "2026-0\(3 + ($0 + 2) / 4)-\(10 + $0)T10:00:00Z")
                        .replacingOccurrences(of: "AKIAIOSFODNN7EXAMPLE", with: "AKIAI44QH8DHBEXAMPLE")
                } + [again]))
        let (outcome, document) = try await HuntCommand.cloudTrail(folder.url.path, baseline)
        #expect(document.alerts.contains { $0.rule == "key-used-after-silence" && $0.event == "e-2" }, "\(outcome)")
    }

    @Test func flowsOfACustomFormatAreJudged() async throws {
        let folder = try LogsFolder()
        // Someone reaches a closed service: many tries, then one that is let in.
        var lines: [String] = []
        for number in 0..<60 {
            lines.append(
                "\(1_772_500_000 + number * 5) 198.51.100.9 10.0.0.5 \(40_000 + number) 22 6 REJECT eni-0a1 3 180")
        }
        lines.append("1772500400 198.51.100.9 10.0.0.5 41000 22 6 ACCEPT eni-0a1 30 9000")
        let log = try folder.write("a.log", lines.joined(separator: "\n") + "\n")
        let format =
            "${start} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${action} ${interface-id} ${packets} ${bytes}"
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "vpc-flow", "--logs", log, "--flow-format", format, "--format", "json",
        ])
        #expect(outcome.status == 2, "\(outcome.standardError)")
        #expect(try rules(outcome).contains("flow-rejected-then-accepted"), "\(outcome.standardOutput)")
        let document = try HuntDocument(outcome.standardOutput)
        #expect(document.stats.events == 61)
        let wrong = try await HuntCommand.run(["hunt", "--source", "vpc-flow", "--logs", log, "--format", "json"])
        #expect(wrong.status == 1, "without the format nothing can be read: \(wrong.standardOutput)")
    }

    /// Analytics that lack a column must not look as if they had found nothing.
    @Test(arguments: [
        ("", []), ("srcaddr", ["srcaddr"]), ("dstport protocol", ["dstport", "protocol"]), ("action", ["action"]),
    ])
    func columnsThatAreLackingAreTold(left: String, lacking: [String]) async throws {
        let folder = try LogsFolder()
        let without = Set(left.split(separator: " "))
        let header = "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
        let record = "eni-1 198.51.100.9 10.0.0.5 40000 22 6 1 60 1772500000 1772500060 ACCEPT OK"
        let columns = zip(header.split(separator: " "), record.split(separator: " ")).filter { !without.contains($0.0) }
        let lines = [columns.map(\.0), columns.map(\.1)].map { $0.joined(separator: " ") + "\n" }.joined()
        let log = try folder.write("a.log", lines)
        let outcome = try await HuntCommand.run(["hunt", "--source", "vpc-flow", "--logs", log, "--format", "json"])
        let document = try HuntDocument(outcome.standardOutput)
        let names = lacking.joined(separator: ", ")
        #expect(
            document.doubts
                == (lacking.isEmpty
                    ? [] : ["records lack the fields \(names): the analytics that need them did not see everything"]))
        #expect(outcome.status == (document.alerts.isEmpty && !lacking.isEmpty ? 3 : document.alerts.isEmpty ? 0 : 2))
    }

    @Test func rulesForFlowsRunBesideTheAnalytics() async throws {
        let folder = try LogsFolder()
        let rules = try folder.write(
            "r.yml",
            """
            title: Traffic to a documentation network
            id: 0b7f2a0e-57d2-4a37-9d9f-5f9a5f6f9e01
            logsource: {product: aws, service: vpcflow}
            detection: {s: {dstaddr|cidr: 203.0.113.0/24, action: ACCEPT}, condition: s}
            level: low
            """)
        let log = try folder.write(
            "a.log",
            """
            2 123456789012 eni-0a1 10.0.0.5 203.0.113.7 40000 443 6 10 840 1772500000 1772500060 ACCEPT OK
            2 123456789012 eni-0a1 10.0.0.5 198.51.100.7 40000 443 6 10 840 1772500000 1772500060 ACCEPT OK

            """)
        let outcome = try await HuntCommand.run([
            "hunt", "--source", "vpc-flow", "--logs", log, "--rules", rules, "--format", "json",
        ])
        let alert = try #require(try HuntDocument(outcome.standardOutput).alerts.first, "\(outcome)")
        #expect(alert.actor == "eni-0a1")
        #expect(alert.account == "123456789012")
        #expect(alert.fields["dstaddr"] == "203.0.113.7")
        #expect(alert.time == "2026-03-03T01:06:40Z")
    }
}
