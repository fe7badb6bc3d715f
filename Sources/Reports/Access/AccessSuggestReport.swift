import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// A suggested policy beside what is granted now, as every format shows it.
public struct AccessSuggestReport: Sendable, Reportable {
    public static let verb = "access suggest"
    public static let formats = Format.common

    public var suggestion: Suggestion

    public init(_ suggestion: Suggestion) {
        self.suggestion = suggestion
    }

    static let consequence = "What could not be read may change this."

    public var report: Report {
        let basis = suggestion.basis
        let changes = suggestion.changes.map { change in
            AccessItem(
                rule: Self.kinds.firstIndex(of: change.kind) ?? 0, subject: "\(change.actions) on \(change.resources)",
                message: change.used.isEmpty ? "" : "used: " + change.used.joined(separator: ", "),
                cells: [
                    change.kind.rawValue, change.actions, change.resources, change.used.joined(separator: " "),
                    change.invisible.joined(separator: " "), "", "", change.source.policy, change.source.statement,
                ],
                details: [
                    .init("by", .code(AccessLines.citation(change.source))),
                    .init("not in the logs", .plain(change.invisible.joined(separator: ", "))),
                ], list: 0,
                record: [
                    "change": .string(change.kind.rawValue), "policy": .string(change.source.policy),
                    "statement": .string(change.source.statement), "actions": .string(change.actions),
                    "resources": .string(change.resources), "used": .texts(change.used),
                    "invisible": .texts(change.invisible),
                ])
        }
        return .access(
            Self.verb, title: "What \(suggestion.principal.arn) needs",
            summary: [
                .init(
                    "Logs",
                    .plain(
                        "\(basis.from ?? "") to \(basis.to ?? ""), \(basis.ownEvents) of \(basis.events) events are its own"
                    )),
                .init("Policy", .code(JSONText.compact(suggestion.policy.node))),
                .init("Size", .plain("\(suggestion.size) of \(Suggestion.sizeLimit) characters")),
            ] + suggestion.notes.map { .init("Note", .plain($0)) },
            headings: Self.headings,
            columns: [
                .init("change", "Change", isFilter: true), .init("actions", "Actions", .code),
                .init("resources", "Resources", .code), .init("used"), .init("invisible"), .init("calls", "Calls"),
                .init("last_used", "Last used"), .init("policy", "Policy", .code), .init("statement"),
            ],
            lists: [("changes", "change"), ("used", "used"), ("refused", "refused")],
            items: changes + suggestion.used.map { item($0, "used", 1) }
                + suggestion.refused.map { item($0, "refused", 2) },
            document: [
                "principal": .string(suggestion.principal.arn), "policy": suggestion.policy.node,
                "size": .int(suggestion.size), "notes": .texts(suggestion.notes),
                "logs": .members([
                    "from": basis.from.map { .string($0) }, "to": basis.to.map { .string($0) },
                    "events": .int(basis.events), "ownEvents": .int(basis.ownEvents),
                    "dataEventsOf": .texts(basis.dataServices.sorted()),
                ]),
            ],
            doubts: suggestion.doubts, consequence: Self.consequence,
            table: { text, _ in AccessSuggestTable(self, text: text).rendered() })
    }

    private static let kinds: [Suggestion.Change.Kind] = [.kept, .removed, .unjudged]
    private static let headings = [
        "Kept, as far as it was used", "Removed: granted, and not used in these logs",
        "Removed, though these logs cannot show its use", "Used", "Asked for and refused; not in the policy",
    ]

    private func item(_ use: Suggestion.UsedPermission, _ kind: String, _ list: Int) -> AccessItem {
        AccessItem(
            rule: list + 2, subject: "\(use.action) on \(use.resource)",
            message: "\(use.calls) ×, last \(use.lastUsed)"
                + (use.isGrantedNow ? "" : ", not granted by a policy of its own now"),
            cells: [kind, use.action, use.resource, "", "", "\(use.calls)", use.lastUsed, "", ""], list: list,
            record: [
                "action": .string(use.action), "resource": .string(use.resource), "calls": .int(use.calls),
                "lastUsed": .string(use.lastUsed), "grantedNow": .bool(use.isGrantedNow),
            ])
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

/// The suggestion for a person at a terminal: what the logs are, the changes, and the policy.
public struct AccessSuggestTable {
    private let suggestion: Suggestion
    private let text: TerminalText
    private let lines: AccessLines

    public init(_ report: AccessSuggestReport, text: TerminalText) {
        suggestion = report.suggestion
        self.text = text
        lines = AccessLines(text: text)
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        var table = lines.wrapped("What \(suggestion.principal.arn) needs", indent: 0).map { text.styled($0, .bold) }
        table += logs
        table += changes(.kept, "Kept, as far as it was used", "=", .green)
        table += changes(.removed, "Removed: granted, and not used in these logs", "-", .red)
        table += changes(.unjudged, "Removed, though these logs cannot show its use", "?", .yellow)
        table += uses(
            "Used, but not granted by a policy of its own now", suggestion.used.filter { !$0.isGrantedNow }, "+")
        table += uses("Asked for and refused; not in the policy", suggestion.refused, "✗")
        table += notes
        table +=
            lines.heading("The policy") + [
                text.styled("  (\(suggestion.size) of \(Suggestion.sizeLimit) characters)", .dim)
            ]
        table += suggestion.policy.indentedJSON.split(separator: "\n").map { TerminalText.escaped(String($0)) }
        table += lines.doubts(suggestion.doubts, AccessSuggestReport.consequence)
        return table.joined(separator: "\n") + "\n"
    }

    private var logs: [String] {
        let basis = suggestion.basis
        let events = "\(basis.ownEvents) of \(basis.events) events are its own"
        let time = basis.from.flatMap { from in basis.to.map { "from \(from) to \($0)" } } ?? ""
        let data =
            basis.dataServices.isEmpty
            ? "There are no data events in them: reading and writing of objects, items and messages does not show."
            : "Data events are there for \(basis.dataServices.sorted().joined(separator: ", ")) only; use of other services' data does not show."
        return lines.wrapped("The logs go \(time); \(events). \(data)", indent: 2).map { text.styled($0, .dim) }
    }

    private func changes(
        _ kind: Suggestion.Change.Kind, _ title: String, _ mark: String, _ style: TerminalText.Style
    ) -> [String] {
        let changes = suggestion.changes.filter { $0.kind == kind }
        guard !changes.isEmpty else { return [] }
        return lines.heading(title, changes.count)
            + changes.flatMap { change -> [String] in
                var table = lines.wrapped("\(change.actions) on \(change.resources)", indent: 4)
                table[0] = "  " + text.styled(mark, style) + " " + table[0].dropFirst(4)
                if !change.used.isEmpty {
                    table += lines.wrapped("used: \(change.used.joined(separator: ", "))", indent: 6)
                }
                if !change.invisible.isEmpty {
                    table += lines.wrapped(
                        "data events of \(change.invisible.joined(separator: ", ")) are not in the logs", indent: 6
                    ).map { text.styled($0, .yellow) }
                }
                return table
                    + lines.wrapped("by \(AccessLines.citation(change.source))", indent: 6).map {
                        text.styled($0, .dim)
                    }
            }
    }

    private func uses(_ title: String, _ uses: [Suggestion.UsedPermission], _ mark: String) -> [String] {
        guard !uses.isEmpty else { return [] }
        return lines.heading(title, uses.count)
            + uses.flatMap { use in
                lines.wrapped(
                    "\(mark) \(use.action) on \(use.resource), \(use.calls) ×, last \(use.lastUsed)", indent: 2)
            }
    }

    private var notes: [String] {
        guard !suggestion.notes.isEmpty else { return [] }
        return lines.heading("Notes") + suggestion.notes.flatMap { lines.wrapped("· \($0)", indent: 2) }
    }
}
