import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A customer of a provider can trick the provider into using another customer's role: only an external ID
/// distinguishes the customers.
struct RoleTrustOtherAccounts: Check {
    let about = About(
        id: "iam-role-trust-other-accounts",
        title: "Cross-account roles should require an external ID or organization ID",
        practice: .permissions, severity: .high,
        risk: "Another customer of the same third party can make it act in your account (confused deputy).",
        judges: """
            Roles whose trust policy allows principals of other accounts, or any principal of an account or \
            organization, are evaluated. Each statement must require sts:ExternalId with a value that is not all \
            wildcards, or aws:PrincipalOrgID or aws:PrincipalOrgPaths with your own organization. The management \
            account of the organization and the accounts under `trusted-accounts` are treated as your own. Roles that \
            any principal can assume are evaluated by iam-role-trust-not-public.
            """,
        remedy: """
            Agree on an external ID with the third party and require it with a sts:ExternalId condition. If the \
            account is yours, require aws:PrincipalOrgID, or list the account under `trusted-accounts`.
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
                return .fail("\(statement.title) trusts \(who) without an external ID", role.evidence(of: statement))
            }
            return failing
                ?? .pass(
                    "Cross-account access requires an external ID or is limited to your own accounts",
                    role.trustEvidence)
        }
    }
}

extension Statement {
    /// Whether the statement allows principals of other accounts, or any principal under a condition that limits the caller.
    fileprivate func isForOthers(than reading: Reading) -> Bool {
        namesEverybody
            ? !isPublicGrant(under: .callers)
            : namedPrincipals.contains { principal in
                if case .federated = principal { return false }
                return principal.accountID.map { $0 != reading.id } ?? false
            }
    }
}

extension Criteria {
    /// Returns the sample with trusted accounts.
    static func trusting(_ accounts: String...) -> Criteria {
        var criteria = Criteria.sample
        criteria.settings.trustedAccounts = accounts
        return criteria
    }
}
