import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// An identity provider issues tokens to all its users: GitHub's does so for every repository. Only the subject
/// identifies the workload that a token was issued to.
struct RoleTrustOIDCSubject: Check {
    let about = About(
        id: "iam-role-trust-oidc-subject",
        title: "OIDC role trust policies should restrict the token subject",
        practice: .permissions, severity: .high,
        risk: """
            Any token of the same provider, such as a token of any repository on GitHub, can be used to assume the \
            role.
            """,
        judges: """
            Roles that trust an OpenID Connect provider, or a public provider by its name, are evaluated. Each \
            statement must require the provider's sub claim with values that identify a tenant before the first \
            wildcard: repo:acme/shop:* passes, repo:* and repo:acme* do not. For GitHub, repository_id, \
            repository_owner_id, enterprise_id and job_workflow_ref are also sufficient. For Amazon Cognito, Login \
            with Amazon, Facebook and Google, the application must be required instead (aud or app_id), because the \
            application controls who can sign in. A condition with ForAllValues or IfExists is not sufficient.
            """,
        remedy:
            """
            Add a condition on the provider's :sub claim with the subject of your organization, project or \
            workload.
            """,
        sources: [
            "IAM User Guide: Create a role for OpenID Connect federation (console)",
            "IAM User Guide: Available keys for AWS OIDC federation",
        ],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, statements in
            let admitting = statements.flatMap { statement in
                statement.webIdentityProviders.map { (statement, $0) }
            }
            guard !admitting.isEmpty else { return nil }
            guard let (open, provider) = admitting.first(where: { !$0.0.namesTenant(of: $0.1) }) else {
                return .pass("The trust policy restricts the token subject", role.trustEvidence)
            }
            return .fail("\(open.title) \(open.acceptance(of: provider))", role.evidence(of: open))
        }
    }
}

extension Statement {
    /// The tokens of the provider that a statement accepts which names no tenant, as the end of a message.
    fileprivate func acceptance(of provider: String) -> String {
        let host = provider.prefix { $0 != "/" }
        let prefix = "\(provider):".lowercased()
        let claims = Set(conditions.map { $0.key.lowercased() }.filter { $0.hasPrefix(prefix) })
            .map { $0.dropFirst(prefix.count) }.filter { $0 != "aud" }.sorted()
        guard let claim = claims.first else { return "accepts any token from \(host): no :sub condition" }
        return claims.contains("sub")
            ? "accepts any tenant's token from \(host): :sub is too broad"
            : "limits tokens of \(host) by :\(claim), not :sub"
    }
}
