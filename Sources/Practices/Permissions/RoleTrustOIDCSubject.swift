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

    /// Claims for providers whose subject is not the only claim to require: the trust policy must require one of them.
    private static let applications: [String: [String]] = [
        "cognito-identity.amazonaws.com": ["aud", "sub"],
        "accounts.google.com": ["aud", "sub"],
        "graph.facebook.com": ["app_id", "id"],
        "www.amazon.com": ["app_id", "user_id"],
    ]
    /// GitHub's provider. The provider of an enterprise has the enterprise's name as its path.
    private static let gitHub = "token.actions.githubusercontent.com"
    /// GitHub's claims that identify a repository, its owner, or an enterprise by number.
    ///
    /// Source: IAM User Guide, "Available keys for AWS OIDC federation"; GitHub Docs, "OpenID Connect reference".
    private static let gitHubNumbers = ["repository_id", "repository_owner_id", "enterprise_id"]

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, statements in
            let admitting = statements.flatMap { statement in
                statement.webIdentityProviders.map { (statement, $0) }
            }
            guard !admitting.isEmpty else { return nil }
            guard let (open, provider) = admitting.first(where: { !Self.names($0.0, somebodyOf: $0.1) }) else {
                return .pass("The trust policy restricts the token subject", role.trustEvidence)
            }
            let host = provider.prefix { $0 != "/" }
            return .fail("\(open.title) accepts any token from \(host): no :sub condition", role.evidence(of: open))
        }
    }

    private static func names(_ statement: Statement, somebodyOf provider: String) -> Bool {
        if let claims = applications[provider] {
            return claims.contains { statement.pinnedValues(of: "\(provider):\($0)")?.namesSomething ?? false }
        }
        let isOfGitHub = provider == gitHub || provider.hasPrefix("\(gitHub)/")
        if isOfGitHub,
            gitHubNumbers.contains(where: { statement.pinnedValues(of: "\(provider):\($0)")?.areNumbers ?? false })
        {
            return true
        }
        let subjects = isOfGitHub ? ["sub", "job_workflow_ref"] : ["sub"]
        return subjects.contains { claim in
            guard let values = statement.pinnedValues(of: "\(provider):\(claim)"), values.nameSubjects else {
                return false
            }
            return !isOfGitHub || claim == "job_workflow_ref" || values.allSatisfy(\.namesOwnerOnGitHub)
        }
    }
}

extension Statement {
    /// The web identity providers that the statement allows, as condition keys name them: host and path.
    fileprivate var webIdentityProviders: [String] {
        guard actions.match("sts:AssumeRoleWithWebIdentity") else { return [] }
        return namedPrincipals.compactMap { principal in
            guard case .federated(let text) = principal else { return nil }
            guard let arn = ARN(text) else { return text }
            let prefix = "oidc-provider/"
            return arn.resource.hasPrefix(prefix) ? String(arn.resource.dropFirst(prefix.count)) : nil
        }
    }
}

extension [String] {
    fileprivate var nameSubjects: Bool { allSatisfy(\.namesSubject) }

    /// Whether each value is a number without wildcards: the first digits of a number identify nothing.
    fileprivate var areNumbers: Bool {
        !isEmpty
            && allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
    }
}

extension String {
    /// Whether a GitHub subject names a repository, its owner or an enterprise. Organizations choose the claims in
    /// their subjects, so an environment, branch or workflow alone can occur in the subjects of any organization.
    ///
    /// Source: GitHub Docs, "OpenID Connect reference", section "Customizing the token claims".
    fileprivate var namesOwnerOnGitHub: Bool {
        let owners: Set<Substring> = [
            "repo", "repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise",
            "enterprise_id",
            "job_workflow_ref",
        ]
        let parts = prefix { !"*?$".contains($0) }.split(separator: ":", omittingEmptySubsequences: false)
        return zip(parts, parts.dropFirst()).contains { owners.contains($0) && !$1.isEmpty }
    }

    /// Whether a subject pattern identifies a subject before its first wildcard. It does if it contains a whole part,
    /// between `:` and `/`, that is not just the label of the next part.
    fileprivate var namesSubject: Bool {
        let labels: Set<Substring> = [
            "actor", "actor_id", "base_ref", "context", "enterprise", "enterprise_id", "environment", "event_name",
            "head_ref",
            "job_workflow_ref", "org", "organization", "project", "project_path", "ref", "ref_type", "repo",
            "repository",
            "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "run_phase",
            "runner_environment", "serviceaccount", "system", "user", "workflow", "workspace",
        ]
        let fixed = prefix { !"*?$".contains($0) }
        var parts = fixed.split(omittingEmptySubsequences: true) { ":/".contains($0) }
        // A last part that a wildcard continues is not a whole part.
        if fixed.endIndex != endIndex, let last = fixed.last, !":/".contains(last) { parts = parts.dropLast() }
        return parts.contains { !labels.contains($0) }
    }
}
