import Basics
import EffectiveAccess
import Foundation
import Hunting
import Synchronization
import Testing

@testable import Reports

/// What holds for every format of every verb.
@Suite struct FormatTests {
    @Test(arguments: [
        ("a.json", Format.json), ("a.ocsf.json", .ocsf), ("a.asff.json", .asff), ("A.SARIF", .sarif), ("a.html", .html),
        ("a.md", .markdown), ("a.csv", .csv), ("a.jsonl", .ndjson), ("a.junit.xml", .junit), ("a.xml", .junit),
        ("a.txt", .table), ("x/y.sarif.json", .sarif),
    ])
    func aFilesEndingTellsTheFormat(name: String, format: Format) {
        #expect(Format.inferred(fromName: name) == format)
    }

    @Test(arguments: ["a", "json", "a.parapet", "", ".", "a.json.gz"])
    func otherEndingsTellNothing(name: String) {
        #expect(Format.inferred(fromName: name) == nil)
    }

    @Test func noTwoFormatsShareAnEnding() {
        let endings = Format.allCases.flatMap(\.fileExtensions)
        #expect(Set(endings).count == endings.count)
    }

    @Test func everyVerbHasTheCommonFormats() {
        #expect(Self.verbs.count == 8)
        for (verb, formats) in Self.verbs { #expect(formats.starts(with: Format.common), "\(verb)") }
    }

    static let verbs: [String: [Format]] = [
        ScanReport.verb: ScanReport.formats, VerifyReport.verb: VerifyReport.formats,
        HuntReport.verb: HuntReport.formats, AccessCanReport.verb: AccessCanReport.formats,
        AccessWhoCanReport.verb: AccessWhoCanReport.formats, AccessWhatCanReport.verb: AccessWhatCanReport.formats,
        AccessEscalationsReport.verb: AccessEscalationsReport.formats,
        AccessSuggestReport.verb: AccessSuggestReport.formats,
    ]

    @Test(arguments: ReportSamples.hostile.keys.sorted())
    func aLineIsTheRecordInAlphabeticalOrderWithItsType(name: String) throws {
        let report = try #require(ReportSamples.hostile[name])
        let lines = try text(report, .ndjson).split(separator: "\n")
        #expect(lines.count == report.items.count + 1)
        for (item, line) in zip(report.items, lines) {
            var expected = try #require(item.record.object)
            expected["type"] = .string(report.lists[item.list].type)
            #expect(String(line) == JSONText.compact(.object(expected)))
        }
    }

    @Test(arguments: ReportSamples.hostile.keys.sorted())
    func hostileTextIsHarmlessInEveryFormat(name: String) throws {
        let report = try #require(ReportSamples.hostile[name])
        for format in Format.allCases {
            let text = try text(report, format)
            let isCSV = format == .csv
            let unsafe = text.unicodeScalars.first { $0 != "\n" && !(isCSV && $0 == "\r") && $0.isUnsafeToShow }
            #expect(unsafe == nil, "\(format)")
            // Markdown may have it as code; what a renderer makes of that, OpinionTests see.
            if format == .html || format == .junit {
                #expect(!text.contains("<script>alert") && !text.contains("<img"), "\(format)")
            }
            if format == .html { #expect(text.components(separatedBy: "</script>").count == 3) }
        }
        #expect(report.columns.count == report.items.first.map { report.cells(of: $0).count })
        // What is in no table of rules or lists cannot be reached.
        for item in report.items {
            #expect(report.rules.indices.contains(item.rule) && report.lists.indices.contains(item.list))
        }
    }

    private func text(_ report: Report, _ format: Format) throws -> String {
        String(decoding: try report.bytes(format), as: UTF8.self)
    }

    @Test func whatIsUnknownNeverPasses() throws {
        let report = ReportSamples.scan().report
        let junit = String(decoding: try report.bytes(.junit), as: UTF8.self)
        #expect(junit.contains(#"<testsuites name="parapet scan" tests="6" failures="2" errors="1" skipped="2">"#))
        #expect(junit.contains(#"<error type="unknown""#))
        let asff = try #require(
            JSONSerialization.jsonObject(with: Data(try report.bytes(.asff))) as? [[String: Any]])
        let statuses = asff.compactMap { ($0["Compliance"] as? [String: Any])?["Status"] as? String }
        #expect(statuses == ["FAILED", "PASSED", "FAILED", "FAILED", "NOT_AVAILABLE", "WARNING"])
        let ocsf = try #require(
            JSONSerialization.jsonObject(with: Data(try report.bytes(.ocsf))) as? [[String: Any]])
        let ids = ocsf.compactMap { ($0["compliance"] as? [String: Any])?["status_id"] as? Int }
        #expect(ids == [3, 1, 3, 3, 0, 2])
        let nothing = String(decoding: try ReportSamples.nothing.report.bytes(.junit), as: UTF8.self)
        #expect(nothing.contains("<skipped") && !nothing.contains(#"valid"/>"#))
    }

    @Test("nothing read and nothing judged is no passing test, and no good answer")
    func nothingIsNoPass() throws {
        var hunt = HuntSamples.usual
        hunt.result.statistics.events = 0
        #expect(!(try text(hunt.report, .junit)).contains("without an alert"))
        var scan = ReportSamples.scan()
        scan.findings = []
        let junit = try text(scan.report, .junit)
        #expect(junit.contains(#"<testsuite name="scan""#) && junit.contains("<error") && !junit.contains("<skipped"))
        var can = ReportSamples.can()
        can.access = ReportSamples.certain
        #expect(can.outcome == .unknown)
        #expect(try text(can.report, .table).hasPrefix("? Not determined: the policies that could be read allow it"))
        can.doubts = []
        #expect(can.outcome == .allowed)
        var escalations = ReportSamples.escalations()
        escalations.escalations.paths = []
        escalations.escalations.hiding = [ReportSamples.doubt]
        #expect(try text(escalations.report, .table).hasPrefix("Not determined"))
    }

    /// No format holds on to findings: a few are there at once, and text goes on in pieces. A page of a hundred thousand stays
    /// under 30 MB.
    @Test(arguments: [Format.json, .ndjson, .csv, .markdown, .html, .junit, .sarif, .ocsf, .asff])
    func memoryDoesNotGrowWithTheFindings(format: Format) throws {
        var report = ReportSamples.largeScan(format == .html ? 100_000 : 10_000).report
        let (items, living) = (report.items, Living())
        report.items = Report.Items(count: items.count) { CountedItem(item: items[$0], token: Token(living)) }
        var (count, largest) = (0, 0)
        try report.write(format) { piece in
            count += piece.count
            largest = max(largest, piece.count)
        }
        #expect(living.most.load(ordering: .relaxed) <= 4)
        #expect(count > (format == .markdown ? 5_000 : 1_000_000))
        #expect(largest < 200_000)
        if format == .html { #expect(count < 30_000_000) }
    }
}

/// How many tokens there are, and how many there were at most.
private final class Living: Sendable {
    let now = Atomic(0)
    let most = Atomic(0)
}

private final class Token: Sendable {
    private let living: Living

    init(_ living: Living) {
        self.living = living
        living.most.max(living.now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
    }

    deinit { living.now.subtract(1, ordering: .relaxed) }
}

/// An item that is counted as long as somebody holds it.
private struct CountedItem: ReportItem {
    let item: any ReportItem
    let token: Token

    var id: String { item.id }
    var rule: Int { item.rule }
    var status: Report.Status { item.status }
    var severity: Severity { item.severity }
    var subject: String { item.subject }
    var message: String { item.message }
    var sentence: String { item.sentence }
    var account: String? { item.account }
    var region: String? { item.region }
    var resource: ReportResource? { item.resource }
    var cells: [String: String] { item.cells }
    var details: [Report.Fact] { item.details }
    var record: JSON { item.record }
}
