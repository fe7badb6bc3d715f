import AWSClient
import Basics
import Foundation
import Inventory
import Posture
import Testing

@testable import Reports

@Suite struct ScanReportTests {
    private static let about = About(
        id: "trail-check", title: "Trails are sound", practice: .auditTrail, severity: .high, risk: "r", remedy: "m",
        reads: [.trails])

    private static func finding(
        _ status: Finding.Status, name: String = "main", message: String = "m", unknown: Unknown? = nil,
        of about: About = about
    ) -> Finding {
        let evidence = Evidence("LogFileValidationEnabled", false, from: .describeTrails)
        let verdict = Verdict(
            on: Resource(
                type: "AWS::CloudTrail::Trail", id: name, arn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/\(name)"
            ),
            in: "us-east-1",
            status == .pass
                ? .pass(message, evidence)
                : status == .fail ? .fail(message, evidence) : .unknown(unknown ?? Unknown(.failed, detail: message)))
        struct Fixed: Check {
            var about: About
            var verdict: Verdict
            var examples: [Example] { [] }
            func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] { [verdict] }
        }
        return Evaluator(checks: [Fixed(about: about, verdict: verdict)], criteria: .sample).findings(in: .sample)[0]
    }

    private func report(_ findings: [Finding]) -> ScanReport {
        ScanReport(
            scan: .init(
                id: "1", started: Date(timeIntervalSince1970: 0), finished: Date(timeIntervalSince1970: 60),
                parapet: "0.1.0",
                accounts: ["123456789012"], regions: ["us-east-1"]),
            findings: findings, checks: [Self.about])
    }

    private func table(_ findings: [Finding], limit: Int? = 8) -> String {
        ScanTable(report(findings), text: TerminalText(), limit: limit).rendered()
    }

    @Test("a message with one place stands before those that several share")
    func singlesFirst() throws {
        let page = table([
            Self.finding(.fail, name: "a", message: "shared"), Self.finding(.fail, name: "b", message: "shared"),
            Self.finding(.fail, name: "c", message: "own"),
        ])
        let own = try #require(page.range(of: "c · us-east-1: own"))
        let shared = try #require(page.range(of: "shared"))
        #expect(own.lowerBound < shared.lowerBound)
    }

    @Test("what a person must decide is listed with its places, and what was accepted with --verbose")
    func decisions() {
        var manual = Self.finding(.fail, name: "to-decide", message: "who is meant to hold it?")
        manual.status = .manual
        var muted = Self.finding(.fail, name: "accepted", message: "bad — accepted (ann): it goes in May")
        muted.status = .muted
        let short = table([manual, muted])
        #expect(short.contains("Manual review") && short.contains("to-decide · us-east-1"), "\(short)")
        #expect(!short.contains("it goes in May"))
        let long = table([manual, muted], limit: nil)
        #expect(long.contains("Muted") && long.contains("it goes in May") && long.contains("accepted · us-east-1"))
    }

    @Test("findings that a broader check implies are counted, and listed with --verbose")
    func impliedFindings() {
        let narrow = About(
            id: "narrow-check", title: "Trails are narrow", practice: .auditTrail, severity: .high, risk: "r",
            remedy: "m", reads: [.trails], impliedBy: [Self.about.id])
        var report = report(
            [Self.finding(.fail, name: "both", message: "broad")]
                + ["both", "only"].map { Self.finding(.fail, name: $0, message: "narrow", of: narrow) })
        report.checks[narrow.id] = narrow
        let short = ScanTable(report, text: TerminalText(), limit: 8).rendered()
        #expect(short.contains("only · us-east-1: narrow") && !short.contains("both · us-east-1: narrow"))
        #expect(short.contains("… and 1 more fail a broader check, too (--verbose shows all)"))
        let long = ScanTable(report, text: TerminalText(), limit: nil).rendered()
        #expect(long.contains("only · us-east-1: narrow") && long.contains("both · us-east-1: narrow"))
        #expect(!long.contains("… and"))
    }

    @Test(arguments: [Format.json, .ndjson])
    func findingsKeepTheirOrderHoweverManyThereAre(format: Format) throws {
        let names = (0..<2_500).map { "trail-\($0)" }
        let one = Self.finding(.fail)
        let findings = names.map { name in
            var finding = one
            finding.message = name
            return finding
        }
        let text = String(decoding: try report(findings).report.bytes(format), as: UTF8.self)
        let lines = format == .json ? [Substring(text)] : text.split(separator: "\n").dropLast()
        let documents = try lines.map { try JSON(parsing: String($0)) }
        let listed = format == .json ? documents[0]["findings"]?.elements ?? [] : documents
        #expect(listed.map { $0["message"]?.text } == names)
    }

    @Test("passes, and the evidence of findings, are listed with --verbose")
    func passesAndEvidence() {
        let findings = [
            Self.finding(.fail, name: "bad", message: "it is off"),
            Self.finding(.pass, name: "good", message: "it is on"),
        ]
        let short = table(findings)
        #expect(!short.contains("good") && !short.contains("LogFileValidationEnabled"))
        let long = table(findings, limit: nil)
        #expect(long.contains("✓ Trail good · us-east-1: it is on"), "\(long)")
        let evidence = "LogFileValidationEnabled = false (cloudtrail:DescribeTrails)"
        #expect(long.contains("✗ Trail bad · us-east-1: it is off\n        \(evidence)"), "\(long)")
        #expect(table([findings[1]], limit: nil).contains("✓ Trail good"), "of a practice without a fault too")
    }

    /// The text of shared evidence is made once, but the command in it is that of each finding's resource and Region.
    @Test(arguments: [Format.json, .ndjson])
    func evidenceThatFindingsShareIsWrittenForEach(_ format: Format) throws {
        let evidence = [Evidence("SecurityGroupRules", [], from: .describeSecurityGroupRules)]
        let groups = ["sg-1", "sg-2"].map {
            Resource(type: "AWS::EC2::SecurityGroup", id: $0, arn: "arn:aws:ec2:eu-west-1:1:security-group/\($0)")
        }
        let findings = groups.flatMap { group in
            ["eu-west-1", "us-east-1"].flatMap { region in
                [ReportSamples.ports, ReportSamples.validation].flatMap { about in
                    [Finding.Status.pass, .fail, .notApplicable].map {
                        ReportSamples.finding(about, $0, group, region: region, message: "m", evidence: evidence)
                    }
                }
            }
        }
        let report = report(findings).report
        let text = String(decoding: try report.bytes(format), as: UTF8.self)
        let written =
            format == .json
            ? try #require(JSON(parsing: text)["findings"]?.elements)
            : try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
        for place in findings.indices {
            #expect(written[place]["evidence"] == report.items[place].record["evidence"], "\(place)")
        }
        #expect(Set(written.compactMap { $0["evidence"]?.elements?.first?["command"]?.text }).count == 4)
    }

    @Test func jsonIsTheContractsDocument() throws {
        let unknown = Unknown(
            .accessDenied, call: "cloudtrail:DescribeTrails", permission: "cloudtrail:DescribeTrails", detail: "no")
        let data = try report([Self.finding(.fail), Self.finding(.unknown, unknown: unknown)]).json()
        let document = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(document["schema"] as? String == "parapet.scan/1")
        let scan = try #require(document["scan"] as? [String: Any])
        #expect(scan["started"] as? String == "1970-01-01T00:00:00Z")
        #expect(Set(scan.keys) == ["id", "started", "finished", "parapet", "accounts", "regions"])
        #expect(
            document["summary"] as? [String: Int] == [
                "pass": 0, "fail": 1, "unknown": 1, "manual": 0, "muted": 0, "notApplicable": 0,
            ])
        let findings = try #require(document["findings"] as? [[String: Any]])
        #expect(findings[0]["practice"] as? String == "audit-trail")
        #expect((findings[0]["resource"] as? [String: String])?["type"] == "AWS::CloudTrail::Trail")
        let evidence = try #require((findings[0]["evidence"] as? [[String: Any]])?.first)
        #expect(evidence["source"] as? String == "cloudtrail:DescribeTrails")
        #expect(evidence["value"] as? Bool == false)
        #expect((findings[1]["reason"] as? String)?.contains("cloudtrail:DescribeTrails") == true)
        #expect(findings[1]["permission"] as? String == "cloudtrail:DescribeTrails")
    }

    @Test func ndjsonIsALineForEachFindingAndTheSumLast() throws {
        let lines = try String(decoding: report([Self.finding(.fail), Self.finding(.pass)]).ndjson(), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[2].contains(#""summary":"#))
    }

    @Test func theTableNamesResourceAndReason() {
        let text = table([Self.finding(.fail, message: "Validation is off")])
        #expect(text.contains("Trail main · us-east-1: Validation is off"))
        #expect(text.contains("1 fail (1 high)"))
        #expect(text.contains("parapet explain trail-check"))
    }

    @Test func aReasonThatSeveralShareIsSaidOnce() {
        let text = table([
            Self.finding(.fail, name: "a", message: "Off"), Self.finding(.fail, name: "b", message: "Off"),
        ])
        #expect(text.contains("    Off\n    ✗ Trail a · us-east-1\n    ✗ Trail b · us-east-1\n"))
    }

    @Test func theTableSaysWhichPermissionsAreMissing() {
        let unknown = Unknown(.accessDenied, call: "s3:GetBucketAcl", permission: "s3:GetBucketAcl", detail: "no")
        let text = table([Self.finding(.unknown, unknown: unknown)])
        #expect(text.contains("Not determined: 1 finding (not counted as passed)"))
        #expect(text.contains("    s3:GetBucketAcl"))
    }

    /// A failing finding stands without evidence that could not be read; the permission is named all the same.
    @Test func theTableSaysWhichEvidenceWasNotRead() throws {
        let unknown = Unknown(
            .accessDenied, call: "iam:ListAccessKeys", permission: "iam:ListAccessKeys", detail: "no")
        var findings = ["a", "b"].map { Self.finding(.fail, name: $0) }
        for place in findings.indices {
            findings[place].evidence.append(.unread("AccessKeyMetadata", unknown, from: .listAccessKeys))
        }
        let text = table(findings)
        #expect(
            text.contains(
                "Evidence not read (the results stand without it)\n  2 × iam:ListAccessKeys: access denied: the caller"),
            "\(text)")
        #expect(text.contains("Missing permissions:\n    iam:ListAccessKeys"))
        #expect(!text.contains("Not determined:"))
        #expect(!table([Self.finding(.fail)]).contains("Evidence not read"))
        let report = report(findings)
        #expect(report.audit([Self.about], [0: [.fail: 2]]).permissions.map(\.findings) == [2])
        for format in [Format.html, .markdown, .sarif] {
            let page = String(decoding: try report.report.bytes(format), as: UTF8.self)
            #expect(page.contains("access denied: the caller needs iam:ListAccessKeys"), "\(format)")
        }
    }

    @Test func aLongListIsCutWithItsNumber() {
        let findings = (0..<20).map { Self.finding(.fail, name: "t\($0)") }
        #expect(table(findings).contains("… and 12 more"))
        #expect(!table(findings, limit: nil).contains("more"))
    }

    @Test func nothingIsWiderThanTheTerminal() {
        let text = table([
            Self.finding(.fail, name: "a-rather-long-name-of-a-trail", message: String(repeating: "word ", count: 60))
        ])
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    /// Names are other people's text: they may not move the cursor.
    @Test func controlCharactersAreMadeVisible() {
        let text = table([Self.finding(.fail, name: "x\u{1B}[2Jy\u{202E}z", message: "a\rb\u{7}")])
        #expect(text.contains(#"x\u{1b}[2Jy\u{202e}z"#))
        #expect(!text.contains("\u{1B}") && !text.contains("\r") && !text.contains("\u{202E}"))
    }

    @Test func colorsAreUsedOnlyWhereTheyAreWelcome() {
        let colored = ScanTable(report([Self.finding(.fail)]), text: TerminalText(usesColor: true)).rendered()
        #expect(colored.contains("\u{1B}[31m"))
    }
}
