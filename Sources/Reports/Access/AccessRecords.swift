import Analytics
import Basics
import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// The three answers, and that there is none.
public enum AccessOutcome: String, Sendable, Hashable {
    case allowed
    case conditional
    case denied
    /// It could not be determined.
    case unknown

    init(_ access: Access) {
        self = access.isCertain ? .allowed : access.isRuledOut ? .denied : .conditional
    }
}

/// A line of an answer about access, as the formats read it.
struct AccessItem: ReportItem {
    /// The number of its heading.
    var rule: Int
    var subject: String
    var message = ""
    var account: String?
    var cells: [String]
    var details: [Report.Fact] = []
    var list: Int
    var record: JSON

    var id: String { StableIdentifier.text(["\(list)"] + cells) }
    var status: Report.Status { .information }
}

extension Report {
    /// The answer to a question about access. These reports have no time of their own: policies are what they are.
    static func access(
        _ verb: String, title: String, summary: [Fact], headings: [String], columns: [Column],
        lists: [(name: String, type: String)], items: [AccessItem], document: [String: JSON], doubts: [Unknown],
        consequence: String, table: @escaping @Sendable (TerminalText, Bool) -> String
    ) -> Report {
        var report = Report(
            verb, .detection, title: title, finished: Date(timeIntervalSince1970: 0), items: Items(items), table: table)
        report.summary = summary
        report.rules = headings.map { Rule(id: "", title: $0, severity: .informational) }
        report.columns = columns
        report.lists = lists.map { List(name: $0.name, type: $0.type) }
        report.document = document.merging([
            "schema": .string("parapet." + verb.split(separator: " ").joined(separator: ".") + "/1"),
            "determined": .bool(doubts.isEmpty), "doubts": .array(doubts.map { JSON($0) }),
        ]) { $1 }
        if !doubts.isEmpty {
            report.notes = [
                Note(
                    title: "Not determined", sentence: consequence, lines: doubts.map(\.explanation), isDoubt: true)
            ]
        }
        return report
    }
}

extension [String: [String]] {
    /// The condition keys that the user gave.
    var facts: [Report.Fact] {
        sorted { $0.key < $1.key }.map { .init("With", .code("\($0.key) = \($0.value.joined(separator: ", "))")) }
    }

    var node: JSON { .members(mapValues { .texts($0) }) }
}

extension Access {
    var outcome: String { AccessOutcome(self).rawValue }

    /// In words, if it is conditional.
    var condition: String? { isCertain || isRuledOut ? nil : AccessWords.condition(of: self) }

    /// The statements that grant it, for people.
    var grantFacts: [Report.Fact] { grants.map { .init("by", .code(AccessLines.citation($0))) } }

    /// How access stands in the JSON documents of all access verbs.
    var node: JSON {
        .members([
            "outcome": .string(outcome), "condition": condition.map { .string($0) },
            "grants": .array(grants.map { $0.node() }), "denials": .array(denials.map { $0.node() }),
        ])
    }
}

extension DecidingStatement {
    /// - Parameter text: the statement as JSON text.
    func node(text: String? = nil) -> JSON {
        .members([
            "policy": .string(policy), "statement": .string(statement), "effect": .string(effect.rawValue),
            "text": text.map { .string($0) },
        ])
    }
}

extension JSON {
    init(_ unknown: Unknown) {
        self = .members([
            "reason": .string(unknown.reason.rawValue), "call": unknown.call.map { .string($0) },
            "permission": unknown.permission.map { .string($0) }, "explanation": .string(unknown.explanation),
        ])
    }
}

extension Assumption {
    var outcome: AccessOutcome { isCertain ? .allowed : .conditional }

    var way: String { ([who] + roles).joined(separator: " → ") }

    /// What its steps demand, in words.
    var condition: String? {
        let conditions = steps.filter { !$0.isCertain }.map(AccessWords.condition(of:))
        return conditions.isEmpty
            ? nil : conditions.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", then ")
    }

    var record: JSON {
        var members: [String: JSON] = [
            "who": .string(who), "roles": .texts(roles), "outcome": .string(outcome.rawValue),
        ]
        members["condition"] = condition.map { .string($0) }
        return .members(members)
    }
}
