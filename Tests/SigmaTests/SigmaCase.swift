import Basics
import LogReaders
import Sigma
import Testing

/// A detection section and an event: does the rule match?
struct SigmaCase: Sendable, CustomTestStringConvertible {
    var detection: String
    var event: String
    var matches: Bool
    var placeholders: Placeholders = [:]

    init(_ detection: String, _ event: String, _ matches: Bool, placeholders: Placeholders = [:]) {
        self.detection = detection
        self.event = event
        self.matches = matches
        self.placeholders = placeholders
    }

    var testDescription: String { "\(detection) / \(event)" }

    func verify(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let collection = RuleCollection(parsing: [("case.yml", SigmaCase.rule(detection))], placeholders: placeholders)
        #expect(collection.problems == [], sourceLocation: sourceLocation)
        let rules = RuleSet(collection, for: .cloudTrail)
        let alerts = RuleTest.alerts(rules, [try JSON(parsing: event)])
        #expect(alerts.isEmpty != matches, "\(detection) on \(event)", sourceLocation: sourceLocation)
    }

    /// A whole rule around searches. `condition: sel` where there is none.
    static func rule(_ detection: String) -> String {
        var text = "title: case\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n"
        if detection.contains("condition:") {
            text += detection.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
        } else {
            text +=
                "  sel:\n"
                + detection.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)\n" }.joined()
            text += "  condition: sel\n"
        }
        return text
    }
}

/// The problems of a rule file.
func problems(_ text: String, placeholders: Placeholders = [:]) -> [String] {
    RuleCollection(parsing: [("f.yml", text)], placeholders: placeholders).problems.map(\.description)
}
