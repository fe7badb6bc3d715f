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
    /// - Parameter rules: The keys that restrict the caller: `.s3` for what S3 itself calls public, `.callers` for who
    ///   gets in.
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
        let denials = statements.filter { $0.effect == .deny }.map { ($0, compiled($0)) }
        return grants.filter { grant in
            let conditions = compiled(grant)
            let strangers = Strangers(
                to: grant, under: denials.map(\.0), in: account, isOpenToAnonymous: isOpenToAnonymous)
            return strangers.requests.contains { stranger in
                guard Truth.all(conditions.map { $0.holds(in: stranger) }) != .no else { return false }
                let met = denials.filter { Truth.all($0.1.map { $0.holds(in: stranger) }) == .yes }
                return !Policy(version: version, statements: met.map(\.0.forStrangers)).deniesEverything(in: grant)
            }
        }
    }

    private func compiled(_ statement: Statement) -> [CompiledCondition] {
        statement.conditions.map { CompiledCondition($0, version: version) }
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
