import Analytics
import Basics
import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// The answer to a question about access.
public enum AccessOutcome: String, Sendable, Hashable {
    case allowed
    case conditional
    case denied
    /// The answer could not be determined.
    case unknown

    init(_ access: Access) {
        self = access.isCertain ? .allowed : access.isRuledOut ? .denied : .conditional
    }

    /// The answer of the policies that could be read, if the whole answer is in doubt.
    var asReadSoFar: String {
        switch self {
        case .allowed: "the policies that could be read allow it"
        case .conditional: "the policies that could be read allow it with conditions"
        case .denied: "no policy that could be read allows it"
        case .unknown: "nothing could be read"
        }
    }
}

/// A line of an answer about access, as the formats read it.
struct AccessItem: ReportItem {
    /// The number of its heading.
    var rule: Int
    var subject: String
    var message = ""
    var account: String?
    var details: [Report.Fact] = []
    var list = 0
    /// The cells that the record does not hold, by column.
    var cells: [String: String] = [:]
    var record: JSON

    var id: String { StableIdentifier.text(["\(list)", JSONText.compact(record)]) }
    var status: Report.Status { .information }
}

extension Report {
    /// The report of an answer about access. It has no time of its own, since it depends only on the policies.
    /// - Parameters:
    ///   - headings: the kinds of items.
    ///   - lists: the arrays of the JSON document with the `type` of their lines in NDJSON.
    ///   - consequence: how the doubts affect the answer.
    static func access(
        _ verb: String, title: String, summary: [Fact], headings: [String], columns: [Column],
        lists: KeyValuePairs<String, String>, items: [AccessItem], document: KeyValuePairs<String, JSON?>,
        doubts: [Unknown], consequence: String,
        table: @escaping @Sendable (inout TerminalPage, _ isVerbose: Bool) -> Void
    ) -> Report {
        var report = Report(
            verb, .detection, title: title, finished: Date(timeIntervalSince1970: 0), items: Items(items)
        ) { text, isVerbose in
            var page = TerminalPage(text)
            table(&page, isVerbose)
            page.add(doubts, consequence)
            return page.rendered
        }
        report.summary = summary
        report.rules = headings.map { Rule(id: "", title: $0, severity: .informational) }
        report.columns = columns
        report.lists = lists.map { List(name: $0.key, type: $0.value) }
        for (name, value) in document { report.document[name] = value }
        report.document["schema"] = .string("parapet." + verb.split(separator: " ").joined(separator: ".") + "/1")
        report.document["determined"] = .bool(doubts.isEmpty)
        report.document["doubts"] = .array(doubts.map { JSON($0) })
        if !doubts.isEmpty { report.notes = [.doubt(consequence, doubts.map(\.explanation))] }
        return report
    }
}

// MARK: Parts of the reports

extension [String: [String]] {
    /// The condition keys that the user gave, as `key = value`.
    var equations: [String] {
        sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.joined(separator: ", "))" }
    }

    var facts: [Report.Fact] { equations.map { .init("With", .code($0)) } }
    var node: JSON { .members(mapValues { .texts($0) }) }
}

extension Access {
    var outcome: String { AccessOutcome(self).rawValue }

    /// The condition in words, if access is conditional.
    var condition: String? { isCertain || isRuledOut ? nil : AccessWords.condition(of: self) }

    /// The access as the JSON documents of all access verbs have it.
    var node: JSON {
        .members([
            "outcome": .string(outcome), "condition": condition.map(JSON.string),
            "grants": .array(grants.map(\.node)), "denials": .array(denials.map(\.node)),
        ])
    }
}

extension DecidingStatement {
    var citation: String { "\(policy), statement \(statement)" }
    var fact: Report.Fact { .init("by", .code(citation)) }

    var node: JSON {
        [
            "policy": .string(policy), "statement": .string(statement), "effect": .string(effect.rawValue),
        ]
    }
}

extension Report.Column {
    /// Cites the statements of a record.
    static func citations(_ name: String, from path: String) -> Self {
        .init(name, from: path) { statements in
            (statements.elements ?? []).map { "\($0["policy"]?.text ?? ""), statement \($0["statement"]?.text ?? "")" }
                .joined(separator: "; ")
        }
    }

    /// Texts of a record, one after the other.
    static func texts(_ name: String, separator: String) -> Self {
        .init(name) { ($0.elements ?? []).compactMap(\.text).joined(separator: separator) }
    }
}

extension JSON {
    init(_ unknown: Unknown) {
        self = .members([
            "reason": .string(unknown.reason.rawValue), "call": unknown.call.map(JSON.string),
            "permission": unknown.permission.map(JSON.string), "explanation": .string(unknown.explanation),
        ])
    }
}

extension Assumption {
    private var outcome: AccessOutcome { isCertain ? .allowed : .conditional }

    /// `who → role → role`
    fileprivate var way: String { ([who] + roles).joined(separator: " → ") }

    /// The conditions of its steps, in words.
    fileprivate var condition: String? {
        let conditions = steps.filter { !$0.isCertain }.map(AccessWords.condition(of:))
        return conditions.isEmpty
            ? nil : conditions.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", then ")
    }

    /// - Parameters:
    ///   - column: the name of the column that shows the way.
    ///   - cells: the other cells that the record does not hold.
    func item(rule: Int, list: Int, _ column: String, _ cells: [String: String]) -> AccessItem {
        AccessItem(
            rule: rule, subject: way, message: condition ?? "", list: list,
            cells: cells.merging([column: way]) { $1 },
            record: .members([
                "who": .string(who), "roles": .texts(roles), "outcome": .string(outcome.rawValue),
                "condition": condition.map(JSON.string),
            ]))
    }
}

// MARK: Parts of the tables

extension TerminalPage {
    /// Adds a note that the answer is for the role, if the user asked about a session of the role.
    mutating func add(askedAs session: String?, indent: Int) {
        guard let session else { return }
        add("(its sessions have the permissions of the role; you entered the session \(session))", indent: indent, .dim)
    }

    mutating func add(_ access: Access, _ words: String, indent: Int) {
        let (mark, style): (String, TerminalText.Style) =
            access.isCertain ? ("✓", .green) : access.isRuledOut ? ("✗", .red) : ("~", .yellow)
        add(words, indent: indent, mark: mark, style)
    }

    /// Adds a line for each principal that has access, with its mark, and below it the conditions and the first
    /// statement that allows it. Principals with unconditional access come first.
    mutating func add(_ all: [(name: String, access: Access)]) {
        for (name, access) in all.filter(\.access.isCertain) + all.filter({ !$0.access.isCertain }) {
            add(access, name, indent: 4)
            if let condition = access.condition { add(condition, indent: 6, .yellow) }
            guard let first = access.grants.first else { continue }
            let rest = access.grants.count > 1 ? ", and \(access.grants.count - 1) more" : ""
            add("by " + first.citation + rest, indent: 6, .dim)
        }
    }

    /// Adds the ways to roles, and the conditions of each step.
    mutating func add(_ ways: [Assumption], _ title: String) {
        guard !ways.isEmpty else { return }
        heading(title, ways.count)
        for way in ways {
            add(way.way, indent: 4, mark: way.isCertain ? "✓" : "~", way.isCertain ? .green : .yellow)
            if let condition = way.condition { add(condition, indent: 6, .yellow) }
        }
    }

    /// Adds the data that could not be read, and the consequence.
    fileprivate mutating func add(_ doubts: [Unknown], _ consequence: String) {
        guard !doubts.isEmpty else { return }
        heading("Not determined", style: .yellow)
        add(consequence, indent: 2, .dim)
        for doubt in doubts { add(doubt.explanation, indent: 4, mark: "?", .yellow) }
    }
}
