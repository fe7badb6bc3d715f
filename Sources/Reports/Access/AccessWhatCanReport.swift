import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
public import Inventory

/// The answer to "what can this principal do?", as every format shows it.
public struct AccessWhatCanReport: Sendable, Reportable {
    public static let verb = "access what-can"
    public static let formats = Format.common

    public var principal: String
    /// As the user wrote it, where that names somebody else than the one who is asked about.
    public var askedAs: String?
    /// `nil` where what the principal holds could not be read.
    public var answer: WhatCan?
    /// Why there is no answer.
    public var doubt: Unknown?

    public init(principal: String) {
        self.principal = principal
    }

    public var doubts: [Unknown] { (answer?.doubts ?? []) + (doubt.map { [$0] } ?? []) }

    var consequence: String { answer == nil ? "Nothing can be said." : "What could not be read may limit this." }

    public var report: Report {
        let permissions = (answer?.permissions ?? []).map { permission in
            let (access, source) = (permission.access, permission.source)
            return AccessItem(
                rule: access.isRuledOut ? 1 : 0, subject: "\(permission.actions) on \(permission.resources)",
                message: access.condition ?? "",
                cells: [
                    "permission", access.outcome, permission.actions, permission.resources, access.condition ?? "",
                    source.policy, source.statement,
                ],
                details: [.init("by", .code(AccessLines.citation(source)))], list: 0,
                record: [
                    "actions": .string(permission.actions), "resources": .string(permission.resources),
                    "source": source.node(), "access": access.node,
                ])
        }
        let roles = (answer?.roles ?? []).map { way in
            AccessItem(
                rule: 2, subject: way.way, message: way.condition ?? "",
                cells: ["role", way.outcome.rawValue, "sts:AssumeRole", way.way, way.condition ?? "", "", ""], list: 1,
                record: way.record)
        }
        return .access(
            Self.verb, title: "What \(principal) can do",
            summary: askedAs.map { [.init("Asked as", .code($0))] } ?? [],
            headings: ["Permissions", "Granted, but closed by a denial or a limit", "Roles that it can become"],
            columns: [
                .init("kind", "Kind", isFilter: true), .init("outcome", "Access", isFilter: true),
                .init("actions", "Actions", .code), .init("resources", "Resources", .code), .init("condition"),
                .init("policy", "Policy", .code, isFilter: true), .init("statement"),
            ],
            lists: [("permissions", "permission"), ("roles", "role")], items: permissions + roles,
            document: ["principal": .string(principal)], doubts: doubts, consequence: consequence,
            table: { AccessWhatCanTable(self, text: $0, limit: $1 ? nil : 8).rendered() })
    }
}

/// The answer for a person at a terminal: statement by statement.
public struct AccessWhatCanTable {
    private let report: AccessWhatCanReport
    private let text: TerminalText
    private let lines: AccessLines
    /// How many resources of one statement are shown before the rest is only counted; `nil` for all.
    private let limit: Int?

    public init(_ report: AccessWhatCanReport, text: TerminalText, limit: Int? = 8) {
        self.report = report
        self.limit = limit
        self.text = text
        lines = AccessLines(text: text)
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        var table = lines.wrapped("What \(report.principal) can do", indent: 0).map { text.styled($0, .bold) }
        if let asked = report.askedAs {
            table += lines.wrapped("(its sessions have what the role has: you asked about \(asked))", indent: 0)
                .map { text.styled($0, .dim) }
        }
        if let answer = report.answer { table += permissions(answer) + roles(answer) }
        table += lines.doubts(report.doubts, report.consequence)
        return table.joined(separator: "\n") + "\n"
    }

    private func permissions(_ answer: WhatCan) -> [String] {
        let effective = answer.permissions.filter { !$0.access.isRuledOut }
        let ruledOut = answer.permissions.filter(\.access.isRuledOut)
        var table = Self.grouped(effective).flatMap(permissions)
        if effective.isEmpty { table += ["", "Nothing: no policy of it grants anything that its limits let through."] }
        guard !ruledOut.isEmpty else { return table }
        table += lines.heading("Granted, but closed by a denial or a limit", ruledOut.count)
        return table
            + ruledOut.flatMap { permission in
                lines.wrapped("✗ \(permission.actions) on \(permission.resources)", indent: 2)
                    + lines.wrapped("by \(AccessLines.citation(permission.source))", indent: 6)
                    .map { text.styled($0, .dim) }
            }
    }

    private func roles(_ answer: WhatCan) -> [String] {
        guard !answer.roles.isEmpty else { return [] }
        return lines.heading("Roles that it can become", answer.roles.count) + answer.roles.flatMap(lines.chain)
    }

    /// The permissions of one statement that share their fate: each of the actions on each of the resources.
    private struct Group {
        var first: WhatCan.Permission
        var actions: [String]
        var resources: [String]
    }

    private static func grouped(_ permissions: [WhatCan.Permission]) -> [Group] {
        var groups: [Group] = []
        for permission in permissions {
            let index = groups.lastIndex { group in
                group.first.source == permission.source && group.resources == [permission.resources]
                    && group.first.access.requirement == permission.access.requirement
            }
            if let index {
                groups[index].actions.append(permission.actions)
            } else {
                groups.append(
                    Group(first: permission, actions: [permission.actions], resources: [permission.resources]))
            }
        }
        return groups.reduce(into: []) { merged, group in
            let index = merged.lastIndex { other in
                other.first.source == group.first.source && other.actions == group.actions
                    && other.first.access.requirement == group.first.access.requirement
            }
            if let index { merged[index].resources += group.resources } else { merged.append(group) }
        }
    }

    private func permissions(_ group: Group) -> [String] {
        var table = [""]
        var actions = lines.wrapped(shortened(group.actions), indent: 2)
        actions[0] = "\(lines.mark(group.first.access)) " + actions[0].dropFirst(2)
        table += actions
        table += lines.wrapped("on \(listed(group.resources))", indent: 4)
        if !group.first.access.isCertain {
            table += lines.wrapped(AccessWords.condition(of: group.first.access), indent: 4)
                .map { text.styled($0, .yellow) }
        }
        return table
            + lines.wrapped("by \(AccessLines.citation(group.first.source))", indent: 4).map { text.styled($0, .dim) }
    }

    /// The actions or, where there are more than a person reads, how many there are of each service.
    private func shortened(_ actions: [String]) -> String {
        guard let limit, actions.count > limit * 2 else { return actions.joined(separator: ", ") }
        let services = Dictionary(grouping: actions) { String($0.prefix { $0 != ":" }) }
        let counts = services.sorted { $0.key < $1.key }.map { service, actions in
            actions.count == 1 ? actions[0] : "\(actions.count) actions of \(service)"
        }
        return listed(counts, limit: limit * 4)
    }

    private func listed(_ texts: [String], limit places: Int? = nil) -> String {
        guard let limit = limit.map({ places ?? $0 }), texts.count > limit else { return texts.joined(separator: ", ") }
        return texts.prefix(limit).joined(separator: ", ")
            + ", … and \(texts.count - limit) more (--verbose or --format json shows all)"
    }
}
