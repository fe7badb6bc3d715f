import Basics
public import EffectiveAccess
import FoundationEssentials
public import IAMPolicy
public import Inventory

/// The answer to "can this principal do that to this resource?", as every format shows it.
public struct AccessCanReport: Sendable, Reportable {
    public static let verb = "access can"
    public static let formats = Format.common

    /// A deciding statement, with its text if the policy is available.
    public struct Reason: Sendable {
        public var source: DecidingStatement
        public var quotation: Quotation?

        public init(_ source: DecidingStatement, _ quotation: Quotation?) {
            self.source = source
            self.quotation = quotation
        }

        fileprivate var details: [Report.Fact] {
            guard let quotation else { return [] }
            return [.init("text", .code(quotation.text))]
                + (quotation.version.map { [.init("version", .code($0))] } ?? [])
        }

        fileprivate var record: JSON {
            .members([
                "effect": .string(source.effect.rawValue), "index": (quotation?.index).map { .int($0) },
                "policy": .string(source.policy), "sid": (quotation?.sid).map(JSON.string),
                "source": source.source.map(JSON.string), "statement": .string(source.statement),
                "text": (quotation?.text).map(JSON.string), "version": (quotation?.version).map(JSON.string),
            ])
        }
    }

    public var principal: String
    /// The session of the role that the user asked about.
    public var askedAs: String?
    public var action: String
    public var resource: String
    /// The condition keys that the user gave.
    public var context: [String: [String]]
    /// `nil` if the principal's policies could not be read.
    public var access: Access?
    /// The decision on a request with only the given context. It shows where a denied request stops.
    public var decision: Decision?
    /// The statements in ``access``, with their texts.
    public var reasons: [Reason] = []
    public var doubts: [Unknown] = []

    public init(principal: String, action: String, resource: String, context: [String: [String]]) {
        self.principal = principal
        self.action = action
        self.resource = resource
        self.context = context
    }

    /// The answer; not determined if there is any doubt, since every doubt here can change the answer.
    public var outcome: AccessOutcome { doubts.isEmpty ? access.map(AccessOutcome.init) ?? .unknown : .unknown }

    public var report: Report {
        .access(
            Self.verb, title: "Can \(principal) do \(action) on \(resource)",
            summary: [.init("Answer", .plain(answer)), .init("Who", .code(principal))]
                + (askedAs.map { [.init("Given as", .code($0))] } ?? [])
                + [.init("What", .code(action)), .init("Where", .code(resource))] + context.facts,
            headings: [title(.allow), title(.deny)],
            columns: [
                .init("effect", "Effect", isFilter: true), .init("policy", "Policy", .code),
                .init("statement", "Statement", .code), .init("text"),
            ],
            lists: ["statements": "statement"],
            items: reasons.map { reason in
                AccessItem(
                    rule: reason.source.effect == .allow ? 0 : 1, subject: reason.source.citation,
                    details: reason.details, record: reason.record)
            },
            document: [
                "principal": .string(principal), "action": .string(action), "resource": .string(resource),
                "context": context.node, "outcome": .string(outcome.rawValue),
                "condition": (access?.condition).map(JSON.string),
                "explicit": outcome == .denied ? .bool(isDeniedExplicitly) : nil,
                "stage": outcome == .denied ? decision.map { .string($0.stage.description) } : nil,
            ],
            doubts: doubts, consequence: "Data that could not be read may change the answer.",
            table: { add(to: &$0, isVerbose: $1) })
    }

    /// Whether a statement denies the request explicitly. If not, a denied request is one that no statement allows.
    private var isDeniedExplicitly: Bool { outcome == .denied && decision?.outcome == .explicitDeny }

    private var answer: String {
        switch outcome {
        case .allowed: "allowed"
        case .conditional: "allowed with conditions: \(access?.condition ?? "")"
        case .denied: "denied\(isDeniedExplicitly ? " explicitly" : ""): \(stop ?? "no policy allows it")"
        case .unknown: "not determined" + (access.map { ": \(AccessOutcome($0).asReadSoFar)" } ?? "")
        }
    }

    /// The stage at which a denied request stops, in words.
    private var stop: String? {
        guard outcome == .denied, let decision else { return nil }
        return switch decision.stage {
        case .noPermissionNeeded: nil
        case .denials: "explicit deny (overrides any allow)"
        case .resourceControlPolicies(let level): "no resource control policy of \(level) allows it"
        case .serviceControlPolicies(let level): "no service control policy of \(level) allows it"
        case .vpcEndpointPolicies: "the policy of the VPC endpoint does not allow it"
        case .publicAccessBlock: "S3 Block Public Access overrides the public bucket policy"
        case .accountRoot: "the root user does not have this permission"
        case .resourcePolicy: "the policy of the resource does not allow it, which is required"
        case .identityPolicies: "no policy of the principal allows it"
        case .permissionsBoundary: "the permissions boundary does not allow it"
        case .sessionPolicy: "the session policy does not allow it"
        }
    }

    /// The number of characters that a table shows of a statement, about eight lines of a terminal. `ReadOnlyAccess`
    /// has 30,000.
    private static let longestStatement = 600

    private func title(_ effect: Statement.Effect) -> String {
        switch (effect, outcome) {
        case (.allow, .denied): "Required to allow it"
        case (.allow, _) where access?.condition != nil: "Allowing statements, at least under their conditions"
        case (.allow, _): "Allowing statements"
        case (.deny, .denied): "Denying statements"
        case (.deny, _): "Denying statements, under their conditions"
        }
    }

    private func add(to page: inout TerminalPage, isVerbose: Bool) {
        let (mark, style): (String, TerminalText.Style) =
            switch outcome {
            case .allowed: ("✓", .green)
            case .conditional: ("~", .yellow)
            case .denied: ("✗", .red)
            case .unknown: ("?", .yellow)
            }
        page.add("\(mark) \(answer.prefix(1).uppercased())\(answer.dropFirst())", style)
        page.space()
        page.line("  who    \(principal)")
        page.add(askedAs: askedAs, indent: 9)
        page.line("  what   \(action)")
        page.line("  where  \(resource)")
        for equation in context.equations { page.line("  with   \(equation)") }
        for effect in [Statement.Effect.allow, .deny] {
            let reasons = reasons.filter { $0.source.effect == effect }
            if !reasons.isEmpty { page.heading(title(effect)) }
            for reason in reasons {
                let version = reason.quotation?.version.map { ", version \($0)" } ?? ""
                page.add(reason.source.citation + version, indent: 2)
                guard let text = (reason.quotation?.text).map(JSONText.spaced) else { continue }
                let isCut = !isVerbose && text.count > Self.longestStatement
                page.add(isCut ? String(text.prefix(Self.longestStatement)) + " …" : text, indent: 6, .dim)
                if isCut { page.add("(cut: --verbose or --format json shows all)", indent: 6, .dim) }
            }
        }
    }
}
