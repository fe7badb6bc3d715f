public import EffectiveAccess
public import FoundationEssentials
import IAMPolicy
import Inventory

/// Who can make itself more powerful, as every format shows it.
public struct AccessEscalationsReport: Sendable {
    public var escalations: Escalations

    public init(_ escalations: Escalations) {
        self.escalations = escalations
    }

    /// One document of schema `parapet.access.escalations/1`, with a line feed at its end.
    public func json() throws -> Data {
        try RecordWriter.document(
            Document(
                determined: escalations.doubts.isEmpty, examined: escalations.examined,
                paths: escalations.paths.map(PathRecord.init), doubts: escalations.doubts.map(DoubtRecord.init)))
    }

    private struct Document: Encodable {
        var schema = "parapet.access.escalations/1"
        var determined: Bool
        var examined: Int
        var paths: [PathRecord]
        var doubts: [DoubtRecord]
    }
}

private struct PathRecord: Encodable {
    var principal: String
    var outcome: String
    var administration: Bool
    var gains: [String]
    var steps: [Step]
    /// The statements of which one must go for this way to be closed.
    var breakers: [StatementRecord]

    struct Step: Encodable {
        var method: String
        var actor: String
        var target: String
        var calls: [Call]
    }

    struct Call: Encodable {
        var action: String
        var resource: String
        var access: AccessRecord
    }

    init(_ path: EscalationPath) {
        principal = path.principal.arn
        outcome = (path.isCertain ? AccessOutcome.allowed : .conditional).rawValue
        administration = path.gain.isAdministration
        gains = path.gain.examples
        steps = path.steps.map { step in
            Step(
                method: step.method, actor: step.actor, target: step.target,
                calls: step.calls.map { call in
                    Call(action: call.action, resource: call.resource, access: AccessRecord(call.access))
                })
        }
        breakers = path.breakers.map { StatementRecord($0) }
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
        table += lines.doubts(
            escalations.doubts, "There may be ways that are not seen here, or some here that are closed.")
        return table.joined(separator: "\n") + "\n"
    }

    private func path(_ path: EscalationPath) -> [String] {
        let mark = path.isCertain ? text.styled("✗", .red) : text.styled("~", .yellow)
        var table = ["", "\(mark) " + text.styled(TerminalText.escaped(path.principal.arn), .bold)]
        for (index, step) in path.steps.enumerated() { table += self.step(step, index + 1, of: path) }
        let gain =
            path.gain.isAdministration
            ? "can do everything then" : "can then: " + path.gain.examples.joined(separator: "; ")
        table += lines.wrapped("→ \(gain)", indent: 4).map { text.styled($0, .red) }
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
