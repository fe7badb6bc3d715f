extension PolicySet {
    /// Decides a request: a denial in any policy prevails, every limit must allow, and a policy must grant.
    ///
    /// A key that the context does not have counts as absent, even if the context is incomplete. If the key may be
    /// unknown, use `access(for:)`.
    ///
    /// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access" and
    /// "Cross-account policy evaluation logic".
    public func decision(on request: AccessRequest) -> Decision {
        var request = request
        request.context.isComplete = true
        return Evaluation(policies: ApplicablePolicies(of: self, to: request)).decision
    }
}

/// One run through the stages of the evaluation logic.
private struct Evaluation {
    let policies: ApplicablePolicies

    private var request: AccessRequest { policies.request }
    private var prepared: PreparedRequest { policies.prepared }

    var decision: Decision {
        if policies.needsNoPermission { return Decision(.allowed, at: .noPermissionNeeded) }
        let denials = self.denials
        if !denials.isEmpty { return Decision(.explicitDeny, at: .denials, because: denials) }
        let decision = limit ?? grant
        return decision.isAllowed && policies.isBlockedAsPublic ? Self.refusedAsPublic : decision
    }

    /// The denial by RestrictPublicBuckets, which no policy states. It overrides every grant, as an explicit denial
    /// does.
    private static let refusedAsPublic = Decision(
        .explicitDeny, at: .publicAccessBlock,
        because: [
            DecidingStatement(policy: "S3 Block Public Access", statement: "RestrictPublicBuckets", effect: .deny)
        ])

    private var denials: [DecidingStatement] {
        policies.resourcesPolicies.flatMap { statements(.deny, of: $0, naming: .account) }
            + policies.callersPolicies.flatMap { $0.statements(.deny, applyingTo: prepared) }
    }

    // MARK: - Limits that must allow

    /// The decision if a limit does not allow the request; `nil` if all limits do.
    private var limit: Decision? {
        for level in policies.resourceControl where !level.policies.contains(where: allowsByName) {
            return Decision(.implicitDeny, at: .resourceControlPolicies(level: level.id))
        }
        for level in policies.serviceControl where !level.policies.contains(where: allows) {
            return Decision(.implicitDeny, at: .serviceControlPolicies(level: level.id))
        }
        if !policies.vpcEndpoint.isEmpty, !policies.vpcEndpoint.contains(where: allowsByName) {
            return Decision(.implicitDeny, at: .vpcEndpointPolicies)
        }
        return nil
    }

    /// The decision if the caller's boundary or session policy does not allow the request; `nil` if they do.
    private var callersLimit: Decision? {
        if !policies.boundaries.allSatisfy(allows) { return Decision(.implicitDeny, at: .permissionsBoundary) }
        if let session = policies.session {
            return allows(session) ? nil : Decision(.implicitDeny, at: .sessionPolicy)
        }
        // Without a session policy a role's session has all of the role's permissions, a federated user has none.
        if case .federatedUser = request.caller { return Decision(.implicitDeny, at: .sessionPolicy) }
        return nil
    }

    // MARK: - Grants

    private var grant: Decision {
        switch request.caller {
        case .anonymous, .service: grantByResourcePolicyAlone
        case .root: grantToRoot
        case .user, .role, .session, .federatedUser:
            policies.isWithinAccount ? grantWithinAccount : grantAcrossAccounts
        }
    }

    private var grantByResourcePolicyAlone: Decision {
        let grants = resourceGrants(naming: .itself)
        return grants.isEmpty
            ? Decision(.implicitDeny, at: .resourcePolicy)
            : Decision(.allowed, at: .resourcePolicy, because: grants)
    }

    /// The decision for the root user. It has every permission in its account, except for permissions that a key policy
    /// must give. It cannot assume a role.
    private var grantToRoot: Decision {
        if prepared.action == "sts:assumerole" { return Decision(.implicitDeny, at: .accountRoot) }
        guard policies.isWithinAccount, !policies.needsResourcePolicy else { return grantByResourcePolicyAlone }
        return Decision(.allowed, at: .accountRoot)
    }

    private var grantWithinAccount: Decision {
        let direct = resourceGrants(naming: .itself)
        if !direct.isEmpty { return Decision(.allowed, at: .resourcePolicy, because: direct) }
        let toParent = resourceGrants(naming: .parent)
        if !toParent.isEmpty {
            return callersLimit ?? Decision(.allowed, at: .resourcePolicy, because: toParent)
        }
        guard policies.needsResourcePolicy else { return grantByIdentity(beside: []) }
        let toAccount = resourceGrants(naming: .account)
        return toAccount.isEmpty ? Decision(.implicitDeny, at: .resourcePolicy) : grantByIdentity(beside: toAccount)
    }

    private var grantAcrossAccounts: Decision {
        let grants = resourceGrants(naming: .account)
        return grants.isEmpty ? Decision(.implicitDeny, at: .resourcePolicy) : grantByIdentity(beside: grants)
    }

    private func grantByIdentity(beside resourceGrants: [DecidingStatement]) -> Decision {
        let grants = policies.identity.flatMap { $0.statements(.allow, applyingTo: prepared) }
        if grants.isEmpty { return Decision(.implicitDeny, at: .identityPolicies) }
        return callersLimit ?? Decision(.allowed, at: .identityPolicies, because: resourceGrants + grants)
    }

    // MARK: - Statements

    private func allows(_ policy: CompiledPolicy) -> Bool {
        policy.statements.contains { $0.effect == .allow && $0.applies(to: prepared) == .yes }
    }

    private func allowsByName(_ policy: CompiledPolicy) -> Bool {
        policy.statements.contains { $0.effect == .allow && $0.match(prepared).applies == .yes }
    }

    private func resourceGrants(naming match: PrincipalMatch) -> [DecidingStatement] {
        policies.resource.map { statements(.allow, of: $0, naming: match) } ?? []
    }

    /// The statements that apply and name the caller at least as closely as `match`.
    private func statements(
        _ effect: Statement.Effect, of policy: CompiledPolicy, naming match: PrincipalMatch
    ) -> [DecidingStatement] {
        policy.statements
            .filter { statement in
                guard statement.effect == effect else { return false }
                let found = statement.match(prepared)
                return found.applies == .yes && found.names >= match
            }
            .map { policy.citation(of: $0) }
    }
}
