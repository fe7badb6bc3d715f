import Analytics
import Foundation
import Hunting
import LogReaders
import Sigma
import TestSupport
import Testing

/// `docs/detections.md` lists each built-in rule and analytic under its techniques, and says of each technique what is not
/// covered. `PARAPET_UPDATE_FIXTURES=1 swift test --filter DetectionsDocumentTests` writes the list anew.
@Suite struct DetectionsDocumentTests {
    private static let file = Repository.file("docs/detections.md")
    private static let heading = "| technique | detection | log | severity |\n| --- | --- | --- | --- |\n"

    /// `| T1562.008 | Trail stopped | cloudtrail | high |`, sorted.
    private static let detections: [String] = {
        let rules = RuleCollection(parsing: BuiltInRules.files, placeholders: BuiltInRules.placeholders)
        return LogSource.allCases.flatMap { source in
            Hunt(rules, for: source).alertRules.flatMap { rule in
                rule.techniques.map { "| \($0) | \(rule.title) | \(source.rawValue) | \(rule.severity) |" }
            }
        }.sorted()
    }()

    @Test func everyDetectionIsListedUnderItsTechniquesAndNothingElse() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let parts = text.components(separatedBy: Self.heading)
        try #require(parts.count == 2)
        if ProcessInfo.processInfo.environment["PARAPET_UPDATE_FIXTURES"] == "1" {
            let new = parts[0] + Self.heading + Self.detections.joined(separator: "\n") + "\n"
            try new.write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        let listed = parts[1].split(separator: "\n").map(String.init)
        #expect(Set(listed).symmetricDifference(Self.detections) == [])
        let isSorted = listed == listed.sorted()
        #expect(isSorted)
    }

    @Test func everyTechniqueSaysWhatIsNotCovered() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let row = /(?m)^\| (?<id>T[0-9]{4}(\.[0-9]{3})?) \| [^|]+ \| (?<logs>[^|]+) \| (?<gap>[^|]+) \|$/
        let rows = text.components(separatedBy: Self.heading)[0].matches(of: row)
        let logs = Dictionary(
            rows.map { (String($0.output.id), String($0.output.logs)) }, uniquingKeysWith: { first, _ in first })
        #expect(rows.count == logs.count)
        var expected: [String: Set<String>] = [:]
        for detection in Self.detections {
            let cells = detection.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            expected[cells[0], default: []].insert(cells[2])
        }
        #expect(logs == expected.mapValues { $0.sorted().joined(separator: ", ") })
    }
}
