import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

// What the checks on role trust policies share. The roles that services made for themselves are left out: their trust is
// AWS's to choose.

extension Reading {
    /// One verdict for each role of whose trust `judge` has something to say.
    /// - Parameters:
    ///   - isConcerned: which roles are looked at.
    ///   - judge: gets the role and the statements of its trust policy that allow assuming it.
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

extension Role {
    var trustEvidence: Evidence {
        .identity("AssumeRolePolicyDocument", .string(assumeRolePolicyDocument.text))
    }

    /// A statement of the trust policy, as it stands there.
    func evidence(of statement: Statement) -> Evidence {
        .identity(
            "Statement", .string(assumeRolePolicyDocument.text(of: statement)),
            at: "AssumeRolePolicyDocument.\(assumeRolePolicyDocument.path(of: statement))")
    }
}

extension Statement {
    /// The principals that the element `Principal` names; none for `NotPrincipal`.
    var namedPrincipals: [Principal] {
        if case .only(let principals)? = principals { principals } else { [] }
    }

    /// Whether the statement is for any principal: `*`, or all but some.
    var namesEverybody: Bool {
        guard let principals else { return false }
        if case .allExcept = principals { return true }
        return principals.includeEveryone
            || namedPrincipals.contains { [.service("*"), .identifier("*")].contains($0) }
    }
}

/// Who from outside may assume a role, as far as its trust policy alone says.
struct TrustedStrangers {
    let reading: Reading

    /// The accounts that the statement names and that are neither the account itself, nor trusted by the settings, nor of
    /// the same organization if that is known: demanded by the statement, or the organization's management account. `*`
    /// stands for every account of an organization.
    /// - Throws: ``Inventory/Unknown`` if the answer depends on the organization, and that is not known.
    private func named(by statement: Statement) throws(Unknown) -> [String] {
        let strangers = accounts(in: statement).subtracting(reading.settings.trustedAccounts).subtracting([reading.id])
        guard !strangers.isEmpty else { return [] }
        let organizations = statement.demandedOrganizations
        // Where two are strange, one of them at most is the management account.
        guard !organizations.isEmpty || strangers.count == 1 else { return strangers.sorted() }
        guard let own = try reading[.organization].value else { return strangers.sorted() }
        guard organizations.isEmpty || organizations != [own.id] else { return [] }
        return strangers.subtracting([own.masterAccountID]).sorted()
    }

    /// The first of those, as a message names it.
    func first(in statement: Statement) throws(Unknown) -> String? {
        try named(by: statement).first.map { $0 == "*" ? "another organization" : "account \($0)" }
    }

    private func accounts(in statement: Statement) -> Set<String> {
        guard statement.namesEverybody else {
            return Set(
                statement.namedPrincipals.filter { if case .federated = $0 { false } else { true } }
                    .compactMap(\.accountID))
        }
        if let pinned = statement.pinnedValues(of: "aws:PrincipalAccount") { return Set(pinned) }
        if let pinned = statement.pinnedValues(of: "aws:PrincipalArn") {
            return Set(pinned.map { ARN($0).map { String($0.account) } ?? $0 })
        }
        return statement.demandedOrganizations.isEmpty ? [] : ["*"]
    }
}

extension Statement {
    /// The organizations of which the caller must be.
    fileprivate var demandedOrganizations: Set<String> {
        let ids = pinnedValues(of: "aws:PrincipalOrgID")
        let paths = pinnedValues(of: "aws:PrincipalOrgPaths")?.map { String($0.prefix { $0 != "/" }) }
        return Set(ids ?? paths ?? [])
    }

    /// Whether the caller must give an external id that is agreed upon.
    var demandsExternalID: Bool { pinnedValues(of: "sts:ExternalId")?.namesSomething ?? false }
}
