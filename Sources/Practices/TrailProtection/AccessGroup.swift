import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// Actions on one resource that give the same power, with the principals that are authorized for it.
struct AccessGroup: Sendable {
    /// The power as it stands after `can`: `read log files`.
    var power: String
    /// Name of the list in the settings.
    var list: String
    var actions: [String]
    var expected: @Sendable (TrailAccess) -> [String]
}

/// Comparison of the principals that have a power over a resource with the authorized ones.
struct AccessReview {
    private let group: AccessGroup
    private let answers: [WhoCan]
    private let reading: Reading
    /// The users and roles of the account that have the power, each once.
    private let holders: [NamedAccess]

    /// - Parameter resources: returns the resources to check an action on; access to one of them gives the power.
    init(of group: AccessGroup, on resources: (String) -> [String], in reading: Reading) {
        self.group = group
        self.reading = reading
        answers = group.actions.flatMap { action in
            resources(action).map { reading.landscape.whoCan(action, $0, following: false) }
        }
        holders = answers.flatMap(\.holders).map { NamedAccess($0) }.uniqued.sorted { $0.name < $1.name }
    }

    /// Policy or resource that could not be read and may hide further principals with the power.
    var doubt: Unknown? { answers.lazy.flatMap(\.hiding).first }

    struct Problem {
        var message: String
        /// Policy or resource that could not be read and may deny the access.
        var doubt: Unknown?
    }

    /// The problem to report: the first certain one, or the first one. Access by everyone, outsiders or every user
    /// fails without a list; surplus access fails only against the list.
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

    /// Whether the settings have no list of authorized principals, so that the user must review the access.
    var needsPerson: Bool { reading.settings.trailAccess == nil }

    private func says(_ who: String) -> String { "\(who.shortened) can \(group.power)" }

    // MARK: - Principals

    private var outsiders: [Outsider] { answers.flatMap(\.outsiders) }

    private var expected: [WildcardPattern] {
        (reading.settings.trailAccess.map(group.expected) ?? []).map { WildcardPattern($0) }
    }

    private func isExpected(_ name: String) -> Bool { expected.contains { $0.matches(name) } }

    /// Outside principals, and public access, that are neither trusted nor listed.
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

    /// All users of the account if there are several, each has the power, and none is listed.
    private var everyUser: [NamedAccess]? {
        let users = Set(reading.landscape.principals.filter { $0.kind == .user }.map(\.arn))
        let found = holders.filter { users.contains($0.name) && !isExpected($0.name) }
        return users.count > 1 && found.count == users.count ? found : nil
    }

    /// The holders that are not on the list; `nil` without a list.
    private var surplus: [NamedAccess]? {
        needsPerson ? nil : holders.filter { !isExpected($0.name) }
    }

    // MARK: - Evidence

    /// The principals that have the power, each with the statement that grants it.
    var evidence: [Evidence] {
        (holders + outsiders.map { NamedAccess($0) }).evidence(group.list)
    }
}

extension [AccessReview] {
    /// Fails on the first certain problem. Passes only if everything that could hide a problem was read, and a list
    /// names the authorized principals.
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
    /// Returns the first element without doubts, or the first one.
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
