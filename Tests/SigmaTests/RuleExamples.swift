import Foundation
import LogReaders
import Sigma
import TestSupport

/// The events beside a built-in rule, `<rule>.events.json`: CloudTrail records that it matches and near misses that it does
/// not; for correlations, lists of records that are judged together.
///
///     {"match": [{…}, [{…}, …], …], "ignore": […]}
///
/// Records are handed on by the letter, since some rules look at the JSON text of a part.
struct RuleExamples {
    /// Each is one record or several.
    var matching: [[String]] = []
    var ignored: [[String]] = []

    /// - Parameter rule: as in `AuditTrail/trail-stopped.yml`.
    init(of rule: String) throws {
        let path = "Sources/Sigma/Rules/" + rule.dropLast(4) + ".events.json"
        let text = try String(contentsOf: Repository.file(path), encoding: .utf8)
        for part in JSONParts(of: text) {
            let events = JSONParts(of: part.value).map { event in
                event.value.hasPrefix("[") ? JSONParts(of: event.value).map(\.value) : [event.value]
            }
            switch part.name {
            case "match": matching = events
            case "ignore": ignored = events
            default: throw CocoaError(.coderInvalidValue)
            }
        }
    }
}

/// What a set of rules says of records.
struct Verdict {
    /// The ids of the rules that alert.
    var rules: Set<String> = []

    init(of set: RuleSet, on records: [String]) {
        let matcher = RuleMatcher(set)
        let reader = CloudTrailReader(CloudTrailPlan(fields: set.fields))
        let bytes = Array(records.joined(separator: "\n").utf8)
        var rules: Set<String> = []
        bytes.withUnsafeBufferPointer { buffer in
            _ = reader.read(buffer) { event in
                matcher.match(event) { rules.insert(set.collection.detections[$0].about.identifier) }
            }
        }
        for alert in set.correlate([matcher.observations]) {
            rules.insert(set.collection.correlations[alert.correlation].about.identifier)
        }
        self.rules = rules
    }
}

/// The elements of a JSON array, or the members of an object, each by its own text.
private struct JSONParts: Sequence, IteratorProtocol {
    private var rest: Substring.UTF8View
    private let isObject: Bool

    init(of text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        isObject = trimmed.hasPrefix("{")
        rest = trimmed.dropFirst().dropLast().utf8
    }

    mutating func next() -> (name: String, value: String)? {
        let name = isObject ? cut(at: ":") : ""
        guard let name, let value = cut(at: ",") else { return nil }
        return (String(name.dropFirst().dropLast()), value)
    }

    /// What stands before the next separator that is neither in a string nor in brackets.
    private mutating func cut(at separator: Unicode.Scalar) -> String? {
        var depth = 0
        var isInString = false
        var isEscaped = false
        var end = rest.startIndex
        scan: while end < rest.endIndex {
            let byte = Unicode.Scalar(rest[end])
            if isInString {
                if !isEscaped, byte == "\"" { isInString = false }
                isEscaped = !isEscaped && byte == "\\"
            } else {
                switch byte {
                case "\"": isInString = true
                case "[", "{": depth += 1
                case "]", "}": depth -= 1
                case separator where depth == 0: break scan
                default: break
                }
            }
            end = rest.index(after: end)
        }
        let part = String(Substring(rest[..<end])).trimmingCharacters(in: .whitespacesAndNewlines)
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : rest[end...]
        return part.isEmpty ? nil : part
    }
}
