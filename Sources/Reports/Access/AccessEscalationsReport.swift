import Basics
public import EffectiveAccess
import FoundationEssentials
import IAMPolicy
import Inventory

/// The privilege escalation paths of an account, as every format shows them.
public struct AccessEscalationsReport: Sendable, Reportable {
    public static let verb = "access escalations"
    public static let formats = Format.common

    public var escalations: Escalations

    public init(_ escalations: Escalations) {
        self.escalations = escalations
    }

    public var report: Report {
        .access(
            Self.verb, title: "Privilege escalation paths",
            summary: [
                .init("Examined", .plain("\(escalations.examined) principals")),
                .init("Found", .plain("\(escalations.paths.count) with a privilege escalation path")),
            ],
            headings: ["Ways"],
            columns: [
                .init("principal", "Principal", .code), .init("outcome", "Access", isFilter: true),
                .init("administration", "Administrator", isFilter: true) { $0.boolean == true ? "yes" : "no" },
                .init("steps") { steps in
                    (steps.elements ?? []).map { "\($0["method"]?.text ?? "") \($0["target"]?.text ?? "")" }
                        .joined(separator: " → ")
                },
                .texts("gains", separator: "; "), .citations("breakers", from: "breakers"),
            ],
            lists: ["paths": "path"], items: escalations.paths.map(\.item),
            document: ["examined": .int(escalations.examined)], doubts: escalations.doubts,
            consequence: "Paths may be missing from this list, or be closed.",
            table: { page, _ in add(to: &page) })
    }

    /// Adds each path: the principal, the steps, the gain, and how to close the path.
    private func add(to page: inout TerminalPage) {
        let count = escalations.paths.count
        let (finding, style): (String, TerminalText.Style) =
            switch count {
            case 0 where escalations.doubts.isEmpty: ("No privilege escalation path found", .green)
            case 0: ("Not determined: no privilege escalation path found in the data that could be read", .yellow)
            case 1: ("1 principal can escalate its privileges", .red)
            default: ("\(count) principals can escalate their privileges", .red)
            }
        page.line(styled: page.text.styled(finding, style) + " · \(escalations.examined) examined")
        for path in escalations.paths {
            let mark = path.isCertain ? page.text.styled("✗", .red) : page.text.styled("~", .yellow)
            page.space()
            page.line(styled: "\(mark) " + page.text.styled(TerminalText.escaped(path.principal.arn), .bold))
            for (index, step) in path.steps.enumerated() {
                page.add("\(index + 1). \(path.words(step))", indent: 4)
                page.add(step.calls.map(\.action).joined(separator: ", "), indent: 7, .dim)
                for call in step.calls where !call.access.isCertain {
                    page.add("\(call.action): \(AccessWords.condition(of: call.access))", indent: 7, .yellow)
                }
            }
            page.add("→ \(path.gains)", indent: 4, .red)
            if !path.breakers.isEmpty { page.line("    remediation: remove one of") }
            for breaker in path.breakers { page.add(breaker.citation, indent: 6, .cyan) }
        }
    }
}

extension EscalationPath {
    fileprivate var gains: String {
        gain.isAdministration ? "gains administrator access" : "gains: " + gain.examples.joined(separator: "; ")
    }

    fileprivate var item: AccessItem {
        let outcome: AccessOutcome = isCertain ? .allowed : .conditional
        let details = steps.flatMap { step -> [Report.Fact] in
            let calls = step.calls.map { call -> Report.Fact in
                let condition = call.access.condition.map { " (\($0))" } ?? ""
                return .init(call.action, .code(call.resource + condition))
            }
            return [.init("step", .plain(words(step)))] + calls
        }
        return AccessItem(
            rule: 0, subject: principal.arn, message: gains,
            details: details + breakers.map { .init("remediation: remove one of", .code($0.citation)) },
            record: [
                "principal": .string(principal.arn), "outcome": .string(outcome.rawValue),
                "administration": .bool(gain.isAdministration), "gains": .texts(gain.examples),
                "steps": .array(steps.map(\.node)), "breakers": .array(breakers.map(\.node)),
            ])
    }

    /// The action of a step, its target, and the actor if it is not the principal itself.
    fileprivate func words(_ step: EscalationStep) -> String {
        (step.actor == principal.arn ? "" : "as \(step.actor): ") + step.words
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

    fileprivate var words: String {
        if method.hasPrefix("pass-role-to-") {
            let workload = method.dropFirst("pass-role-to-".count).split(separator: "-").joined(separator: " ")
            return "passes the role to a new workload (\(workload)): \(target)"
        }
        let phrase = Self.phrases[method] ?? method.split(separator: "-").joined(separator: " ")
        return "\(phrase): \(target)"
    }

    private static let phrases: [String: String] = [
        "create-policy-version": "creates a new version of the policy",
        "set-default-policy-version": "sets another default policy version",
        "attach-user-policy": "attaches a policy to the user", "attach-role-policy": "attaches a policy to the role",
        "attach-group-policy": "attaches a policy to the group", "put-user-policy": "embeds a policy in the user",
        "put-role-policy": "embeds a policy in the role", "put-group-policy": "embeds a policy in the group",
        "add-user-to-group": "joins the group", "assume-role": "assumes the role",
        "update-trust-policy": "changes the role's trust policy", "code-of-function": "changes the code of a function",
        "create-access-key": "creates an access key for the user",
        "create-login-profile": "creates a console password for the user",
        "update-login-profile": "resets the console password of the user",
        "create-role": "creates a role with the desired permissions and assumes it",
        "create-user": "creates a user with the desired permissions and its credentials",
        "create-group": "creates a group with the desired permissions and joins it",
        "update-saml-provider": "controls the identity provider",
        "replace-saml-provider": "replaces the trusted identity provider",
    ]
}
