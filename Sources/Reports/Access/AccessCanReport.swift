import Basics
import EffectiveAccess
import FoundationEssentials
public import IAMPolicy
public import Inventory

/// The answer to "can this principal do that to this resource?", as every format shows it.
public struct AccessCanReport: Sendable, Reportable {
    public static let verb = "access can"
    public static let formats = Format.common

    /// A statement that decided, with its text where the policy is at hand.
    public struct Reason: Sendable {
        public var source: DecidingStatement
        public var text: String?

        public init(_ source: DecidingStatement, text: String?) {
            self.source = source
            self.text = text
        }
    }

    public var principal: String
    /// As the user wrote it, where that names somebody else than the one who is asked about.
    public var askedAs: String?
    public var action: String
    public var resource: String
    /// The condition keys that the user gave.
    public var context: [String: [String]]
    /// `nil` where what the principal holds could not be read.
    public var access: Access?
    /// What becomes of the request if it brings nothing but the context given: tells where a refused one stops.
    public var decision: Decision?
    /// Of the statements in ``access``.
    public var reasons: [Reason]
    public var doubts: [Unknown]

    public init(
        principal: String, askedAs: String? = nil, action: String, resource: String, context: [String: [String]],
        access: Access?, decision: Decision?, reasons: [Reason], doubts: [Unknown]
    ) {
        self.principal = principal
        self.askedAs = askedAs
        self.action = action
        self.resource = resource
        self.context = context
        self.access = access
        self.decision = decision
        self.reasons = reasons
        self.doubts = doubts
    }

    public var outcome: AccessOutcome { access.map(AccessOutcome.init) ?? .unknown }

    /// Whether the request is refused and a statement denies it, rather than none allowing it.
    var isDeniedExplicitly: Bool { outcome == .denied && decision?.outcome == .explicitDeny }

    /// Where a refused request stops, in words.
    var stop: String? {
        guard outcome == .denied, let decision else { return nil }
        return switch decision.stage {
        case .noPermissionNeeded: nil
        case .denials: "a statement denies it, and a denial prevails over whatever allows"
        case .resourceControlPolicies(let level): "no resource control policy of \(level) allows it"
        case .serviceControlPolicies(let level): "no service control policy of \(level) allows it"
        case .vpcEndpointPolicies: "the policy of the VPC endpoint does not allow it"
        case .publicAccessBlock: "S3 Block Public Access refuses what the bucket's public policy allows"
        case .accountRoot: "the root user cannot do this"
        case .resourcePolicy: "the resource's own policy does not allow it, and must"
        case .identityPolicies: "no policy of the principal allows it"
        case .permissionsBoundary: "the permissions boundary does not allow it"
        case .sessionPolicy: "the session policy does not allow it"
        }
    }

    public var report: Report {
        let explicit = isDeniedExplicitly
        let verdict: Report.Fact =
            switch outcome {
            case .allowed: .init("Answer", "allowed")
            case .conditional: .init("Answer", .plain("allowed under a condition: \(condition ?? "")"))
            case .denied:
                .init("Answer", .plain("denied\(explicit ? " explicitly" : ""): \(stop ?? "nothing allows it")"))
            case .unknown: .init("Answer", "not determined")
            }
        let document: [String: JSON?] = [
            "principal": .string(principal), "action": .string(action), "resource": .string(resource),
            "context": context.node, "outcome": .string(outcome.rawValue), "condition": condition.map { .string($0) },
            "explicit": outcome == .denied ? .bool(explicit) : nil,
            "stage": outcome == .denied ? decision.map { .string($0.stage.description) } : nil,
        ]
        return .access(
            Self.verb, title: "Can \(principal) do \(action) on \(resource)",
            summary: [verdict, .init("Who", .code(principal))]
                + (askedAs.map { [.init("Asked as", .code($0))] } ?? [])
                + [.init("What", .code(action)), .init("Where", .code(resource))] + context.facts,
            headings: [title(.allow), title(.deny)],
            columns: [
                .init("effect", "Effect", isFilter: true), .init("policy", "Policy", .code),
                .init("statement", "Statement", .code), .init("text"),
            ],
            lists: [("statements", "statement")],
            items: reasons.map { reason in
                let source = reason.source
                return AccessItem(
                    rule: source.effect == .allow ? 0 : 1, subject: AccessLines.citation(source),
                    cells: [source.effect.rawValue, source.policy, source.statement, reason.text ?? ""],
                    details: reason.text.map { [.init("text", .code($0))] } ?? [], list: 0,
                    record: source.node(text: reason.text))
            },
            document: document.compactMapValues(\.self), doubts: doubts, consequence: Self.consequence,
            table: { text, _ in AccessCanTable(self, text: text).rendered() })
    }

    private var condition: String? { outcome == .conditional ? access.map(AccessWords.condition) : nil }

    static let consequence = "What could not be read may change the answer."

    func title(_ effect: Statement.Effect) -> String {
        switch (effect, outcome) {
        case (.allow, .denied): "What would allow it"
        case (.allow, .conditional): "What allows it, at least under its conditions"
        case (.allow, _): "What allows it"
        case (.deny, .denied): "What denies it"
        case (.deny, _): "What denies it under its conditions"
        }
    }
}

/// The answer for a person at a terminal.
public struct AccessCanTable {
    private let report: AccessCanReport
    private let text: TerminalText

    public init(_ report: AccessCanReport, text: TerminalText) {
        self.report = report
        self.text = text
    }

    /// The whole table, ending with a line feed.
    public func rendered() -> String {
        let lines = AccessLines(text: text)
        var table = verdict(lines) + [""]
        table += ["  who    \(TerminalText.escaped(report.principal))"]
        if let asked = report.askedAs {
            table += lines.wrapped("(its sessions have what the role has: you asked about \(asked))", indent: 9)
                .map { text.styled($0, .dim) }
        }
        table += [
            "  what   \(TerminalText.escaped(report.action))", "  where  \(TerminalText.escaped(report.resource))",
        ]
        for (key, values) in report.context.sorted(by: { $0.key < $1.key }) {
            table.append("  with   " + TerminalText.escaped("\(key) = \(values.joined(separator: ", "))"))
        }
        table += reasons(.allow, lines) + reasons(.deny, lines)
        table += lines.doubts(report.doubts, AccessCanReport.consequence)
        return table.joined(separator: "\n") + "\n"
    }

    private func verdict(_ lines: AccessLines) -> [String] {
        switch report.outcome {
        case .allowed: [text.styled("✓ Allowed", .green)]
        case .conditional:
            lines.wrapped("~ Allowed under a condition: \(report.access.map(AccessWords.condition) ?? "")", indent: 0)
                .map { text.styled($0, .yellow) }
        case .denied:
            lines.wrapped(
                "✗ Denied\(report.isDeniedExplicitly ? " explicitly" : ""): \(report.stop ?? "nothing allows it")",
                indent: 0
            ).map { text.styled($0, .red) }
        case .unknown: [text.styled("? Not determined", .yellow)]
        }
    }

    private func reasons(_ effect: Statement.Effect, _ lines: AccessLines) -> [String] {
        let reasons = report.reasons.filter { $0.source.effect == effect }
        guard !reasons.isEmpty else { return [] }
        return ["", text.styled(report.title(effect), .bold)]
            + reasons.flatMap { reason in
                lines.wrapped(AccessLines.citation(reason.source), indent: 2)
                    + (reason.text.map {
                        lines.wrapped(AccessLines.spaced($0), indent: 6).map { text.styled($0, .dim) }
                    } ?? [])
            }
    }
}
