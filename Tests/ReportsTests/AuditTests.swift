import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Testing

@testable import Reports

/// What an auditor needs of a report of a scan.
@Suite struct AuditTests {
    private func text(_ report: ScanReport, _ format: Format) throws -> String {
        String(decoding: try report.report.bytes(format), as: UTF8.self)
    }

    // MARK: The same findings in every format

    @Test(arguments: [ReportSamples.scan(), ReportSamples.largeScan(300)])
    func everyFormatHasTheSameFindings(report: ScanReport) throws {
        let items = report.report.items
        let ids = Set(items.map(\.id))
        #expect(ids.count == items.count, "each has its own")
        for format in [Format.json, .ndjson, .csv, .markdown, .html, .ocsf, .asff] {
            #expect(try found(in: text(report, format), format) == ids, "\(format)")
        }
        // Readers that know no kinds would take a pass for a problem.
        let failures = Set(items.filter { $0.status != .pass }.map(\.id))
        #expect(try found(in: text(report, .sarif), .sarif) == failures)
    }

    private func found(in text: String, _ format: Format) throws -> Set<String> {
        func array(_ value: JSON?) throws -> [JSON] { try #require(value?.elements) }
        let ids: [String?]
        switch format {
        case .json: ids = try array(try JSON(parsing: text)["findings"]).map { $0["id"]?.text }
        case .ndjson:
            ids = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
                .filter { $0["type"]?.text == "finding" }.map { $0["id"]?.text }
        case .csv: ids = text.components(separatedBy: "\r\n").dropFirst().dropLast().map { String($0.prefix(32)) }
        case .html: ids = try #require(try HuntPageTests.data(text)).rows.map(\.first)
        case .markdown:
            let list = try #require(text.components(separatedBy: "## All findings by their ids\n").last)
            ids = list.split(separator: "\n").map { line in
                line.firstMatch(of: /`(?<id>[0-9a-f]{32})`/).map { String($0.output.id) }
            }
        case .ocsf: ids = try array(try JSON(parsing: text)).map { $0["finding_info"]?["uid"]?.text }
        case .asff: ids = try array(try JSON(parsing: text)).map { $0["Id"]?.text?.replacing("parapet/", with: "") }
        case .sarif:
            ids = try array(try JSON(parsing: text)["runs"]?[0]?["results"]).map {
                $0["partialFingerprints"]?["parapetFinding/v1"]?.text
            }
        case .table, .junit: ids = []
        }
        #expect(!ids.contains(nil), "\(format)")
        return Set(ids.compactMap(\.self))
    }

    // MARK: The page

    private var scan: ScanReport {
        var report = ReportSamples.scan()
        var scope = ScanScope()
        scope.title = "Quarterly review"
        scope.client = "Marlow & Finch"
        scope.caller = "arn:aws:sts::123456789012:assumed-role/audit/kim"
        scope.aliases = ["123456789012": "marlow-finch"]
        scope.unreadRegions = ["ap-southeast-2"]
        scope.options = ["scan", "--region", "us-east-1"]
        scope.files = [.init(role: "configuration", path: "parapet.yaml", sha256: String(repeating: "a", count: 64))]
        scope.settings.rootUseDays = 30
        scope.calls = [.init(name: "ec2:DescribeVpcs", count: 3), .init(name: "iam:GetAccountSummary", count: nil)]
        scope.frameworks = [
            .init(
                name: "CIS AWS Foundations Benchmark 3.0",
                controls: [
                    .init(id: "3.2", checks: [ReportSamples.validation.id]), .init(id: "1.21", checks: ["not-made"]),
                    .init(id: "2.1.3", checks: []),
                ]),
            .init(
                name: "PCI DSS 4.0.1", note: "Only a part is listed.",
                controls: [.init(id: "10.3.2", checks: [ReportSamples.validation.id])]),
        ]
        report.scope = scope
        return report
    }

    @Test func thePageHasAllThatAnAuditorAsksFor() throws {
        let page = try text(scan, .html)
        for words in [
            "<h1>Quarterly review</h1>", "Marlow &amp; Finch", "assumed-role/audit/kim", "ap-southeast-2",
            "123456789012 (marlow-finch)",
            "--region us-east-1", "parapet.yaml · SHA-256 aaaa", "2026-01-01T00:00:00Z", "0.1.0",
            // Summary and practices.
            "Top risks", "1 fail, 1 manual review, 1 pass", "class=\"bar\"",
            // Findings.
            "Why it matters", "Anyone can try passwords.", "Remediation", "Narrow the rule.",
            "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-13",
            "aws cloudtrail describe-trails --region us-east-1", "Finding ID",
            // Accepted, to be reviewed, not determined.
            "accepted (ops): a bastion", "<dt>Conclusion</dt><dd></dd>", "Missing permission",
            "<code>ec2:DescribeSecurityGroups</code>",
            // Controls, thresholds, calls.
            "Not covered by any check: 2.1.3.", "Only a part is listed.", "other requirements not covered",
            "1 of 3 controls not covered", "not examined", "root-use-days", "configuration",
            "<code>ec2:DescribeVpcs</code>", "not counted",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test(arguments: [
        (
            "AWS::CloudTrail::Trail", "main", "arn:aws:cloudtrail:eu-west-1:1:trail/main",
            "https://eu-west-1.console.aws.amazon.com/cloudtrailv2/home?region=eu-west-1#/trails/arn:aws:cloudtrail:eu-west-1:1:trail/main"
        ),
        ("AWS::S3::Bucket", "logs", "arn:aws:s3:::logs", "https://console.aws.amazon.com/s3/buckets/logs"),
        (
            "AWS::IAM::User", "ann", "arn:aws:iam::1:user/ann",
            "https://console.aws.amazon.com/iam/home#/users/details/ann"
        ),
        ("AWS::IAM::User", "a\"><b", "arn:aws:iam::1:user/x", nil),
        ("AWS::S3::Bucket", "logs", "arn:aws-cn:s3:::logs", nil), ("AWS::::Account", "a", "arn:aws:iam::1:root", nil),
    ])
    func theConsoleShowsTheResource(type: String, id: String, arn: String, address: String?) {
        #expect(ConsoleLink.address(of: Resource(type: type, id: id, arn: arn), in: "eu-west-1") == address)
    }

    @Test func thereIsASectionForEverythingAlsoIfItIsEmpty() throws {
        var report = ReportSamples.scan()
        report.findings = report.findings.filter { $0.status == .pass }
        let page = try text(report, .html)
        for words in [
            "No check fails.", "No finding is muted.", "No question is left for a person.",
            "Every result could be determined.", "No framework is mapped.", "They were not recorded.",
            "not examined",
        ] {
            #expect(page.contains(words), "\(words)")
        }
    }

    @Test func aLargePageShowsTheFirstFindingsOfEachCheckAndAllInTheAppendix() throws {
        let page = try text(ReportSamples.largeScan(4_000), .html)
        #expect(page.components(separatedBy: "<details class=\"finding\">").count - 1 == 40, "20 fail, 20 unknown")
        #expect(page.contains("… and 1,980 more: see appendix A."))
        #expect(try HuntPageTests.data(page)?.rows.count == 4_000)
    }

    @Test func jsonSaysHowTheReportCameAbout() throws {
        let document = try JSON(parsing: try text(scan, .json))
        #expect(document["scope"]?["client"]?.text == "Marlow & Finch")
        #expect(document["scope"]?["thresholds"]?["root-use-days"]?.integer == 30)
        #expect(document["findings"]?[0]?["evidence"]?[0]?["command"]?.text?.hasPrefix("aws cloudtrail") == true)
    }

    // MARK: Redaction

    @Test func nothingOfARedactedAccountIsLeftInAnyFormat() throws {
        var report = scan
        report.findings[0].evidence = [
            .init("Policy", #"{"Principal": "arn:aws:iam::999988887777:root"}"#, from: .getBucketPolicy),
            .init("Entries of pl-secret", ["198.51.100.7/32"], from: .getManagedPrefixListEntries),
            .init("AssignedTo", ["secret-name": "secret-value"], from: .settings), .init("Days", 412, from: .derived),
            .init("CreateDate", "2025-06-01T00:00:00Z", from: .derived),
        ]
        report.findings[0].message = "The role secret-role may read secret-bucket"
        report.findings[4].unknown?.detail = "User: arn:aws:iam::123456789012:user/secret-user is not authorized"
        report.scope?.settings.trustedAccounts = ["999988887777"]
        report.scope?.settings.allowedIngress = [AllowedIngress(source: "198.51.100.7/32", reason: "secret-reason")]
        let redacted = report.redacted()
        let secrets =
            [
                "123456789012", "999988887777", "secret", "198.51.100.7", "203.0.113", "bastion", "kim", "parapet.yaml",
                "sg-1", "sg-2", "trail/main", "trail/other", "0.0.0.0/0",
            ] + report.report.items.map(\.id)
        for format in Format.allCases {
            let text = try text(redacted, format)
            for secret in secrets { #expect(!text.contains(secret), "\(secret) in \(format)") }
        }
        let json = try text(redacted, .json)
        for words in ["412", "2025-06-01T00:00:00Z", "000000000001", "eu-west-1", "Trail-1"] {
            #expect(json.contains(words), "\(words)")
        }
        let items = redacted.report.items
        #expect(Set(items.map(\.id)).count == items.count)
        #expect(redacted.findings.map(\.status) == report.findings.map(\.status))
    }

    @Test func equalThingsStayEqualAndOthersDiffer() {
        let redacted = ReportSamples.scan().redacted().findings
        #expect(redacted[4].resource == redacted[5].resource && redacted[0].resource != redacted[1].resource)
        #expect(redacted[4].resource.arn == "arn:aws:iam::000000000001:root")
    }
}
