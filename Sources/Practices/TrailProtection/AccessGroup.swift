import AWSClient
import Basics
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
    private let answers: [WhoCan]
    private let reading: Reading
    /// The users and roles of the account that have the power, each once.
    private let holders: [NamedAccess]

    init(of group: AccessGroup, on resource: (String) -> String, in reading: Reading) {
        self.group = group
        self.reading = reading
        answers = group.actions.map { reading.landscape.whoCan($0, resource($0), following: false) }
        holders = answers.flatMap(\.holders).map { NamedAccess($0) }.uniqued.sorted { $0.name < $1.name }
    }

    var doubt: Unknown? { answers.lazy.flatMap(\.doubts).first }

    /// What fails whatever anybody expects, and what fails against the list.
    var problem: String? {
        if outsiders.contains(where: { $0.kind == .everybody && $0.access.isCertain }) {
            return says("everybody")
        }
        if let stranger = strangers.first { return says(stranger.title) }
        if isForEveryUser { return says("every user of the account") }
        guard let surplus = surplus?.first else { return nil }
        let others = (self.surplus?.count ?? 1) - 1
        return says(surplus.name) + (others > 0 ? ", and \(others) more" : "")
    }

    /// Whether the settings have no list of who is meant to have the power.
    var needsPerson: Bool { reading.settings.trailAccess == nil }

    private func says(_ who: String) -> String { "\(who.shortened) may \(group.power)" }

    // MARK: - Who

    private var outsiders: [Outsider] { answers.flatMap(\.outsiders) }

    private var expected: [WildcardPattern] {
        (reading.settings.trailAccess.map(group.expected) ?? []).map { WildcardPattern($0) }
    }

    private func isExpected(_ name: String) -> Bool { expected.contains { $0.matches(name) } }

    /// Those of other accounts, with everybody of one, who are neither trusted nor listed.
    private var strangers: [Outsider] {
        let own = reading.settings.trustedAccounts + [reading.id]
        return outsiders.filter { outsider in
            switch outsider.kind {
            case .service: false
            case .everybody: !outsider.isLimited(to: own)
            case .account, .principal, .provider, .other:
                !isExpected(outsider.name) && !(outsider.accountID.map(own.contains) ?? false)
            }
        }
    }

    /// Whether the account has several users and all of them have the power.
    private var isForEveryUser: Bool {
        let users = reading.landscape.principals.filter { $0.kind == .user }.map(\.arn)
        let holders = Set(holders.map(\.name))
        return users.count > 1 && users.allSatisfy { holders.contains($0) && !isExpected($0) }
    }

    /// The holders who are not on the list; `nil` without a list.
    private var surplus: [NamedAccess]? {
        needsPerson ? nil : holders.filter { !isExpected($0.name) }
    }

    // MARK: - Evidence

    /// Who has the power, each with the statement that gives it.
    var evidence: [Evidence] {
        (holders + outsiders.map { NamedAccess($0) }).evidence(group.list)
    }
}

extension [AccessReview] {
    /// Fails on the first problem; passes only if everything needed could be read and a list says who is meant.
    func judgement(passing message: String) throws(Unknown) -> Judgement {
        let evidence = flatMap(\.evidence)
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
