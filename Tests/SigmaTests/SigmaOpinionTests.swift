import Basics
import Foundation
import LogReaders
import Sigma
import Testing
import TestSupport

/// What azuma and pySigma's SQLite backend say of the same rules and events. Each disagreement is explained here, by the shape
/// of the rule and by what the event has.
@Suite struct SigmaOpinionTests {
    private struct Disagreement: Sendable {
        var engine: String
        var shapes: Set<String>
        var reason: String
        /// Of which events it holds.
        var applies: @Sendable (JSON) -> Bool = { _ in true }
    }

    private static let disagreements: [Disagreement] = [
        // Null is as if the field were not there, as in SQL.
        Disagreement(engine: "azuma", shapes: ["is there"], reason: "null is there") { $0["errorCode"] == .null },
        // The issue decides: null is not text.
        Disagreement(engine: "azuma", shapes: ["error of any kind"], reason: "null has the text None") {
            $0["errorCode"] == .null
        },
        // The issue decides: re is unanchored.
        Disagreement(
            engine: "azuma", shapes: ["regular expression within"], reason: "it anchors expressions at the beginning"),
        // Whatever is no address or number cannot pass; a filter that is asked for such a value must not stop the rule.
        Disagreement(
            engine: "azuma", shapes: ["block of addresses", "not from blocks"], reason: "it stops at what is no address"
        ) {
            $0["sourceIPAddress"] == .string("cloudformation.amazonaws.com")
        },
        Disagreement(
            engine: "azuma", shapes: ["numbers compared", "numbers in a range"], reason: "it stops at what is no number"
        ) {
            $0["requestParameters"]?["durationSeconds"] == .string("1 hour")
        },
        Disagreement(
            engine: "sqlite", shapes: ["numbers compared", "numbers in a range"],
            reason: "in SQLite any text is greater than any number"
        ) {
            $0["requestParameters"]?["durationSeconds"] == .string("1 hour")
        },
        Disagreement(engine: "azuma", shapes: ["an empty text"], reason: "it never matches an empty text") {
            $0["requestParameters"]?["prefix"] == .string("")
        },
        // The specification: a backslash may be written once or twice.
        Disagreement(engine: "azuma", shapes: ["backslashes"], reason: "two backslashes before the end stay two"),
        // The expression that it makes of a value is what it encodes.
        Disagreement(engine: "azuma", shapes: ["base64"], reason: "it escapes # before it encodes"),
        // The specification: matching is case-insensitive, and not for ASCII alone.
        Disagreement(engine: "sqlite", shapes: ["other alphabet"], reason: "SQLite folds ASCII only"),
    ]

    /// Rules that an engine refuses.
    private static let refusals: [(engine: String, shapes: Set<String>, reason: String)] = [
        ("azuma", ["same as another field", "not another field", "neq", "hour"], "it does not have the modifier"),
        ("sqlite", ["keywords"], "it needs an index of the whole text"),
    ]

    @Test func othersSayTheSame() async throws {
        var generator = SeededGenerator(seed: 2024)
        let events = (0..<150).map { _ in SigmaOpinionRules.event(&generator) }
        let records = try events.map { try JSON(parsing: $0) }
        let cases = SigmaOpinionRules.all.map { _, detection in
            let rule =
                "id: 6f3e2987-db24-4c78-a860-b4f4095a7095\nstatus: test\nlevel: low\n" + SigmaCase.rule(detection)
            return "{\"rule\":\(quoted(rule)),\"events\":[\(events.joined(separator: ","))]}"
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "sigma-opinions-\(UUID().uuidString).json")
        try Data("{\"cases\":[\(cases.joined(separator: ","))]}".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await Subprocess.python("Tests/Support/python/sigma_opinions.py", [file.path])
        try #require(outcome.status == 0, "\(outcome.standardError.suffix(2000))")
        guard case .array(let answers) = try JSON(parsing: outcome.standardOutput) else {
            Issue.record("no list of answers")
            return
        }
        try #require(answers.count == cases.count)

        var agreed = 0
        var explained: [String: Int] = [:]
        for (index, (shape, detection)) in SigmaOpinionRules.all.enumerated() {
            let rules = RuleSet(
                RuleCollection(parsing: [("\(shape).yml", SigmaCase.rule(detection))]), for: .cloudTrail)
            let ours = records.map { !RuleTest.alerts(rules, [$0]).isEmpty }
            // A rule that none of the events or all of them match would prove little.
            #expect(ours.contains(true) && ours.contains(false), "\(shape)")
            for engine in ["azuma", "sqlite"] {
                guard case .array(let theirs)? = answers[index][engine] else {
                    let isKnown = Self.refusals.contains { $0.engine == engine && $0.shapes.contains(shape) }
                    #expect(isKnown, "\(engine) refuses \(shape): \(text(answers[index][engine]))")
                    continue
                }
                for (place, their) in theirs.enumerated() {
                    if their == .bool(ours[place]) {
                        agreed += 1
                        continue
                    }
                    let known = Self.disagreements.first {
                        $0.engine == engine && $0.shapes.contains(shape) && $0.applies(records[place])
                    }
                    #expect(
                        known != nil,
                        "\(shape): \(engine) says \(text(their)), we say \(ours[place]), of \(events[place])")
                    if let known { explained["\(engine): \(known.reason)", default: 0] += 1 }
                }
            }
        }
        #expect(agreed > 15_000)
        // An explanation that explains nothing is out of date.
        for known in Self.disagreements {
            #expect(explained["\(known.engine): \(known.reason)"] != nil, "\(known.engine): \(known.reason)")
        }
    }

    private func text(_ value: JSON?) -> String { value?.description ?? "" }

    private func quoted(_ text: String) -> String {
        JSON.string(text).description
    }
}
