import Analytics
import Foundation
import Inventory
import LogReaders
import Posture
import Practices
import TestSupport
import Testing

/// Texts for users have the field's words: `Fixtures/banned-words.tsv` lists what they do not contain, and what to write instead.
@Suite struct WordTests {
    @Test func theListBansItsOwnWords() {
        #expect(BannedWords.found(in: "Whoever asks for it, judges somebody's behaviour").count == 4)
        #expect(BannedWords.found(in: "A user with `judged` and an external ID").isEmpty)
    }

    @Test("checks", arguments: Catalogue.checks.map(\.about.id))
    func checks(id: String) throws {
        let check = try #require(Catalogue.checks.first { $0.about.id == id })
        let about = check.about
        #expect(about.title.contains(" should "), "\(about.title)")
        #expect(about.title.count <= 85, "\(about.title)")
        let findings = check.examples.flatMap {
            Evaluator(checks: [check], criteria: $0.criteria).findings(in: $0.account)
        }
        let texts =
            [about.title, about.risk, about.judges, about.remedy, about.onRequest ?? ""] + check.examples.map(\.name)
            + findings.flatMap { [$0.message, $0.unknown?.explanation ?? ""] }
        for text in Set(texts) { #expect(BannedWords.found(in: text) == [], "\(text)") }
    }

    @Test func rules() throws {
        let folder = Repository.file("Sources/Sigma/Rules")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        #expect(files.count > 100)
        for file in files where file.hasSuffix(".yml") {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            let lines = text.split(separator: "\n").filter { !$0.contains("#") }
            #expect(BannedWords.found(in: lines.joined(separator: "\n")) == [], "\(file)")
            for title in lines.filter({ $0.hasPrefix("title: ") }) {
                let isStep = title.contains("(step)")
                #expect(isStep || title.count <= "title: ''".count + 50, "\(file): \(title)")
            }
            let summaries = text.components(separatedBy: "description: >-\n").dropFirst()
            for summary in summaries {
                let begins = ["    Detects ", "    Correlation component of "].contains(where: summary.hasPrefix)
                #expect(begins, "\(file): \(summary.prefix(60))")
            }
        }
    }

    @Test("analytics", arguments: LogSource.allCases)
    func analytics(source: LogSource) {
        for rule in BuiltInAnalytics.rules(for: source) {
            #expect(rule.title.count <= 50, "\(rule.title)")
            #expect(rule.summary.hasPrefix("Detects "), "\(rule.id)")
            for text in [rule.title, rule.summary, rule.response] + rule.falsePositives {
                #expect(BannedWords.found(in: text) == [], "\(rule.id): \(text)")
            }
        }
    }

    /// The documents for users, and every verb's help. `docs/architecture.md` is for developers.
    @Test func documentsAndHelp() throws {
        let help = try Self.files(in: "Tests/ScanTests/Fixtures/Help")
        let documents = try Self.files(in: "docs").filter { $0.hasSuffix(".md") && $0 != "docs/architecture.md" }
        for file in ["README.md"] + documents + help {
            let text = try String(contentsOf: Repository.file(file), encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                #expect(BannedWords.found(in: String(line)) == [], "\(file):\(number + 1): \(line)")
            }
        }
    }

    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Repository.file(folder).path).map { "\(folder)/\($0)" }
    }
}

/// A row of the list.
private struct BannedWords {
    let pattern: Regex<AnyRegexOutput>
    let instead: String
    let exceptions: [String]

    // A `Regex` of nothing but syntax is safe to share, though it is not `Sendable`.
    nonisolated(unsafe) static let all: [BannedWords] = {
        let file = Repository.file("Tests/ScanTests/Fixtures/banned-words.tsv")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { row in
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard cells.count == 3, let pattern = try? Regex(cells[0]) else {
                Issue.record("the row is not understood: \(row)")
                return nil
            }
            return BannedWords(
                pattern: pattern, instead: cells[1],
                exceptions: cells[2].split(separator: "|").map(String.init))
        }
    }()

    /// What a text has of them, with what to write instead. Names in backticks are not read.
    static func found(in text: String) -> [String] {
        let prose = text.replacing(/`[^`\n]*`/, with: "")
        return all.flatMap { word in
            let rest = word.exceptions.reduce(prose) { $0.replacingOccurrences(of: $1, with: "") }
            return rest.matches(of: word.pattern).map { "'\(rest[$0.range])': write \(word.instead)" }
        }
    }
}
