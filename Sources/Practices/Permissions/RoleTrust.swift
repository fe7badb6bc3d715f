import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

// Code that the checks on role trust policies share. Service-linked roles are left out, because AWS chooses their trust
// policies.

extension Reading {
    /// Returns one verdict for each role for which `judge` returns a judgement.
    /// - Parameters:
    ///   - isConcerned: selects the roles to evaluate.
    ///   - judge: evaluates a role and the statements of its trust policy that allow assuming it.
    /// - Throws: ``Inventory/Unknown`` if the roles are not known.
    func judgeRoleTrust(
        of isConcerned: (Role) -> Bool = { _ in true },
        _ judge: (Role, [Statement]) throws(Unknown) -> Judgement?
    ) throws(Unknown) -> [Verdict] {
        try judgeEach(.roles, where: isConcerned) { role throws(Unknown) in
            try judge(
                role, try policy(role.assumeRolePolicyDocument, from: .getAccountAuthorizationDetails).trustStatements)
        }
    }
}

extension Policy {
    /// The statements of a trust policy that allow assuming the role.
    var trustStatements: [Statement] {
        let actions = ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
        return statements.filter { statement in
            statement.effect == .allow && actions.contains(where: statement.actions.match)
        }
    }
}

extension Policy {
    /// Returns who gets in by a policy that is not public, as a message. Callers to whom a condition limits all
    /// principals are named.
    /// - Parameter name: the kind of policy, such as `key policy`.
    func callers(of name: String) -> String {
        let callers = Set(statements.filter { $0.effect == .allow }.flatMap(\.limitedCallers)).sorted()
        guard let first = callers.first else { return "The \(name) allows specific principals only" }
        let more = callers.count > 1 ? " and \(callers.count - 1) more" : ""
        return "The \(name) limits * to \(first)\(more)"
    }
}

extension Role {
    var trustEvidence: Evidence {
        .identity("AssumeRolePolicyDocument", .string(assumeRolePolicyDocument.text))
    }

    /// Returns evidence of a statement of the trust policy, in the policy's own text.
    func evidence(of statement: Statement) -> Evidence {
        .identity(
            "Statement", .string(assumeRolePolicyDocument.text(of: statement)),
            at: "AssumeRolePolicyDocument.\(assumeRolePolicyDocument.path(of: statement))")
    }
}

/// Principals outside the account that a role's trust policy, by itself, allows to assume the role.
struct TrustedStrangers {
    let reading: Reading

    /// Returns the outside accounts that the statement names. Left out are this account, the accounts that the settings
    /// trust, and accounts that are known to be of the same organization: because the statement requires that
    /// organization, or because the account is its management account. `*` stands for every account of an organization.
    /// - Throws: ``Inventory/Unknown`` if the answer depends on the organization, and that is not known.
    private func named(by statement: Statement) throws(Unknown) -> [String] {
        let strangers = accounts(in: statement).subtracting(reading.settings.trustedAccounts).subtracting([reading.id])
        guard !strangers.isEmpty else { return [] }
        let organizations = statement.demandedOrganizations
        // At most one account is the management account, so with two the answer does not depend on the organization.
        guard !organizations.isEmpty || strangers.count == 1 else { return strangers.sorted() }
        guard let own = try reading[.organization].value else { return strangers.sorted() }
        guard organizations.isEmpty || organizations != [own.id] else { return [] }
        return strangers.subtracting([own.masterAccountID]).sorted()
    }

    /// Returns the first of these accounts, as a message names it.
    func first(in statement: Statement) throws(Unknown) -> String? {
        try named(by: statement).first.map { $0 == "*" ? "another organization" : "account \($0)" }
    }

    private func accounts(in statement: Statement) -> Set<String> {
        guard statement.namesEverybody else {
            return Set(
                statement.namedPrincipals.filter { if case .federated = $0 { false } else { true } }
                    .compactMap(\.accountID))
        }
        for key in ["aws:PrincipalAccount", "aws:PrincipalArn", "aws:VpceAccount", "aws:SourceVpcArn"] {
            guard let pinned = statement.pinnedValues(of: key) else { continue }
            return Set(pinned.map { ARN($0).map { String($0.account) } ?? $0 })
        }
        return statement.demandedOrganizations.isEmpty ? [] : ["*"]
    }
}

extension Statement {
    /// The organizations that the statement requires the caller, or the network of any principal, to belong to.
    fileprivate var demandedOrganizations: Set<String> {
        let ofCaller = ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"]
        let keys = namesEverybody ? ofCaller + ["aws:VpceOrgID", "aws:VpceOrgPaths"] : ofCaller
        let values = keys.lazy.compactMap { pinnedValues(of: $0) }.first ?? []
        return Set(values.map { String($0.prefix { $0 != "/" }) })
    }

    /// Whether the statement requires an external ID of a certain value.
    var demandsExternalID: Bool { pinnedValues(of: "sts:ExternalId")?.namesSomething ?? false }
}
