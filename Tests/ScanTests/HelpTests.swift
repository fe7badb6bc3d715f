import Foundation
import Testing
import TestSupport

/// Every verb's `--help` is what `Tests/ScanTests/Fixtures/Help` holds. After a change that is meant,
/// `PARAPET_UPDATE_FIXTURES=1 swift test --filter HelpTests` writes the files anew.
@Suite struct HelpTests {
    private static let folder = "Tests/ScanTests/Fixtures/Help"

    @Test(arguments: [
        "", "scan", "checks", "explain", "policy", "access", "access can", "access who-can", "access what-can",
        "access escalations", "access suggest", "access evaluate", "verify", "hunt", "rules", "rules test",
        "fix", "fix plan", "fix apply", "fix undo", "fix list", "watch", "serve", "notify", "notify test",
        "notify list",
        "notify retry", "db", "db check", "db prune", "db export", "config", "config check",
    ])
    func theHelpOfAVerbIsTheSame(verb: String) async throws {
        let words = verb.split(separator: " ").map(String.init)
        let outcome = try await Subprocess.run(Repository.parapet, words + ["--help"])
        #expect(outcome.status == 0)
        let file = Repository.file("\(Self.folder)/\((["parapet"] + words).joined(separator: "-")).txt")
        if ProcessInfo.processInfo.environment["PARAPET_UPDATE_FIXTURES"] == "1" {
            try Data(outcome.standardOutput.utf8).write(to: file)
        }
        let known = try String(contentsOf: file, encoding: .utf8)
        #expect(outcome.standardOutput == known, "to accept the new text: see the suite's comment")
    }

    /// A verb that is added gets its file too.
    @Test func everyVerbHasAFile() async throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.file(Self.folder).path)
        for file in files {
            let words = file.dropLast(4).split(separator: "-", maxSplits: 1).dropFirst().map(String.init)
            let text = try String(contentsOf: Repository.file("\(Self.folder)/\(file)"), encoding: .utf8)
            for verb in Self.subcommands(in: text) {
                #expect(files.contains((["parapet"] + words + ["\(verb).txt"]).joined(separator: "-")))
            }
        }
    }

    private static func subcommands(in help: String) -> [String] {
        guard let start = help.range(of: "SUBCOMMANDS:\n") else { return [] }
        return help[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { !$0.isEmpty }.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
    }
}
