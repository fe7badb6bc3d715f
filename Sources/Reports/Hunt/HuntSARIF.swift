internal import Analytics
import AWSClient
public import FoundationEssentials
import Hunting

extension HuntReport {
    /// The Static Analysis Results Interchange Format 2.1.0 (OASIS), with the properties that GitHub reads. The log
    /// files stand where other tools have source files.
    public func sarif() throws -> Data {
        let rules = SARIFRules(result)
        let results = result.alerts.map { rules.result(of: $0) }
        let document: JSONNode = [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
            "runs": [
                [
                    "tool": [
                        "driver": ["name": "parapet", "version": .text(run.parapet), "rules": .list(rules.descriptors)]
                    ],
                    "invocations": [invocation], "results": .list(results), "columnKind": "utf16CodeUnits",
                    "properties": ["source": .text(run.source), "logs": .texts(run.logs)],
                ]
            ],
        ]
        return try RecordWriter.document(document)
    }

    private var invocation: JSONNode {
        let doubts = allDoubts.map { notification($0, "warning") }
        let learning = result.learning.isEmpty ? [] : [notification(learningSentence, "note")]
        return [
            "executionSuccessful": .flag(true), "startTimeUtc": .text(Timestamp.format(run.started)),
            "endTimeUtc": .text(Timestamp.format(run.finished)),
            "toolExecutionNotifications": .list(doubts + learning),
        ]
    }

    private func notification(_ words: String, _ level: JSONNode) -> JSONNode {
        ["level": level, "message": ["text": .text(SARIFText.plain(words))]]
    }
}

private enum SARIFText {
    /// Brackets before a parenthesis would be a link (section 3.11.6).
    static func plain(_ text: String) -> String {
        var plain = ""
        for character in TerminalText.escaped(text) {
            if character == "(", plain.hasSuffix("]") {
                plain.removeLast()
                plain += "\\]"
            }
            plain.append(character)
        }
        return plain
    }

    /// A reference to a file or an object, encoded as RFC 3986 wants it.
    static func reference(_ place: String) -> String {
        if place.hasPrefix("s3://") { return "s3://" + encoded(place.dropFirst(5)) }
        return (place.hasPrefix("/") ? "file://" : "") + encoded(place[...])
    }

    private static func encoded(_ path: Substring) -> String {
        path.utf8.reduce(into: "") { encoded, byte in
            if WebAddress.isUnreserved(byte) || byte == UInt8(ascii: "/") {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

/// The rules that alerted, and the alerts that point to them.
private struct SARIFRules {
    private let rules: [AlertRule]
    private let places: [String: Int]

    init(_ result: HuntResult) {
        var rules = result.rules
        for alert in result.alerts where rules[alert.rule] == nil {
            rules[alert.rule] = AlertRule(
                id: alert.rule, title: alert.title, kind: .rule, severity: alert.severity, practice: alert.practice)
        }
        self.rules = rules.values.sorted { $0.id < $1.id }
        places = Dictionary(self.rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
    }

    var descriptors: [JSONNode] {
        rules.map { rule in
            let title = SARIFText.plain(rule.title)
            let summary = SARIFText.plain(rule.summary.isEmpty ? rule.title : rule.summary)
            let doubts = rule.falsePositives.map { "\n- " + SARIFText.plain($0) }.joined()
            // No tag may be there twice.
            let tags = Set(["security", rule.practice] + rule.techniques).subtracting([""]).sorted()
            return .members([
                "id": .text(rule.id), "name": .text(Self.name(rule.title)),
                "shortDescription": ["text": .text(title)], "fullDescription": ["text": .text(summary)],
                "help": [
                    "text": .text(summary + (doubts.isEmpty ? "" : "\n\nThe same picture without harm:" + doubts))
                ],
                "helpUri": rule.references.first(where: WebAddress.isOne).map { .text($0) },
                "defaultConfiguration": ["level": rule.severity.level],
                "properties": [
                    "tags": .texts(tags),
                    "security-severity": rule.severity.score, "kind": .text(rule.kind.rawValue),
                ],
            ])
        }
    }

    func result(of alert: Alert) -> JSONNode {
        let short = HuntEvidence(alert: alert).short.map { " (\($0))" } ?? ""
        return .members([
            "ruleId": .text(alert.rule), "ruleIndex": places[alert.rule].map { .integer($0) },
            "level": alert.severity.level,
            "message": ["text": .text(SARIFText.plain("\(alert.title): \(alert.actor)\(short)"))],
            "locations": [location(alert)],
            "partialFingerprints": ["parapetAlert/v1": .text(alert.stableIdentifier)],
            "properties": [
                "time": .text(HuntWords.moment(alert.time)), "lastTime": .text(HuntWords.moment(alert.lastTime)),
                "severity": .text(alert.severity.rawValue), "account": .optional(alert.account),
                "region": .optional(alert.region), "event": .optional(alert.event), "actor": .text(alert.actor),
                "fields": HuntRecords.fields(alert), "evidence": HuntRecords.evidence(alert),
            ],
        ])
    }

    private func location(_ alert: Alert) -> JSONNode {
        let actor: JSONNode = [["fullyQualifiedName": .text(alert.actor), "kind": "resource"]]
        guard case .text(let file) = alert.evidence("file"), !file.isEmpty else { return ["logicalLocations": actor] }
        var place: [String: JSONNode] = ["artifactLocation": ["uri": .text(SARIFText.reference(file))]]
        if case .count(let line) = alert.evidence("line"), line > 0 { place["region"] = ["startLine": .integer(line)] }
        return ["physicalLocation": .object(place), "logicalLocations": actor]
    }

    /// `TrailStoppedOrDeleted`: a name without spaces, as the standard recommends.
    private static func name(_ title: String) -> String {
        let words = title.split { !($0.isLetter || $0.isNumber) || !$0.isASCII }
        let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return name.isEmpty ? "Rule" : name
    }
}

extension Alert.Severity {
    fileprivate var level: JSONNode {
        switch self {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .informational: "note"
        }
    }

    /// In the middle of the ranges by which GitHub names severities.
    fileprivate var score: JSONNode {
        switch self {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low: "2.0"
        case .informational: "0.0"
        }
    }
}
