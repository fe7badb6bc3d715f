import Foundation
import Pages
import TestSupport
import Testing

@testable import Reports

/// Each verb's report in each of its formats, as it was when somebody last looked at it. A change of a format shows here;
/// `PARAPET_WRITE_GOLDEN=1 swift test --filter GoldenTests` writes the files anew.
@Suite struct GoldenTests {
    private static let folder = Repository.file("Tests/ReportsTests/Fixtures")
    private static let isWriting = ProcessInfo.processInfo.environment["PARAPET_WRITE_GOLDEN"] == "1"

    @Test(arguments: ReportSamples.usual.keys.sorted())
    func everyFormatIsAsItWas(name: String) throws {
        let report = try #require(ReportSamples.usual[name])
        for format in FormatTests.verbs[report.verb, default: []] {
            let file = Self.folder.appending(path: "\(name).\(format.fileExtensions[0])")
            let bytes = try Self.golden(report, format, name)
            if Self.isWriting { try Data(bytes).write(to: file) }
            let golden = try Data(contentsOf: file)
            let difference = firstDifference(
                String(decoding: bytes, as: UTF8.self), String(decoding: golden, as: UTF8.self))
            #expect(Data(bytes) == golden, "\(file.lastPathComponent): \(difference)")
        }
    }

    /// All pages have the same style and script: one golden file shows them, and the others are without.
    private static func golden(_ report: Report, _ format: Format, _ name: String) throws -> [UInt8] {
        let bytes = try report.bytes(format)
        guard format == .html, name != "scan" else { return bytes }
        var page = String(decoding: bytes, as: UTF8.self)
        for part in ["\(PageStyle.css)", report.items.isEmpty ? "" : "\(HTMLPage.pageScript)"] where !part.isEmpty {
            #expect(page.contains(part))
            page = page.replacing(part, with: "…")
        }
        return Array(page.utf8)
    }

    private func firstDifference(_ one: String, _ other: String) -> String {
        let (ones, others) = (one.components(separatedBy: "\n"), other.components(separatedBy: "\n"))
        let line = zip(ones, others).enumerated().first { $1.0 != $1.1 }
        return line.map { "line \($0.offset + 1): \($0.element.0) instead of \($0.element.1)" } ?? "the length"
    }

    /// What is in the folder and nobody makes any more would pass for a promise.
    @Test func noGoldenFileIsLeftOver() throws {
        let expected = ReportSamples.usual.flatMap { name, report in
            FormatTests.verbs[report.verb, default: []].map { "\(name).\($0.fileExtensions[0])" }
        }
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(found) == Set(expected))
    }
}
