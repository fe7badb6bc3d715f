import AWSClient
import Analytics
import Basics

extension Report {
    /// Writes the Static Analysis Results Interchange Format 2.1.0 (OASIS), with the properties that GitHub reads.
    /// Passes are excluded, since readers that ignore `kind` would show them as problems.
    func writeSARIF(to sink: Sink) throws {
        // Members stand in alphabetical order, and the results among them are written one by one.
        let driver: JSON = [
            "name": "parapet", "version": .string(parapet), "rules": .array(rules.map(\.descriptor)),
        ]
        var properties = document
        for list in ["rules", "groups", "learning", "losses", "schema"] { properties[list] = nil }
        try sink.line("{\n  \"$schema\" : \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"runs\" : [\n    {")
        try sink.line("      \"columnKind\" : \"utf16CodeUnits\",")
        try sink.line("      \"invocations\" : \(JSONText.pretty(.array([invocation]), depth: 3)),")
        try sink.line("      \"properties\" : \(JSONText.pretty(.members(properties), depth: 3)),")
        try sink.write("      \"results\" : ")
        try writeArray(items.lazy.filter { $0.status != .pass }.map(result), 3, to: sink)
        try sink.write(",\n      \"tool\" : \(JSONText.pretty(["driver": driver], depth: 3))\n    }\n  ],\n")
        try sink.write("  \"version\" : \"2.1.0\"\n}\n")
    }

    private var invocation: JSON {
        .members([
            "executionSuccessful": .bool(true), "startTimeUtc": started.map { .string($0.rfc3339) },
            "endTimeUtc": .string(finished.rfc3339),
            "toolExecutionNotifications": .array(
                notes.flatMap { note in
                    (note.isDoubt && !note.lines.isEmpty ? note.lines : [note.sentence]).map { words in
                        [
                            "level": note.isDoubt ? "warning" : "note",
                            "message": ["text": .string(SARIFText.plain(words))],
                        ]
                    }
                }),
        ])
    }

    private func result(_ item: any ReportItem) -> JSON {
        let resultKind: JSON =
            switch item.status {
            case .fail, .muted: "fail"
            // "The evaluation could not be completed" (section 3.27.9).
            case .unknown: "open"
            case .manual: "review"
            case .pass: "pass"
            case .notApplicable: "notApplicable"
            case .information: "informational"
            }
        let isFailure = item.status == .fail || item.status == .muted
        return .members([
            "ruleId": .string(rules[item.rule].id), "ruleIndex": .int(item.rule), "kind": resultKind,
            "level": isFailure ? item.severity.level : "none",
            "message": ["text": .string(SARIFText.plain(item.sentence))], "locations": [location(item)],
            "partialFingerprints": kind == .compliance
                ? ["parapetFinding/v1": .string(item.id)] : ["parapetAlert/v1": .string(item.id)],
            "properties": item.record,
            "suppressions": item.status == .muted
                ? [["kind": "external", "status": "accepted", "justification": .string(item.message)]] : nil,
        ])
    }

    private func location(_ item: any ReportItem) -> JSON {
        let name = item.resource.map { $0.arn.isEmpty ? $0.id : $0.arn } ?? item.subject
        let logical: JSON = [["fullyQualifiedName": .string(name), "kind": "resource"]]
        guard let file = item.file else { return ["logicalLocations": logical] }
        var place: [String: JSON] = ["artifactLocation": ["uri": .string(SARIFText.reference(file.name))]]
        if let line = file.line { place["region"] = ["startLine": .int(line)] }
        return ["physicalLocation": .members(place), "logicalLocations": logical]
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

    /// A reference to a file or an object, encoded as RFC 3986 requires.
    static func reference(_ place: String) -> String {
        let isObject = place.hasPrefix("s3://")
        let scheme = isObject ? "s3://" : place.hasPrefix("/") ? "file://" : ""
        return scheme + PercentEncoding.encode(isObject ? String(place.dropFirst(5)) : place, keepingSlash: true)
    }
}

extension Report.Rule {
    fileprivate var descriptor: JSON {
        let summary = SARIFText.plain(summary.isEmpty ? title : summary)
        let doubts = falsePositives.map { "\n- " + SARIFText.plain($0) }.joined()
        // Each tag must be unique.
        let tags = Set(["security", practice] + techniques + equivalents).subtracting([""]).sorted()
        let help = [
            summary, remedy.isEmpty ? "" : "\n\n" + SARIFText.plain(remedy),
            doubts.isEmpty ? "" : "\n\nFalse positives:" + doubts,
        ]
        return .members([
            "id": .string(id), "name": .string(name), "shortDescription": ["text": .string(SARIFText.plain(title))],
            "fullDescription": ["text": .string(summary)], "help": ["text": .string(help.joined())],
            "helpUri": references.first(where: WebAddress.isOne).map(JSON.string),
            "defaultConfiguration": ["level": severity.level],
            "properties": ["tags": .texts(tags), "security-severity": severity.score, "kind": .string(kind)],
        ])
    }

    /// `TrailStoppedOrDeleted`: a name without spaces, as the standard recommends.
    private var name: String {
        let words = title.split { !($0.isLetter || $0.isNumber) || !$0.isASCII }
        let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        return name.isEmpty ? "Rule" : name
    }
}

extension Severity {
    fileprivate var level: JSON {
        switch self {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .informational: "note"
        }
    }

    /// The middle of the range for which GitHub shows this severity.
    fileprivate var score: JSON {
        switch self {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low: "2.0"
        case .informational: "0.0"
        }
    }
}
