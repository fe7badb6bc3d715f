import Basics
import IAMPolicy
import Inventory

/// A request that stands for all requests that a statement names. In place of a wildcard it has a text that only a
/// wildcard matches. A principal that is allowed to make this request is allowed to make all of them, as far as
/// patterns show.
///
/// It errs in two cases: if several narrower patterns together match as much as a wide one, and if a denial of a
/// particular action or resource narrows a wide permission.
struct SampleRequest: Hashable {
    var action: String
    var resource: String
}

/// The grant of one action on one resource by a statement of an identity policy, before any other policy is evaluated.
struct Grant {
    /// The actions and resources as written; `all but …` for a `NotAction` or `NotResource`.
    var actions: String
    var resources: String
    var sample: SampleRequest
    var source: DecidingStatement
    /// The grant as elements of a statement.
    var elements: (actions: Actions, resources: Resources)
}

extension Landscape {
    static let anything = "parapetAnything"

    /// The grants of all policies that the principal holds, each once.
    func grants(of number: Int) -> [Grant] {
        population.members[number].policies.flatMap { grants(in: policies[$0], to: number) }
    }

    func grants(in policy: NamedPolicy, to number: Int) -> [Grant] { elements(of: policy, .allow, number) }

    /// What the policy denies the principal, each action on each resource.
    func denials(in policy: NamedPolicy, of number: Int) -> [Grant] { elements(of: policy, .deny, number) }

    private func elements(of policy: NamedPolicy, _ effect: Statement.Effect, _ number: Int) -> [Grant] {
        policy.policy.statements.enumerated().flatMap { index, statement -> [Grant] in
            guard statement.effect == effect, let resources = statement.resources else { return [] }
            let label = statement.sid ?? ""
            let source = DecidingStatement(
                policy: policy.name, statement: label.isEmpty ? "[\(index)]" : label, effect: effect)
            let named = statement.completedResources ?? resources
            return Self.samples(of: statement.actions).flatMap { action in
                samples(of: resources, to: number).map { resource in
                    Grant(
                        actions: action.text, resources: resource.text,
                        sample: SampleRequest(action: action.sample, resource: resource.sample), source: source,
                        elements: (
                            statement.actions.isNamed ? .only([ActionPattern(action.text)]) : statement.actions,
                            resources.isNamed && named == resources ? .only([ResourcePattern(resource.text)]) : named
                        ))
                }
            }
        }
    }

    private static func samples(of actions: Actions) -> [(text: String, sample: String)] {
        switch actions {
        case .only(let patterns):
            patterns.map { pattern in
                let sample = pattern.text.filled(with: anything)
                return (pattern.text, sample.contains(":") ? sample : "\(sample):\(sample)")
            }
        case .allExcept(let patterns):
            [("all but \(patterns.map(\.text).joined(separator: ", "))", "\(anything):\(anything)")]
        }
    }

    private func samples(of resources: Resources, to number: Int) -> [(text: String, sample: String)] {
        switch resources {
        case .only(let patterns): patterns.map { ($0.text, sample(of: $0.text, to: number)) }
        case .allExcept(let patterns):
            [("all but \(patterns.map(\.text).joined(separator: ", "))", sample(of: "*", to: number))]
        }
    }

    /// A resource that the pattern matches, in the principal's own account if the pattern does not name an account.
    func sample(of pattern: String, to number: Int) -> String {
        let account = principals[number].accountID
        guard ResourcePattern(pattern).matchesEverything else {
            let name = pattern.replacingOwnName(of: principals[number]).filled(with: Self.anything)
            return name + String(repeating: ":\(Self.anything)", count: 6 - Basics.ARN.segments(of: name).count)
        }
        return "arn:\(partition):\(Self.anything):\(Self.anything):\(account):\(Self.anything)"
    }

    var partition: String { accounts.first?.partition ?? "aws" }

    /// The resource of a sample request. It has no policy of its own, except that a KMS key delegates access to its
    /// account.
    func sampleResource(_ arn: String, of account: String) -> GuardedResource {
        guard let name = ARN(arn), name.service == "kms" else { return GuardedResource(arn, ownedBy: account) }
        let delegation = Statement(
            effect: .allow, principals: .only([.account(account)]), actions: .only(["kms:*"]), resources: .only(["*"]))
        return GuardedResource(
            arn, ownedBy: account, policy: NamedPolicy("key policy", Policy(statements: [delegation])))
    }
}

extension Actions {
    fileprivate var isNamed: Bool { if case .only = self { true } else { false } }
}

extension Resources {
    fileprivate var isNamed: Bool { if case .only = self { true } else { false } }
}

extension String {
    /// The pattern with a text in place of each of its wildcards and variables.
    func filled(with text: String) -> String {
        var result = ""
        var rest = self[...]
        while let next = rest.first {
            if rest.hasPrefix("${"), let end = rest.firstIndex(of: "}") {
                result += text
                rest = rest[rest.index(after: end)...]
                continue
            }
            result += next == "*" || next == "?" ? text : String(next)
            rest.removeFirst()
        }
        return result
    }

    fileprivate func replacingOwnName(of principal: Landscape.Principal) -> String {
        guard principal.kind == .user else { return self }
        return split(separator: "${aws:username}", omittingEmptySubsequences: false).joined(separator: principal.name)
    }
}
