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

    public var report: Report {
        let outsiders = answer.outsiders.map { outsider in
            AccessItem(
                rule: 0, subject: outsider.title, message: outsider.access.condition ?? "",
                account: outsider.accountID, details: outsider.access.grants.map(\.fact), list: 1,
                record: .members([
                    "kind": .string(outsider.kind.rawValue), "name": .string(outsider.name),
                    "account": outsider.accountID.map(JSON.string), "access": outsider.access.node,
                ]))
        }
        let holders = answer.holders.map { holder in
            let principal = holder.principal
            return AccessItem(
                rule: 1, subject: principal.arn, message: holder.access.condition ?? "", account: principal.accountID,
                details: holder.access.grants.map(\.fact),
                record: [
                    "arn": .string(principal.arn), "name": .string(principal.name),
                    "account": .string(principal.accountID), "kind": .string(principal.kind.rawValue),
                    "access": holder.access.node,
                ])
        }
        let indirect = answer.indirect.map { $0.item(rule: 2, list: 2, "name", ["kind": "indirect"]) }
        let counts =
            "\(holders.count) users and roles, \(outsiders.count) others, \(indirect.count) by assuming a role"
        return .access(
            Self.verb, title: title, summary: [.init("Found", .plain(counts))] + context.facts,
            headings: ["External principals", "Users and roles", "By assuming a role"],
            columns: [
                .init("kind", "Kind", isFilter: true), .init("name", "Who", .code, from: "arn", "name"),
                .init("account", "Account", isFilter: true),
                .init("outcome", "Access", isFilter: true, from: "access.outcome", "outcome"),
                .init("condition", from: "access.condition", "condition"), .citations("by", from: "access.grants"),
            ],
            lists: ["principals": "principal", "outsiders": "outsider", "indirect": "indirect"],
            items: outsiders + holders + indirect,
            document: [
                "action": .string(answer.action), "resource": .string(answer.resource), "context": context.node,
            ],
            doubts: answer.doubts, consequence: "The list may be incomplete or contain principals without access.",
            table: { page, _ in add(to: &page) })
    }

    private var title: String { "Who can \(answer.action) on \(answer.resource)" }

    /// Adds the principals by kind. Principals with unconditional access come first.
    private func add(to page: inout TerminalPage) {
        page.add(title, .bold)
        for equation in context.equations { page.line("  with \(equation)") }
        func add(_ title: String, _ entries: [(String, Access)]) {
            guard !entries.isEmpty else { return }
            page.heading(title, entries.count)
            page.add(entries)
        }
        func outsiders(_ kinds: Outsider.Kind...) -> [(String, Access)] {
            answer.outsiders.filter { kinds.contains($0.kind) }.map { ($0.title, $0.access) }
        }
        func holders(_ kind: Landscape.Principal.Kind) -> [(String, Access)] {
            answer.holders.filter { $0.principal.kind == kind }.map { ($0.principal.arn, $0.access) }
        }
        add("Any principal", outsiders(.everybody, .group))
        add("Other accounts", outsiders(.account, .principal, .other))
        add("Services", outsiders(.service))
        add("Identity providers", outsiders(.provider))
        add("Users", holders(.user))
        add("Roles", holders(.role))
        let ways = answer.indirect
        page.add(ways.filter(\.isCertain) + ways.filter { !$0.isCertain }, "By assuming one of these roles")
        if answer.holders.isEmpty, answer.outsiders.isEmpty, ways.isEmpty {
            page.space()
            page.add(answer.doubts.isEmpty ? "None." : "None found in the data that could be read.")
        }
        let isCertain =
            answer.holders.allSatisfy(\.access.isCertain) && answer.outsiders.allSatisfy(\.access.isCertain)
            && ways.allSatisfy(\.isCertain)
        guard !isCertain else { return }
        page.space()
        page.line("✓ allowed   ~ allowed with conditions", .dim)
    }
}
