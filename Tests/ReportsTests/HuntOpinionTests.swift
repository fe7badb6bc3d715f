import Analytics
import Foundation
import Hunting
import Testing
import TestSupport

@testable import Reports

/// What the schemas of OCSF 1.5.0 and SARIF 2.1.0, Python's csv module, a Markdown renderer and an HTML parser say of the
/// reports.
@Suite struct HuntOpinionTests {
    @Test func othersReadWhatWasWritten() async throws {
        var doubtful = HuntSamples.usual
        doubtful.result.doubts = ["a.gz: ends in the middle of a record"]
        doubtful.result.learning = ["eni-1", "eni-2"]
        let reports = [
            "usual": HuntSamples.usual, "doubtful": doubtful, "hostile": HuntSamples.hostileReport,
            "empty": HuntSamples.report([], []),
        ]
        let folder = FileManager.default.temporaryDirectory.appending(path: "hunt-opinions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, report) in reports {
            try report.ocsf().write(to: folder.appending(path: "\(name).ocsf.json"))
            try report.sarif().write(to: folder.appending(path: "\(name).sarif"))
            try report.csv().write(to: folder.appending(path: "\(name).csv"))
            try report.markdown().write(to: folder.appending(path: "\(name).md"))
            try report.html().write(to: folder.appending(path: "\(name).html"))
            try JSONEncoder().encode(cells(report)).write(to: folder.appending(path: "\(name).csv.json"))
        }
        let outcome = try await Subprocess.python("Tests/Support/python/hunt_opinions.py", [folder.path])
        #expect(outcome.status == 0, "\(outcome.standardError)")
        #expect(outcome.standardOutput.isEmpty, "\(outcome.standardOutput)")
    }

    /// The cells by their own rules: what a reader must find.
    private func cells(_ report: HuntReport) throws -> [[String]] {
        let header = "time last_time severity rule title practice account region actor event fields evidence"
        func visible(_ text: String) -> String {
            let isFormula = ["=", "+", "-", "@", "\t", "\r"].contains { text.hasPrefix($0) }
            return (isFormula ? "'" : "") + TerminalText.escaped(text)
        }
        return try [header.split(separator: " ").map(String.init)]
            + report.result.alerts.map { alert in
                [
                    HuntWords.moment(alert.time), HuntWords.moment(alert.lastTime), alert.severity.rawValue,
                    visible(alert.rule), visible(alert.title), visible(alert.practice), visible(alert.account ?? ""),
                    visible(alert.region ?? ""), visible(alert.actor), visible(alert.event ?? ""),
                    try RecordWriter.compact(HuntRecords.fields(alert)),
                    try RecordWriter.compact(HuntRecords.evidence(alert)),
                ]
            }
    }
}
