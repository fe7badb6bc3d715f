import Basics

extension Policy {
    /// The statements that grant public access.
    ///
    /// A statement grants public access if its principal is not fixed (a wildcard, a `NotPrincipal`, a public identity
    /// provider such as `graph.facebook.com`), none of its conditions restricts the caller, and no statement of the
    /// policy denies the same to all principals without condition.
    ///
    /// Source: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The meaning of "public"".
    ///
    /// - Parameter rules: The keys that restrict the caller: `.s3` for policies of buckets and similar resources,
    ///   `.kms` for key policies.
    public func publicGrants(under rules: PublicAccessRules = .s3) -> [Statement] {
        statements.filter { $0.isPublicGrant(under: rules) && !deniesEverything(in: $0) }
    }
}

extension Statement {
    /// Whether the statement by itself grants public access.
    public func isPublicGrant(under rules: PublicAccessRules = .s3) -> Bool {
        effect == .allow && principals?.areUnfixed ?? false
            && !conditions.contains { rules.pin($0) && demandsKey($0) }
    }
}

extension Principals {
    fileprivate var areUnfixed: Bool {
        switch self {
        case .only(let principals): principals.contains(where: \.isUnfixed)
        case .allExcept: true
        }
    }
}

extension Principal {
    /// Whether the principal is not a particular one.
    fileprivate var isUnfixed: Bool {
        switch self {
        case .everyone: true
        case .federated(let provider): ARN(provider) == nil || provider.contains("*")
        default: text.contains { $0 == "*" || $0 == "?" }
        }
    }
}
