import AWSClient
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// Actions on one resource that amount to the same power, with who is meant to have it.
struct AccessGroup: Sendable {
    /// As in `may read`: `read log files`.
    var power: String
    /// The list in the settings.
    var list: String
    var actions: [String]
    var expected: @Sendable (TrailAccess) -> [String]
}

/// Who has a power over a resource, against who is meant to have it.
struct AccessReview {
    private let group: AccessGroup
    private let landscape: Landscape
    private let answers: [WhoCan]
    private let criteria: Criteria
    private let account: Account

    init(
        of group: AccessGroup, on resource: (String) -> String, in landscape: Landscape, _ account: Account,
        _ criteria: Criteria
    ) {
        self.group = group
        self.landscape = landscape
        self.account = account
        self.criteria = criteria
        answers = group.actions.map { landscape.whoCan($0, resource($0), following: false) }
    }

    var doubt: Unknown? { answers.lazy.flatMap(\.doubts).first }

    /// What fails whatever anybody expects, and what fails against the list.
    var problem: String? {
        if let everybody = outsiders.first(where: { $0.kind == .everybody && $0.access.isCertain }) {
            return says("everybody")
        }
        if let stranger = strangers.first { return says(stranger.title) }
        if isForEveryUser { return says("every user of the account") }
        guard let surplus = surplus?.first else { return nil }
        let others = (self.surplus?.count ?? 1) - 1
        return says(surplus.name) + (others > 0 ? ", and \(others) more" : "")
    }

    /// Whether nobody has said who is meant to have the power.
    var needsPerson: Bool { criteria.settings.trailAccess == nil }

    private func says(_ who: String) -> String { "\(who.shortened) may \(group.power)" }

    // MARK: - Who

    private var outsiders: [Outsider] { answers.flatMap(\.outsiders) }

    private var expected: [WildcardPattern] {
        (criteria.settings.trailAccess.map(group.expected) ?? []).map { WildcardPattern($0) }
    }

    private func isExpected(_ name: String) -> Bool { expected.contains { $0.matches(name) } }

    /// Those of other accounts, with everybody of one, who are neither trusted nor listed.
    private var strangers: [Outsider] {
        let own = criteria.settings.trustedAccounts + [account.id]
        return outsiders.filter { outsider in
            switch outsider.kind {
            case .service: false
            case .everybody: !outsider.isLimited(to: own)
            case .account, .principal, .provider, .other:
                !isExpected(outsider.name) && !(outsider.accountID.map(own.contains) ?? false)
            }
        }
    }

    private struct Named {
        var name: String
        var access: Access
    }

    /// The users and roles of the account, each once.
    private var holders: [Named] {
        var seen: Set<String> = []
        return answers.flatMap(\.holders).filter { seen.insert($0.principal.arn).inserted }.map {
            Named(name: $0.principal.arn, access: $0.access)
        }.sorted { $0.name < $1.name }
    }

    /// Whether all users of the account, of whom there are several, have the power.
    private var isForEveryUser: Bool {
        let users = landscape.principals.filter { $0.kind == .user }.map(\.arn)
        let holders = Set(holders.map(\.name))
        return users.count > 1 && users.allSatisfy { holders.contains($0) && !isExpected($0) }
    }

    /// Those who are not on the list; `nil` where there is none.
    private var surplus: [Named]? {
        needsPerson ? nil : holders.filter { !isExpected($0.name) }
    }

    // MARK: - Evidence

    /// Who has the power, each with the statement that gives it: the first hundred.
    var evidence: Evidence {
        let named =
            holders.map { ($0.name, $0.access) }
            + outsiders.map { ($0.title, $0.access) }
        let shown = named.prefix(100).map { name, access in
            let grant = access.grants.first.map { "\($0.statement) of \($0.policy)" } ?? "its account"
            return JSONValue.string("\(name): \(grant)\(access.isCertain ? "" : ", under a condition")")
        }
        let more = named.count > 100 ? [JSONValue.string("and \(named.count - 100) more")] : []
        return Evidence(group.list, .array(shown + more), from: .getAccountAuthorizationDetails)
    }
}

extension [AccessReview] {
    /// Fails on the first problem; passes only where all that was needed could be read and a list says who is meant.
    func judgement(passing message: String) throws(Unknown) -> Judgement {
        let evidence = map(\.evidence)
        let problems = compactMap(\.problem)
        if let first = problems.first {
            let more =
                problems.count > 1 ? "; \(problems.count - 1) more" : ""
            return .fail(first.firstCapitalized + more, evidence)
        }
        if let doubt = lazy.compactMap(\.doubt).first { throw doubt }
        if contains(where: \.needsPerson) {
            return .manual(
                "No list says who is meant to have access: judge the evidence, or set trail-access", evidence)
        }
        return .pass(message, evidence)
    }
}

extension String {
    /// A user or role by its kind and name: `role audit`.
    var shortened: String {
        guard let arn = ARN(self), arn.service == "iam", let slash = arn.resource.firstIndex(of: "/") else {
            return self
        }
        return "\(arn.resource[..<slash]) \(arn.resource[arn.resource.index(after: slash)...])"
    }
}
