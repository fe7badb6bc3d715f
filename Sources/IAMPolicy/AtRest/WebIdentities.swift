import Basics

extension Statement {
    /// The web identity providers that the statement allows, as condition keys name them: host and path.
    public var webIdentityProviders: [String] {
        guard actions.match("sts:AssumeRoleWithWebIdentity") else { return [] }
        return namedPrincipals.compactMap { principal in
            guard case .federated(let text) = principal else { return nil }
            guard let arn = ARN(text) else { return text }
            let prefix = "oidc-provider/"
            return arn.resource.hasPrefix(prefix) ? String(arn.resource.dropFirst(prefix.count)) : nil
        }
    }

    /// Whether the statement requires claims that identify a tenant of the provider: a subject for most, the
    /// application where the application controls who can sign in.
    ///
    /// Source: IAM User Guide, "Create a role for OpenID Connect federation (console)".
    ///
    /// - Parameter provider: one of ``webIdentityProviders``.
    public func namesTenant(of provider: String) -> Bool {
        if let claims = Self.applications[provider] {
            return claims.contains { pinnedValues(of: "\(provider):\($0)")?.namesSomething ?? false }
        }
        let isOfGitHub = provider == Self.gitHub || provider.hasPrefix("\(Self.gitHub)/")
        if isOfGitHub,
            Self.gitHubNumbers.contains(where: { pinnedValues(of: "\(provider):\($0)")?.areNumbers ?? false })
        {
            return true
        }
        let subjects = isOfGitHub ? ["sub", "job_workflow_ref"] : ["sub"]
        return subjects.contains { claim in
            guard let values = pinnedValues(of: "\(provider):\(claim)"), values.nameSubjects else { return false }
            return !isOfGitHub || claim == "job_workflow_ref" || values.allSatisfy(\.namesOwnerOnGitHub)
        }
    }

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
