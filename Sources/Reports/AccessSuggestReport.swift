public import EffectiveAccess
public import FoundationEssentials
import IAMPolicy
import Inventory

/// A suggested policy beside what is granted now, as every format shows it.
public struct AccessSuggestReport: Sendable {
    public var suggestion: Suggestion

    public init(_ suggestion: Suggestion) {
        self.suggestion = suggestion
    }

    /// One document of schema `parapet.access.suggest/1`, with a line feed at its end.
    public func json() throws -> Data {
        let basis = suggestion.basis
        return try RecordWriter.document(
            Document(
                principal: suggestion.principal.arn, determined: suggestion.doubts.isEmpty,
                policy: PolicyRecord(suggestion.policy), size: suggestion.size, notes: suggestion.notes,
                logs: Document.Logs(
                    from: basis.from, to: basis.to, events: basis.events, ownEvents: basis.ownEvents,
                    dataEventsOf: basis.dataServices.sorted()),
                used: suggestion.used.map(UseRecord.init), refused: suggestion.refused.map(UseRecord.init),
                changes: suggestion.changes.map(ChangeRecord.init), doubts: suggestion.doubts.map(DoubtRecord.init)))
    }

    private struct Document: Encodable {
        var schema = "parapet.access.suggest/1"
        var principal: String
        var determined: Bool
        var policy: PolicyRecord
        var size: Int
        var notes: [String]
        var logs: Logs
        var used: [UseRecord]
        var refused: [UseRecord]
        var changes: [ChangeRecord]
        var doubts: [DoubtRecord]

        struct Logs: Encodable {
            var from: String?
            var to: String?
            var events: Int
            var ownEvents: Int
            var dataEventsOf: [String]
        }
    }
}

/// The policy as AWS takes it.
private struct PolicyRecord: Encodable {
    var version: String
    var statements: [StatementRecord]

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    struct StatementRecord: Encodable {
        var effect = "Allow"
        var actions: [String]
        var resources: [String]

        private enum CodingKeys: String, CodingKey {
            case effect = "Effect"
            case actions = "Action"
            case resources = "Resource"
        }
    }

    /// Of a suggested policy, which only allows, and names actions and resources.
    init(_ policy: Policy) {
        version = policy.version.rawValue
        statements = policy.statements.map { statement in
            var record = StatementRecord(actions: [], resources: [])
            if case .only(let patterns) = statement.actions { record.actions = patterns.map(\.text) }
            if case .only(let patterns) = statement.resources { record.resources = patterns.map(\.text) }
            return record
        }
    }
}

private struct UseRecord: Encodable {
    var action: String
    var resource: String
    var calls: Int
    var lastUsed: String
    var grantedNow: Bool

    init(_ use: Suggestion.UsedPermission) {
        action = use.action
        resource = use.resource
        calls = use.calls
        lastUsed = use.lastUsed
        grantedNow = use.isGrantedNow
    }
}

private struct ChangeRecord: Encodable {
    var change: String
    var policy: String
    var statement: String
    var actions: String
    var resources: String
    var used: [String]
    var invisible: [String]

    init(_ change: Suggestion.Change) {
        self.change = change.kind.rawValue
        policy = change.source.policy
        statement = change.source.statement
        actions = change.actions
        resources = change.resources
        used = change.used
        invisible = change.invisible
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
        table += lines.doubts(suggestion.doubts, "What could not be read may change this.")
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
