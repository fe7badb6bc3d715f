import Foundation
import TestSupport
import Testing

@testable import Reports

/// The page of a scan on paper, as Chromium lays it out.
@Suite struct PrintTests {
    private static let browser = "/usr/bin/chromium"
    private static let reader = "/usr/bin/pdftotext"
    private static let areThere = [browser, reader].allSatisfy(FileManager.default.isExecutableFile)

    @Test(.enabled(if: areThere, "Chromium and pdftotext are not among what Scripts/setup installs"))
    func onPaperAllEvidenceIsVisible() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "print-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (page, paper) = (folder.appending(path: "scan.html"), folder.appending(path: "scan.pdf"))
        let report = ReportSamples.scan()
        try report.html().write(to: page)
        let printing = try await Subprocess.run(
            Self.browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
                "--user-data-dir=\(folder.appending(path: "profile").path)", "--print-to-pdf=\(paper.path)",
                page.absoluteString,
            ], environment: ["HOME": folder.path])
        #expect(printing.status == 0, "\(printing.standardError.suffix(500))")
        let reading = try await Subprocess.run(Self.reader, [paper.path, "-"])
        // Lines are broken anywhere, and a hyphen at the end of one is taken for that of a broken word.
        func joined(_ text: String) -> String { text.filter { !$0.isWhitespace && $0 != "-" } }
        let text = joined(reading.standardOutput)
        for item in report.report.items where item.status.needsAttention {
            for detail in item.details where !detail.value.text.isEmpty {
                #expect(text.contains(joined(detail.value.text)), "\(detail.value.text)")
            }
            #expect(text.contains(joined(item.message)), "\(item.message)")
        }
    }
}
