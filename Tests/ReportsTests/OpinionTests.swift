import Basics
import Analytics
import Hunting
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What the schemas of OCSF 1.5.0, SARIF 2.1.0 and AWS Security Hub, Python's csv and XML modules, a Markdown renderer and an
/// HTML parser say of the reports of all verbs.
@Suite struct OpinionTests {
    @Test func othersReadWhatWasWritten() async throws {
        var doubtful = HuntSamples.usual
        doubtful.result.doubts = ["a.gz: ends in the middle of a record"]
        doubtful.result.learning = ["eni-1", "eni-2"]
        var reports = ReportSamples.usual
        for (name, report) in ReportSamples.hostile { reports["hostile-\(name)"] = report }
        reports["doubtful"] = doubtful.report
        reports["empty"] = HuntSamples.report([], []).report
        let folder = FileManager.default.temporaryDirectory.appending(path: "report-opinions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, report) in reports {
            for format in Format.allCases where !name.contains("access") || Format.common.contains(format) {
                let file = folder.appending(path: "\(name).\(format.fileExtensions[0])")
                try Data(try report.bytes(format)).write(to: file)
            }
            try JSONEncoder().encode(cells(report)).write(to: folder.appending(path: "\(name).csv.json"))
        }
        let outcome = try await Subprocess.python("Tests/Support/python/report_opinions.py", [folder.path])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.isEmpty, "\(outcome.standardOutput)")
    }

    /// The cells by their own rules: what a reader must find.
    private func cells(_ report: Report) -> [[String]] {
        func visible(_ text: String) -> String {
            let isFormula = ["=", "+", "-", "@", "\t", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"].contains {
                text.hasPrefix($0)
            }
            return (isFormula ? "'" : "") + TerminalText.escaped(text)
        }
        return [report.columns.map(\.name)] + report.items.map { report.cells(of: $0).map(visible) }
    }

    /// The header of each CSV is a promise to whoever reads it by its names.
    @Test func theCellsOfAnAlertAreWhatTheyWere() {
        let alert = HuntSamples.usual.result.alerts[0]
        let item = HuntItem(alert: alert, rule: 0, about: nil)
        #expect(
            HuntSamples.usual.report.cells(of: item) == [
                Figures.moment(alert.time), Figures.moment(alert.lastTime), alert.severity.rawValue, alert.rule,
                alert.title, alert.practice, alert.account ?? "", alert.region ?? "", alert.actor, alert.event ?? "",
                JSONText.compact(.members(alert.fields.mapValues { .string($0) })),
                JSONText.compact(item.evidence), alert.stableIdentifier,
            ])
        #expect(
            HuntSamples.usual.report.columns.map(\.name).joined(separator: " ")
                == "time last_time severity rule title practice account region actor event fields evidence id")
    }
}
