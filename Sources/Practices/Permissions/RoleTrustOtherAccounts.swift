import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A provider that serves many customers can be made to use one customer's role for another: only an external ID tells
/// the customers apart.
struct RoleTrustOtherAccounts: Check {
    let about = About(
        id: "iam-role-trust-other-accounts",
        title: "Roles that other accounts may assume demand an external id or the organization",
        practice: .permissions, severity: .high,
        risk: "Another customer of the same provider can have the provider act in your account (the confused deputy).",
        judges: """
            Roles are judged whose trust policy names principals of other accounts, or everybody of some account or \
            organization. Each statement must demand sts:ExternalId with a value that is not all wildcards, or \
            aws:PrincipalOrgID or aws:PrincipalOrgPaths with the account's own organization. The organization's management \
            account, and the accounts of the setting trusted-accounts, are as one's own. Whether a role that everybody may \
            assume is acceptable is judged by iam-role-trust-not-public.
            """,
        remedy: """
            Agree on an external id with the other side and demand sts:ExternalId; where the account is yours, demand \
            aws:PrincipalOrgID, or list it under trusted-accounts.
            """,
        sources: [
            "IAM User Guide: Access to AWS accounts owned by third parties",
            "IAM User Guide: The confused deputy problem",
        ],
        reads: [.identities, .organization],
        settings: ["trusted-accounts"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let strangers = TrustedStrangers(reading: reading)
        return try reading.judgeRoleTrust { role, statements throws(Unknown) in
            let others = statements.filter { $0.isForOthers(than: reading) }
            guard !others.isEmpty else { return nil }
            let open = others.filter { !$0.demandsExternalID }
            let failing = try open.firstAnswer { statement throws(Unknown) -> Judgement? in
                guard let who = try strangers.first(in: statement) else { return nil }
                return .fail("\(statement.title) trusts \(who) without an external id", statement.evidence)
            }
            return failing
                ?? .pass("Other accounts are admitted under an external id or are your own", role.trustEvidence)
        }
    }
}

extension Statement {
    /// Whether the statement is about principals of other accounts, or about everybody of some.
    fileprivate func isForOthers(than reading: Reading) -> Bool {
        namesEverybody
            ? !conditions.isEmpty
            : namedPrincipals.contains { principal in
                if case .federated = principal { return false }
                return principal.accountID.map { $0 != reading.id } ?? false
            }
    }
}

extension Criteria {
    /// The sample with trusted accounts.
    static func trusting(_ accounts: String...) -> Criteria {
        var criteria = Criteria.sample
        criteria.settings.trustedAccounts = accounts
        return criteria
    }
}
