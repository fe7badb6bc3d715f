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

    /// - Parameter resources: on which an action is asked about; who has it on one of them has the power.
    init(of group: AccessGroup, on resources: (String) -> [String], in reading: Reading) {
        self.group = group
        self.reading = reading
        answers = group.actions.flatMap { action in
            resources(action).map { reading.landscape.whoCan(action, $0, following: false) }
        }
        holders = answers.flatMap(\.holders).map { NamedAccess($0) }.uniqued.sorted { $0.name < $1.name }
    }

    /// What may hide others who have the power.
    var doubt: Unknown? { answers.lazy.flatMap(\.hiding).first }

    struct Problem {
        var message: String
        /// What could not be read and may prevent it.
        var doubt: Unknown?
    }

    /// What fails whatever anybody expects, and what fails against the list: the first that is certain, or else the first.
    var problem: Problem? {
        let anybody = outsiders.filter { $0.kind == .everybody && $0.access.isCertain }
        let problems = [
            anybody.leastDoubted.map { Problem(message: says("any AWS principal"), doubt: $0.doubts.first) },
            strangers.leastDoubted.map { Problem(message: says($0.title), doubt: $0.doubts.first) },
            everyUser.map { Problem(message: says("every user of the account"), doubt: $0.flatMap(\.doubts).first) },
            surplus.flatMap { surplus in
                surplus.leastDoubted.map { first in
                    let message =
                        surplus.count == 1
                        ? says(first.name)
                        : "\(surplus.count) unauthorized principals can \(group.power) (first: \(first.name.shortened))"
                    return Problem(message: message, doubt: first.doubts.first)
                }
            },
        ].compactMap(\.self)
        return problems.first { $0.doubt == nil } ?? problems.first
    }

    /// Whether the settings have no list of who is meant to have the power.
    var needsPerson: Bool { reading.settings.trailAccess == nil }

    private func says(_ who: String) -> String { "\(who.shortened) can \(group.power)" }

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
            case .group, .account, .principal, .provider, .other:
                !isExpected(outsider.name) && !(outsider.accountID.map(own.contains) ?? false)
            }
        }
    }

    /// All users of the account if they are several and each has the power.
    private var everyUser: [NamedAccess]? {
        let users = Set(reading.landscape.principals.filter { $0.kind == .user }.map(\.arn))
        let found = holders.filter { users.contains($0.name) && !isExpected($0.name) }
        return users.count > 1 && found.count == users.count ? found : nil
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
    /// Fails on the first problem that is certain; passes only if nothing that could not be read may hide one, and a list
    /// says who is meant.
    func judgement(passing message: String) throws(Unknown) -> Judgement {
        let evidence = flatMap(\.evidence)
        let problems = compactMap(\.problem)
        if let first = problems.first(where: { $0.doubt == nil }) ?? problems.first {
            let message = first.message.firstCapitalized + (problems.count > 1 ? "; \(problems.count - 1) more" : "")
            return first.doubt.map { .unknown(message, unless: $0, evidence) } ?? .fail(message, evidence)
        }
        if let doubt = lazy.compactMap(\.doubt).first { throw doubt }
        if contains(where: \.needsPerson) {
            return .manual(
                "Manual review: no authorized principals are configured (`trail-access`)", evidence)
        }
        return .pass(message, evidence)
    }
}

extension Array {
    /// The first that nothing unread may deny, or else the first.
    fileprivate func leastDoubted(_ doubts: (Element) -> [Unknown]) -> Element? {
        first { doubts($0).isEmpty } ?? first
    }
}

extension [Outsider] {
    fileprivate var leastDoubted: Outsider? { leastDoubted(\.doubts) }
}

extension [NamedAccess] {
    fileprivate var leastDoubted: NamedAccess? { leastDoubted(\.doubts) }
}
