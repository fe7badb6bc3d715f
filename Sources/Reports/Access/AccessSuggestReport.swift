import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// A suggested policy, compared with the current permissions, as every format shows it.
public struct AccessSuggestReport: Sendable, Reportable {
    public static let verb = "access suggest"
    public static let formats = Format.common

    public var suggestion: Suggestion

    public init(_ suggestion: Suggestion) {
        self.suggestion = suggestion
    }

    public var report: Report {
        let basis = suggestion.basis
        let events =
            """
            \(basis.from ?? "") to \(basis.to ?? ""), \(basis.ownEvents) of \(basis.events) events belong to the \
            principal
            """
        return .access(
            Self.verb, title: title,
            summary: [
                .init("Logs", .plain(events)), .init("Policy", .code(JSONText.compact(suggestion.policy.node))),
                .init("Size", .plain(size)),
            ] + suggestion.notes.map { .init("Note", .plain($0)) },
            headings: Self.kinds.map(\.title) + ["Used", Self.refused],
            columns: [
                .init("change", "Change", isFilter: true),
                .init("actions", "Actions", .code, from: "actions", "action"),
                .init("resources", "Resources", .code, from: "resources", "resource"), .texts("used", separator: " "),
                .texts("invisible", separator: " "), .init("calls", "Calls"),
                .init("last_used", "Last used", from: "lastUsed"), .init("policy", "Policy", .code), .init("statement"),
            ],
            lists: ["changes": "change", "used": "used", "refused": "refused"],
            items: suggestion.changes.map(\.item) + suggestion.used.map { $0.item(rule: 3, list: 1, "used") }
                + suggestion.refused.map { $0.item(rule: 4, list: 2, "refused") },
            document: [
                "principal": .string(suggestion.principal.arn), "policy": suggestion.policy.node,
                "size": .int(suggestion.size), "notes": .texts(suggestion.notes),
                "logs": .members([
                    "from": basis.from.map(JSON.string), "to": basis.to.map(JSON.string),
                    "events": .int(basis.events), "ownEvents": .int(basis.ownEvents),
                    "dataEventsOf": .texts(basis.dataServices.sorted()),
                ]),
            ],
            doubts: suggestion.doubts, consequence: "Data that could not be read may change this.",
            table: { page, _ in add(to: &page) })
    }

    private var title: String { "Least-privilege policy for \(suggestion.principal.arn)" }
    private var size: String { "\(suggestion.size) of \(Suggestion.sizeLimit) characters" }
    private static let refused = "Denied requests (not included)"
    fileprivate static let kinds: [Suggestion.Change.Kind] = [.kept, .removed, .unjudged]

    /// Adds the logs, the changes and the policy.
    private func add(to page: inout TerminalPage) {
        page.add(title, .bold)
        page.add(logs, indent: 2, .dim)
        for kind in Self.kinds {
            let changes = suggestion.changes.filter { $0.kind == kind }
            if !changes.isEmpty { page.heading(kind.title, changes.count) }
            for change in changes { change.add(to: &page) }
        }
        func add(_ title: String, _ uses: [Suggestion.UsedPermission], _ mark: String) {
            if !uses.isEmpty { page.heading(title, uses.count) }
            for use in uses { page.add("\(mark) \(use.title), \(use.times)", indent: 2) }
        }
        add("Used, but not allowed by an identity policy now", suggestion.used.filter { !$0.isGrantedNow }, "+")
        add(Self.refused, suggestion.refused, "✗")
        if !suggestion.notes.isEmpty { page.heading("Notes") }
        for note in suggestion.notes { page.add("· \(note)", indent: 2) }
        page.heading("The policy")
        page.line("  (\(size))", .dim)
        for line in suggestion.policy.indentedJSON.split(separator: "\n") { page.line(String(line)) }
    }

    private var logs: String {
        let basis = suggestion.basis
        let time = basis.from.flatMap { from in basis.to.map { "from \(from) to \($0)" } } ?? ""
        let services = basis.dataServices.sorted().joined(separator: ", ")
        let data =
            services.isEmpty
            ? "The logs contain no data events: access to objects, items and messages is not visible."
            : "The logs contain data events for \(services) only; data access of other services is not visible."
        return "The logs cover \(time); \(basis.ownEvents) of \(basis.events) events belong to the principal. \(data)"
    }
}

extension Policy {
    /// A suggested policy, which only allows, and names actions and resources.
    fileprivate var node: JSON {
        [
            "Version": .string(version.rawValue),
            "Statement": .array(
                statements.map { statement in
                    var (actions, resources): ([String], [String]) = ([], [])
                    if case .only(let patterns) = statement.actions { actions = patterns.map(\.text) }
                    if case .only(let patterns) = statement.resources { resources = patterns.map(\.text) }
                    return ["Effect": "Allow", "Action": .texts(actions), "Resource": .texts(resources)]
                }),
        ]
    }
}

extension Suggestion.Change.Kind {
    fileprivate var title: String {
        switch self {
        case .kept: "Kept (used)"
        case .removed: "Removed (not used in these logs)"
        case .unjudged: "Removed (usage not visible in these logs)"
        }
    }

    fileprivate var mark: (String, TerminalText.Style) {
        switch self {
        case .kept: ("=", .green)
        case .removed: ("-", .red)
        case .unjudged: ("?", .yellow)
        }
    }
}

extension Suggestion.Change {
    private var use: String { used.isEmpty ? "" : "used: " + used.joined(separator: ", ") }

    fileprivate var item: AccessItem {
        AccessItem(
            rule: AccessSuggestReport.kinds.firstIndex(of: kind) ?? 0, subject: "\(actions) on \(resources)",
            message: use,
            details: [source.fact, .init("not in the logs", .plain(invisible.joined(separator: ", ")))],
            record: [
                "change": .string(kind.rawValue), "policy": .string(source.policy),
                "statement": .string(source.statement), "actions": .string(actions),
                "resources": .string(resources), "used": .texts(used), "invisible": .texts(invisible),
            ])
    }

    fileprivate func add(to page: inout TerminalPage) {
        page.add("\(actions) on \(resources)", indent: 4, mark: kind.mark.0, kind.mark.1)
        if !used.isEmpty { page.add(use, indent: 6) }
        if !invisible.isEmpty {
            page.add("data events of \(invisible.joined(separator: ", ")) are not in the logs", indent: 6, .yellow)
        }
        page.add("by \(source.citation)", indent: 6, .dim)
    }
}

extension Suggestion.UsedPermission {
    fileprivate var title: String { "\(action) on \(resource)" }
    fileprivate var times: String { "\(calls) ×, last \(lastUsed)" }

    fileprivate func item(rule: Int, list: Int, _ kind: String) -> AccessItem {
        AccessItem(
            rule: rule, subject: title,
            message: times + (isGrantedNow ? "" : ", not allowed by an identity policy now"), list: list,
            cells: ["change": kind],
            record: [
                "action": .string(action), "resource": .string(resource), "calls": .int(calls),
                "lastUsed": .string(lastUsed), "grantedNow": .bool(isGrantedNow),
            ])
    }
}
