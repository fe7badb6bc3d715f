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
    /// The session of the role that the user asked about.
    public var askedAs: String?
    /// `nil` if the principal's policies could not be read.
    public var answer: WhatCan?
    /// The reason why there is no answer.
    public var doubt: Unknown?

    public init(principal: String) {
        self.principal = principal
    }

    public var doubts: [Unknown] { (answer?.doubts ?? []) + (doubt.map { [$0] } ?? []) }

    public var report: Report {
        let permissions = (answer?.permissions ?? []).map { permission in
            AccessItem(
                rule: permission.access.isRuledOut ? 1 : 0, subject: permission.title,
                message: permission.access.condition ?? "",
                details: [permission.source.fact] + permission.denials.map { .init("denied", .plain($0.words)) },
                cells: ["kind": "permission"],
                record: .members([
                    "actions": .string(permission.actions), "resources": .string(permission.resources),
                    "source": permission.source.node, "access": permission.access.node,
                    "denials": permission.denials.isEmpty ? nil : .array(permission.denials.map(\.node)),
                ]))
        }
        let roles = (answer?.roles ?? []).map {
            $0.item(rule: 2, list: 1, "resources", ["kind": "role", "actions": "sts:AssumeRole"])
        }
        return .access(
            Self.verb, title: "Permissions of \(principal)",
            summary: askedAs.map { [.init("Given as", .code($0))] } ?? [],
            headings: ["Permissions", Self.closed, Self.roles],
            columns: [
                .init("kind", "Kind", isFilter: true),
                .init("outcome", "Access", isFilter: true, from: "access.outcome", "outcome"),
                .init("actions", "Actions", .code), .init("resources", "Resources", .code),
                .init("condition", from: "access.condition", "condition"),
                .init("policy", "Policy", .code, isFilter: true, from: "source.policy"),
                .init("statement", from: "source.statement"),
            ],
            lists: ["permissions": "permission", "roles": "role"], items: permissions + roles,
            document: ["principal": .string(principal)], doubts: doubts,
            consequence: answer == nil ? "Not determined." : "Data that could not be read may limit this.",
            table: { add(to: &$0, limit: $1 ? nil : 8) })
    }

    private static let closed = "Granted, but denied or limited"
    private static let roles = "Assumable roles"

    /// Adds the permissions, statement by statement.
    /// - Parameter limit: how many resources of one statement are shown before the rest is only counted; `nil` for all.
    private func add(to page: inout TerminalPage, limit: Int?) {
        page.add("Permissions of \(principal)", .bold)
        page.add(askedAs: askedAs, indent: 0)
        guard let answer else { return }
        let groups = Group.all(of: answer.permissions.filter { !$0.access.isRuledOut })
        for group in groups {
            page.space()
            page.add(group.first.access, group.shortened(limit), indent: 2)
            page.add("on \(Group.listed(group.resources, limit))", indent: 4)
            if let condition = group.first.access.condition { page.add(condition, indent: 4, .yellow) }
            page.add("by \(group.first.source.citation)", indent: 4, .dim)
            let denials = group.first.denials
            for denial in denials.prefix(limit ?? .max) { page.add("except \(denial.words)", indent: 4) }
            if let limit, denials.count > limit { page.add("and \(denials.count - limit) more denials", indent: 4) }
        }
        if groups.isEmpty {
            page.space()
            page.line("None: no identity policy grants permissions within its limits.")
        }
        let closed = answer.permissions.filter(\.access.isRuledOut)
        if !closed.isEmpty { page.heading(Self.closed, closed.count) }
        for permission in closed {
            page.add("✗ \(permission.title)", indent: 2)
            page.add("by \(permission.source.citation)", indent: 6, .dim)
        }
        page.add(answer.roles, Self.roles)
    }
}

extension WhatCan.Permission {
    fileprivate var title: String { "\(actions) on \(resources)" }
}

extension WhatCan.Denial {
    /// `s3:Delete* on *, denied by user/ada: inline policy guard, statement [0], under conditions`
    fileprivate var words: String {
        "\(actions) on \(resources), denied by \(source.citation)\(isConditional ? ", with conditions" : "")"
    }

    fileprivate var node: JSON {
        [
            "actions": .string(actions), "resources": .string(resources), "conditional": .bool(isConditional),
            "source": source.node,
        ]
    }
}

/// The permissions of one statement with the same access: each of the actions on each of the resources.
private struct Group {
    var first: WhatCan.Permission
    var actions: [String]
    var resources: [String]

    static func all(of permissions: [WhatCan.Permission]) -> [Group] {
        let single = permissions.map { Group(first: $0, actions: [$0.actions], resources: [$0.resources]) }
        return merged(merged(single, \.actions, sharing: \.resources), \.resources, sharing: \.actions)
    }

    /// - Parameters:
    ///   - part: the part that is merged.
    ///   - other: the part that must be equal in merged groups.
    private static func merged(
        _ groups: [Group], _ part: WritableKeyPath<Group, [String]>, sharing other: KeyPath<Group, [String]>
    ) -> [Group] {
        groups.reduce(into: []) { merged, group in
            let index = merged.lastIndex { before in
                before.first.source == group.first.source && before[keyPath: other] == group[keyPath: other]
                    && before.first.access.requirement == group.first.access.requirement
                    && before.first.denials == group.first.denials
            }
            if let index { merged[index][keyPath: part] += group[keyPath: part] } else { merged.append(group) }
        }
    }

    /// The actions or, if there are more than a person reads, the number of actions of each service.
    func shortened(_ limit: Int?) -> String {
        guard let limit, actions.count > limit * 2 else { return actions.joined(separator: ", ") }
        let services = Dictionary(grouping: actions) { String($0.prefix { $0 != ":" }) }
        let counts = services.sorted { $0.key < $1.key }.map { service, actions in
            actions.count == 1 ? actions[0] : "\(actions.count) actions of \(service)"
        }
        return Self.listed(counts, limit * 4)
    }

    static func listed(_ texts: [String], _ limit: Int?) -> String {
        guard let limit, texts.count > limit else { return texts.joined(separator: ", ") }
        return texts.prefix(limit).joined(separator: ", ")
            + ", … and \(texts.count - limit) more (--verbose or --format json shows all)"
    }
}
