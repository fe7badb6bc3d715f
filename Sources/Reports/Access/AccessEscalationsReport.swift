import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// Who can make itself more powerful, as every format shows it.
public struct AccessEscalationsReport: Sendable, Reportable {
    public static let verb = "access escalations"
    public static let formats = Format.common

    public var escalations: Escalations

    public init(_ escalations: Escalations) {
        self.escalations = escalations
    }

    static let consequence = "There may be ways that are not seen here, or some here that are closed."

    public var report: Report {
        .access(
            Self.verb, title: "Principals that can make themselves more powerful",
            summary: [
                .init("Examined", .plain("\(escalations.examined) principals")),
                .init("Found", .plain("\(escalations.paths.count) that can make themselves more powerful")),
            ],
            headings: ["Ways"],
            columns: [
                .init("principal", "Principal", .code), .init("outcome", "Access", isFilter: true),
                .init("administration", "Administrator", isFilter: true), .init("steps"), .init("gains"),
                .init("breakers"),
            ],
            lists: [("paths", "path")], items: escalations.paths.map(\.item),
            document: ["examined": .int(escalations.examined)], doubts: escalations.doubts,
            consequence: Self.consequence,
            table: { text, _ in AccessEscalationsTable(self, text: text).rendered() })
    }
}

extension EscalationPath {
    var gains: String {
        gain.isAdministration ? "can do everything then" : "can then: " + gain.examples.joined(separator: "; ")
    }

    fileprivate var item: AccessItem {
        let outcome = (isCertain ? AccessOutcome.allowed : .conditional).rawValue
        let citations = breakers.map(AccessLines.citation)
        let methods = steps.map { "\($0.method) \($0.target)" }
        return AccessItem(
            rule: 0, subject: principal.arn, message: gains,
            cells: [
                principal.arn, outcome, gain.isAdministration ? "yes" : "no", methods.joined(separator: " → "),
                gain.examples.joined(separator: "; "), citations.joined(separator: "; "),
            ],
            details: steps.flatMap(facts) + citations.map { .init("closed by removing", .code($0)) }, list: 0,
            record: [
                "principal": .string(principal.arn), "outcome": .string(outcome),
                "administration": .bool(gain.isAdministration), "gains": .texts(gain.examples),
                "steps": .array(steps.map(\.node)), "breakers": .array(breakers.map { $0.node() }),
            ])
    }

    private func facts(_ step: EscalationStep) -> [Report.Fact] {
        let actor = step.actor == principal.arn ? "" : "as \(step.actor): "
        return [.init("step", .plain(actor + step.words))]
            + step.calls.map { call in
                .init(call.action, .code(call.resource + (call.access.condition.map { " (\($0))" } ?? "")))
            }
    }
}

/// The ways for a person at a terminal: who, how, what for, and what would close the way.
public struct AccessEscalationsTable {
    private let escalations: Escalations
    private let text: TerminalText
    private let lines: AccessLines

    public init(_ report: AccessEscalationsReport, text: TerminalText) {
        escalations = report.escalations
        self.text = text
        lines = AccessLines(text: text)
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        let count = escalations.paths.count
        let who =
            switch count {
            case 0: "Nobody can make itself"
            case 1: "1 principal can make itself"
            default: "\(count) principals can make themselves"
            }
        var table = [
            text.styled("\(who) more powerful", count > 0 ? .red : .green) + " · \(escalations.examined) examined"
        ]
        for path in escalations.paths { table += self.path(path) }
        table += lines.doubts(escalations.doubts, AccessEscalationsReport.consequence)
        return table.joined(separator: "\n") + "\n"
    }

    private func path(_ path: EscalationPath) -> [String] {
        let mark = path.isCertain ? text.styled("✗", .red) : text.styled("~", .yellow)
        var table = ["", "\(mark) " + text.styled(TerminalText.escaped(path.principal.arn), .bold)]
        for (index, step) in path.steps.enumerated() { table += self.step(step, index + 1, of: path) }
        table += lines.wrapped("→ \(path.gains)", indent: 4).map { text.styled($0, .red) }
        if !path.breakers.isEmpty {
            table.append("    closed by removing one of")
            table += path.breakers.flatMap { lines.wrapped(AccessLines.citation($0), indent: 6) }
                .map { text.styled($0, .cyan) }
        }
        return table
    }

    private func step(_ step: EscalationStep, _ number: Int, of path: EscalationPath) -> [String] {
        let actor = step.actor == path.principal.arn ? "" : "as \(step.actor): "
        var table = lines.wrapped("\(number). \(actor)\(step.words)", indent: 4)
        table += lines.wrapped(step.calls.map(\.action).joined(separator: ", "), indent: 7).map {
            text.styled($0, .dim)
        }
        for call in step.calls where !call.access.isCertain {
            table += lines.wrapped("\(call.action): \(AccessWords.condition(of: call.access))", indent: 7)
                .map { text.styled($0, .yellow) }
        }
        return table
    }
}

extension EscalationStep {
    fileprivate var node: JSON {
        [
            "method": .string(method), "actor": .string(actor), "target": .string(target),
            "calls": .array(
                calls.map { call in
                    ["action": .string(call.action), "resource": .string(call.resource), "access": call.access.node]
                }),
        ]
    }

    /// What is done, and to what.
    fileprivate var words: String {
        if method.hasPrefix("pass-role-to-") {
            let workload = method.dropFirst("pass-role-to-".count).split(separator: "-").joined(separator: " ")
            return "passes the role to a workload of its own (\(workload)): \(target)"
        }
        let phrase = Self.phrases[method] ?? method.split(separator: "-").joined(separator: " ")
        return "\(phrase): \(target)"
    }

    private static let phrases: [String: String] = [
        "create-policy-version": "writes a new version of the policy",
        "set-default-policy-version": "puts another version of the policy in force",
        "attach-user-policy": "attaches a policy to the user", "attach-role-policy": "attaches a policy to the role",
        "attach-group-policy": "attaches a policy to the group", "put-user-policy": "writes a policy into the user",
        "put-role-policy": "writes a policy into the role", "put-group-policy": "writes a policy into the group",
        "add-user-to-group": "joins the group", "assume-role": "becomes the role",
        "update-trust-policy": "has the role trust whom it wants", "code-of-function": "changes a function's code",
        "create-access-key": "makes an access key for the user",
        "create-login-profile": "makes a password for the user",
        "update-login-profile": "changes the password of the user",
    ]
}
