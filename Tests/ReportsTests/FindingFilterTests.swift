import Basics
import FoundationEssentials
import Posture
import Testing

@testable import Reports

/// A filtered report lists less and counts all.
@Suite struct FindingFilterTests {
    private func listed(_ change: (inout FindingFilter) -> Void) -> ScanReport {
        var filter = FindingFilter()
        change(&filter)
        return ReportSamples.scan().filtered(by: filter)
    }

    @Test func onlyTheStatusIsListedAndAllIsCounted() throws {
        let report = listed { $0.statuses = [.fail] }
        #expect(report.listed.map(\.status) == [.fail, .fail])
        #expect(report.summary == ReportSamples.scan().summary)
        let table = ScanTable(report, text: TerminalText()).rendered()
        #expect(!table.contains("Not determined") && table.contains("1 not determined"), "\(table)")
        #expect(table.contains("2 of 6 findings listed; sums count all"))
        let json = try JSON(parsing: String(decoding: try report.report.bytes(.json), as: UTF8.self))
        #expect(json["findings"]?.elements?.count == 2)
        #expect(json["summary"]?["unknown"] == 1)
        #expect(json["listed"]?["of"] == 6)
    }

    /// A report that lists only what passes must not look like a clean account.
    @Test func whatIsNotDeterminedIsSaidWhateverIsListed() {
        let report = listed { $0.statuses = [.pass] }.report
        #expect(report.notes.contains { $0.isDoubt })
    }

    @Test(arguments: [("main", 1), ("web", 1), ("sg-?", 2), ("arn:aws:cloudtrail:*", 2), ("nothing", 0)])
    func aResourceIsNamedByIdNameOrARN(pattern: String, count: Int) {
        #expect(listed { $0.resources = [pattern] }.listed.count == count)
    }

    @Test func theOrderIsChosen() {
        #expect(listed { $0.order = .region }.listed.map(\.region).first == "eu-west-1")
        let severities = listed { $0.order = .severity }.listed.map(\.severity)
        #expect(severities == severities.sorted(by: >))
        let resources = listed { $0.order = .resource }.listed.map(\.resource.arn)
        #expect(resources == resources.sorted())
    }

    @Test func aSummaryListsNothing() {
        let report = listed { $0.isSummary = true }
        #expect(report.listed.isEmpty && report.report.items.isEmpty)
        let table = ScanTable(report, text: TerminalText()).rendered()
        #expect(table.contains("1. ") && !table.contains("Log file validation is disabled"))
    }

    @Test func theTableIsInTheOrderOfThePracticesUnlessAskedOtherwise() throws {
        func order(_ report: ScanReport) -> [Character] {
            ScanTable(report, text: TerminalText()).rendered().split(separator: "\n")
                .filter { $0.first?.isNumber == true && $0.contains(". ") }.compactMap(\.first)
        }
        let usual = order(ReportSamples.scan())
        #expect(usual == usual.sorted())
    }

    @Test func everyStatusHasAName() {
        #expect(Finding.Status.typedNames.count == Finding.Status.allCases.count)
        for status in Finding.Status.allCases { #expect(Finding.Status.named(status.rawValue) == status) }
        #expect(Finding.Status.named("manual-review") == .manual)
        #expect(Finding.Status.named("") == nil)
    }
}
