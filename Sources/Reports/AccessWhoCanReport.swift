public import EffectiveAccess
public import FoundationEssentials
import IAMPolicy
import Inventory

/// The answer to "who can do that to this resource?", as every format shows it.
public struct AccessWhoCanReport: Sendable {
    public var answer: WhoCan
    /// The condition keys that the user gave.
    public var context: [String: [String]]

    public init(_ answer: WhoCan, context: [String: [String]]) {
        self.answer = answer
        self.context = context
    }

    /// One document of schema `parapet.access.who-can/1`, with a line feed at its end.
    public func json() throws -> Data {
        try RecordWriter.document(
            Document(
                action: answer.action, resource: answer.resource, context: context, determined: answer.doubts.isEmpty,
                principals: answer.holders.map { holder in
                    Document.Principal(
                        arn: holder.principal.arn, name: holder.principal.name, account: holder.principal.accountID,
                        kind: holder.principal.kind.rawValue, access: AccessRecord(holder.access))
                },
                outsiders: answer.outsiders.map { outsider in
                    Document.Outsider(
                        kind: outsider.kind.rawValue, name: outsider.name, account: outsider.accountID,
                        access: AccessRecord(outsider.access))
                },
                indirect: answer.indirect.map(AssumptionRecord.init), doubts: answer.doubts.map(DoubtRecord.init)))
    }

    private struct Document: Encodable {
        var schema = "parapet.access.who-can/1"
        var action: String
        var resource: String
        var context: [String: [String]]
        var determined: Bool
        var principals: [Principal]
        var outsiders: [Outsider]
        var indirect: [AssumptionRecord]
        var doubts: [DoubtRecord]

        struct Principal: Encodable {
            var arn: String
            var name: String
            var account: String
            var kind: String
            var access: AccessRecord
        }

        struct Outsider: Encodable {
            var kind: String
            var name: String
            var account: String?
            var access: AccessRecord
        }
    }
}

/// The answer for a person at a terminal: by kind, those first who can whatever else is so.
public struct AccessWhoCanTable {
    private let report: AccessWhoCanReport
    private let text: TerminalText
    private let lines: AccessLines

    public init(_ report: AccessWhoCanReport, text: TerminalText) {
        self.report = report
        self.text = text
        lines = AccessLines(text: text)
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        let answer = report.answer
        var table = lines.wrapped("Who can \(answer.action) on \(answer.resource)", indent: 0)
            .map { text.styled($0, .bold) }
        for (key, values) in report.context.sorted(by: { $0.key < $1.key }) {
            table.append("  with \(TerminalText.escaped("\(key) = \(values.joined(separator: ", "))"))")
        }
        table += outsiders("Everybody", [.everybody])
        table += outsiders("Other accounts", [.account, .principal, .other])
        table += outsiders("Services", [.service]) + outsiders("Identity providers", [.provider])
        table += holders("Users", .user) + holders("Roles", .role) + indirect()
        if answer.holders.isEmpty, answer.outsiders.isEmpty, answer.indirect.isEmpty {
            table += ["", answer.doubts.isEmpty ? "Nobody." : "Nobody, as far as could be read."]
        }
        table += lines.doubts(answer.doubts, "Somebody may be missing here, or be here who cannot.")
        table += legend
        return table.joined(separator: "\n") + "\n"
    }

    private func holders(_ title: String, _ kind: Landscape.Principal.Kind) -> [String] {
        let holders = report.answer.holders.filter { $0.principal.kind == kind }
        guard !holders.isEmpty else { return [] }
        return lines.heading(title, holders.count)
            + lines.entries(holders.map { ($0.principal.arn, $0.access) })
    }

    private func outsiders(_ title: String, _ kinds: Set<Outsider.Kind>) -> [String] {
        let outsiders = report.answer.outsiders.filter { kinds.contains($0.kind) }
        guard !outsiders.isEmpty else { return [] }
        return lines.heading(title, outsiders.count)
            + lines.entries(outsiders.map { ($0.title, $0.access) })
    }

    private func indirect() -> [String] {
        let ways = report.answer.indirect
        guard !ways.isEmpty else { return [] }
        let ordered = ways.filter(\.isCertain) + ways.filter { !$0.isCertain }
        return lines.heading("By becoming one of these roles", ways.count) + ordered.flatMap { lines.chain($0) }
    }

    private var legend: [String] {
        let isConditional =
            report.answer.holders.contains { !$0.access.isCertain }
            || report.answer.outsiders.contains { !$0.access.isCertain }
            || report.answer.indirect.contains { !$0.isCertain }
        return isConditional
            ? ["", text.styled("✓ whatever else is so   ~ under the condition given below it", .dim)] : []
    }
}

extension AccessLines {
    /// `who → role → role`, and under what each step is possible.
    func chain(_ assumption: Assumption) -> [String] {
        let mark = assumption.isCertain ? text.styled("✓", .green) : text.styled("~", .yellow)
        let way = ([assumption.who] + assumption.roles).joined(separator: " → ")
        var lines = wrapped(way, indent: 4)
        lines[0] = "  \(mark) " + lines[0].dropFirst(4)
        if let condition = assumption.condition {
            lines += wrapped(condition, indent: 6).map { text.styled($0, .yellow) }
        }
        return lines
    }
}
