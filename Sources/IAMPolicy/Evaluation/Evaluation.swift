extension PolicySet {
    /// Decides a request: a denial anywhere prevails, every limit must allow, and something must grant.
    ///
    /// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access" and
    /// "Cross-account policy evaluation logic".
    public func decision(on request: AccessRequest) -> Decision {
        Evaluation(policies: self, request: request).decision()
    }
}

/// One run through the stages of the evaluation logic.
private struct Evaluation {
    let policies: PolicySet
    let request: AccessRequest
    let prepared: PreparedRequest

    init(policies: PolicySet, request: AccessRequest) {
        self.policies = policies
        self.request = request
        prepared = PreparedRequest(request, isBounded: !policies.boundaries.isEmpty && request.caller.isIAMEntity)
    }

    func decision() -> Decision {
        if prepared.action == "sts:getcalleridentity", request.caller != .anonymous {
            return Decision(.allowed, at: .noPermissionNeeded)
        }
        let denials = self.denials
        if !denials.isEmpty { return Decision(.explicitDeny, at: .denials, because: denials) }
        return limit ?? grant
    }

    // MARK: - Which policies apply to the caller

    /// Service control policies limit the principals of an account, not services, and not the roles of services.
    private var serviceControl: [CompiledLevel] {
        request.caller.accountID == nil || request.caller.isServiceLinkedRole ? [] : policies.serviceControl
    }

    /// Resource control policies limit everybody except the roles of services.
    private var resourceControl: [CompiledLevel] {
        request.caller.isServiceLinkedRole ? [] : policies.resourceControl
    }

    private var identity: [CompiledPolicy] { request.caller.isIAMEntity ? policies.identity : [] }

    /// A service-linked role cannot have a boundary.
    private var boundaries: [CompiledPolicy] {
        request.caller.isIAMEntity && !request.caller.isServiceLinkedRole ? policies.boundaries : []
    }

    private var session: CompiledPolicy? { request.caller.isIAMEntity ? policies.session : nil }

    // MARK: - Denials

    private var denials: [DecidingStatement] {
        let callers = serviceControl.flatMap(\.policies) + identity + boundaries + (session.map { [$0] } ?? [])
        let resources =
            resourceControl.flatMap(\.policies) + policies.vpcEndpoint + (policies.resource.map { [$0] } ?? [])
        return resources.flatMap { statements(.deny, of: $0, as: .account) }
            + callers.flatMap { $0.statements(.deny, applyingTo: prepared) }
    }

    // MARK: - What must allow, whoever grants

    /// The decision where a limit does not allow.
    private var limit: Decision? {
        for level in resourceControl where !level.policies.contains(where: allowsByPrincipal) {
            return Decision(.implicitDeny, at: .resourceControlPolicies(level: level.id))
        }
        for level in serviceControl where !level.policies.contains(where: allows) {
            return Decision(.implicitDeny, at: .serviceControlPolicies(level: level.id))
        }
        if !policies.vpcEndpoint.isEmpty, !policies.vpcEndpoint.contains(where: allowsByPrincipal) {
            return Decision(.implicitDeny, at: .vpcEndpointPolicies)
        }
        if policies.restrictsPublicBucket, prepared.action.hasPrefix("s3:"), !request.isWithinAccount,
            !request.caller.isService
        {
            return Decision(.implicitDeny, at: .publicAccessBlock)
        }
        return nil
    }

    private func allows(_ policy: CompiledPolicy) -> Bool {
        policy.statements.contains { $0.effect == .allow && $0.applies(to: prepared) == .yes }
    }

    private func allowsByPrincipal(_ policy: CompiledPolicy) -> Bool {
        policy.statements.contains { $0.effect == .allow && $0.match(prepared).applies == .yes }
    }

    // MARK: - What grants

    private var grant: Decision {
        switch request.caller {
        case .anonymous, .service: grantByResourcePolicyAlone
        case .root: grantToRoot
        case .user, .role, .session, .federatedUser:
            request.isWithinAccount ? grantWithinAccount : grantAcrossAccounts
        }
    }

    private var grantByResourcePolicyAlone: Decision {
        let grants = resourceGrants(atLeast: .itself)
        return grants.isEmpty
            ? Decision(.implicitDeny, at: .resourcePolicy)
            : Decision(.allowed, at: .resourcePolicy, because: grants)
    }

    /// The root user has every permission in its account but those that a key policy must give, and assumes no role.
    private var grantToRoot: Decision {
        if prepared.action == "sts:assumerole" { return Decision(.implicitDeny, at: .accountRoot) }
        guard request.isWithinAccount, !needsResourcePolicy else { return grantByResourcePolicyAlone }
        return Decision(.allowed, at: .accountRoot)
    }

    private var grantWithinAccount: Decision {
        let direct = resourceGrants(atLeast: .itself)
        if !direct.isEmpty { return Decision(.allowed, at: .resourcePolicy, because: direct) }
        let toParent = resourceGrants(atLeast: .parent)
        if !toParent.isEmpty {
            return callersLimit ?? Decision(.allowed, at: .resourcePolicy, because: toParent)
        }
        guard needsResourcePolicy else { return grantByIdentity(beside: []) }
        let toAccount = resourceGrants(atLeast: .account)
        return toAccount.isEmpty ? Decision(.implicitDeny, at: .resourcePolicy) : grantByIdentity(beside: toAccount)
    }

    private var grantAcrossAccounts: Decision {
        let grants = resourceGrants(atLeast: .account)
        return grants.isEmpty ? Decision(.implicitDeny, at: .resourcePolicy) : grantByIdentity(beside: grants)
    }

    private func grantByIdentity(beside resourceGrants: [DecidingStatement]) -> Decision {
        let grants = identity.flatMap { $0.statements(.allow, applyingTo: prepared) }
        if grants.isEmpty { return Decision(.implicitDeny, at: .identityPolicies) }
        return callersLimit ?? Decision(.allowed, at: .identityPolicies, because: resourceGrants + grants)
    }

    /// The decision where the caller's boundary or session policy does not allow.
    private var callersLimit: Decision? {
        if !boundaries.allSatisfy(allows) { return Decision(.implicitDeny, at: .permissionsBoundary) }
        if let session {
            return allows(session) ? nil : Decision(.implicitDeny, at: .sessionPolicy)
        }
        // Without a session policy a role's session has all of the role's permissions, a federated user has none.
        if case .federatedUser = request.caller { return Decision(.implicitDeny, at: .sessionPolicy) }
        return nil
    }

    // MARK: - The resource policy

    /// Keys and roles are used only by those whom their own policy lets, in the same account too.
    ///
    /// Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "How to use trust policies with IAM roles".
    private var needsResourcePolicy: Bool {
        guard let arn = ARN(request.resource) else { return false }
        switch arn.service {
        case "kms": return prepared.action.hasPrefix("kms:") && arn.resource.hasPrefix("key/")
        case "iam": return prepared.action.hasPrefix("sts:") && arn.resource.hasPrefix("role/")
        default: return false
        }
    }

    private func resourceGrants(atLeast match: PrincipalMatch) -> [DecidingStatement] {
        policies.resource.map { statements(.allow, of: $0, as: match) } ?? []
    }

    private func statements(
        _ effect: Statement.Effect, of policy: CompiledPolicy, as match: PrincipalMatch
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

extension Caller {
    /// Whether identity policies, boundaries and session policies apply to the caller.
    fileprivate var isIAMEntity: Bool {
        switch self {
        case .user, .role, .session, .federatedUser: true
        case .anonymous, .root, .service: false
        }
    }

    fileprivate var isService: Bool {
        if case .service = self { true } else { false }
    }
}
