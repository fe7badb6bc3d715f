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

extension Policy {
    /// The public grants that strangers can use: principals of an account and an organization that the policy does not
    /// name, over the internet or an endpoint of their own. A denial counts if every stranger meets its conditions, as
    /// that of a data perimeter.
    ///
    /// Source: IAM User Guide, "Establish permissions guardrails using data perimeters".
    ///
    /// - Parameters:
    ///   - rules: The keys that restrict the caller.
    ///   - account: The account of the resource.
    ///   - isOpenToAnonymous: Whether the service accepts requests that are not signed.
    public func grantsToStrangers(
        under rules: PublicAccessRules, in account: String, isOpenToAnonymous: Bool = false
    ) -> [Statement] {
        let grants = publicGrants(under: rules)
        guard !grants.isEmpty else { return [] }
        let strangers = RequestContext.strangers(to: self, in: account, isOpenToAnonymous: isOpenToAnonymous)
        let usable = strangers.map { stranger in
            var met = self
            met.statements = statements.filter { $0.effect == .allow || holds($0, for: stranger) == .yes }
                .map { $0.effect == .allow ? $0 : $0.forStrangers }
            return grants.filter { holds($0, for: stranger) != .no && !met.deniesEverything(in: $0) }
        }
        return grants.filter { grant in usable.contains { $0.contains(grant) } }
    }

    /// Whether the conditions of a statement hold.
    private func holds(_ statement: Statement, for stranger: RequestContext) -> Truth {
        .all(statement.conditions.map { CompiledCondition($0, version: version).holds(in: stranger) })
    }
}

extension Statement {
    /// The statement for a stranger that meets its conditions: `NotPrincipal` does not name strangers.
    fileprivate var forStrangers: Statement {
        var statement = self
        statement.conditions = []
        if case .allExcept(let principals) = self.principals, !principals.contains(where: \.isUnfixed) {
            statement.principals = .only([.everyone])
        }
        return statement
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
