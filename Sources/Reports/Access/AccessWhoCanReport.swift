import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// The answer to "who can do that to this resource?", as every format shows it.
public struct AccessWhoCanReport: Sendable, Reportable {
    public static let verb = "access who-can"
    public static let formats = Format.common

    public var answer: WhoCan
    /// The condition keys that the user gave.
    public var context: [String: [String]]

    public init(_ answer: WhoCan, context: [String: [String]]) {
        self.answer = answer
        self.context = context
    }

    static let consequence = "Somebody may be missing here, or be here who cannot."

    public var report: Report {
        let outsiders = answer.outsiders.map { outsider in
            AccessItem(
                rule: 0, subject: outsider.title, message: outsider.access.condition ?? "",
                account: outsider.accountID,
                cells: cells(outsider.kind.rawValue, outsider.name, outsider.accountID, outsider.access),
                details: outsider.access.grantFacts, list: 1,
                record: .members([
                    "kind": .string(outsider.kind.rawValue), "name": .string(outsider.name),
                    "account": outsider.accountID.map { .string($0) }, "access": outsider.access.node,
                ]))
        }
        let holders = answer.holders.map { holder in
            let principal = holder.principal
            return AccessItem(
                rule: 1, subject: principal.arn, message: holder.access.condition ?? "", account: principal.accountID,
                cells: cells(principal.kind.rawValue, principal.arn, principal.accountID, holder.access),
                details: holder.access.grantFacts, list: 0,
                record: [
                    "arn": .string(principal.arn), "name": .string(principal.name),
                    "account": .string(principal.accountID),
                    "kind": .string(principal.kind.rawValue), "access": holder.access.node,
                ])
        }
        let indirect = answer.indirect.map { way in
            AccessItem(
                rule: 2, subject: way.way, message: way.condition ?? "",
                cells: ["indirect", way.way, "", way.outcome.rawValue, way.condition ?? "", ""], list: 2,
                record: way.record)
        }
        return .access(
            Self.verb, title: "Who can \(answer.action) on \(answer.resource)",
            summary: [
                .init(
                    "Found",
                    .plain(
                        "\(holders.count) users and roles, \(outsiders.count) others, \(indirect.count) ways by becoming a role"
                    ))
            ] + context.facts,
            headings: ["From outside", "Users and roles", "By becoming one of these roles"],
            columns: [
                .init("kind", "Kind", isFilter: true), .init("name", "Who", .code),
                .init("account", "Account", isFilter: true), .init("outcome", "Access", isFilter: true),
                .init("condition"), .init("by"),
            ],
            lists: [("principals", "principal"), ("outsiders", "outsider"), ("indirect", "indirect")],
            items: outsiders + holders + indirect,
            document: [
                "action": .string(answer.action), "resource": .string(answer.resource), "context": context.node,
            ],
            doubts: answer.doubts, consequence: Self.consequence,
            table: { text, _ in AccessWhoCanTable(self, text: text).rendered() })
    }

    private func cells(_ kind: String, _ name: String, _ account: String?, _ access: Access) -> [String] {
        [
            kind, name, account ?? "", access.outcome, access.condition ?? "",
            access.grants.map(AccessLines.citation).joined(separator: "; "),
        ]
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
        table += lines.doubts(answer.doubts, AccessWhoCanReport.consequence)
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
        var lines = wrapped(assumption.way, indent: 4)
        lines[0] = "  \(mark) " + lines[0].dropFirst(4)
        if let condition = assumption.condition {
            lines += wrapped(condition, indent: 6).map { text.styled($0, .yellow) }
        }
        return lines
    }
}
