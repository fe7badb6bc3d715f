/// The access that a request has, if its context may be partly unknown.
public struct Access: Sendable, Hashable {
    /// The conditions under which the request is allowed.
    ///
    /// Each statement is evaluated alone. So the evaluation does not notice if the conditions of two statements exclude
    /// each other, or if a condition always holds. A requirement other than `never` therefore means that access cannot
    /// be ruled out.
    public let requirement: AccessRequirement
    /// The statements that grant the request, surely or perhaps.
    public let grants: [DecidingStatement]
    /// The statements that deny the request, surely or perhaps.
    public let denials: [DecidingStatement]

    /// Whether the request is allowed whatever the unknown keys are.
    public var isCertain: Bool { requirement == .always }

    /// Whether the request is denied whatever the unknown keys are.
    public var isRuledOut: Bool { requirement == .never }
}

extension PolicySet {
    /// The conditions under which a request is allowed. Its context may be incomplete.
    ///
    /// With a complete context, the requirement is `always` or `never`, and agrees with `decision(on:)`.
    ///
    /// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access" and
    /// "Cross-account policy evaluation logic".
    public func access(for request: AccessRequest) -> Access {
        AccessFormula(policies: ApplicablePolicies(of: self, to: request)).access
    }
}

/// The evaluation logic as a formula over the statements that may apply.
private struct AccessFormula {
    let policies: ApplicablePolicies

    private var request: AccessRequest { policies.request }
    private var prepared: PreparedRequest { policies.prepared }

    var access: Access {
        if policies.needsNoPermission { return Access(requirement: .always, grants: [], denials: []) }
        let denials =
            policies.resourcesPolicies.flatMap { named(.deny, of: $0, .account) }
            + policies.callersPolicies.flatMap { unnamed(.deny, of: $0) }
        let byIdentity = policies.identity.flatMap { unnamed(.allow, of: $0) }
        // A grant to the account reaches only the principals whose own policies allow the action too.
        let isPassedOn = !byIdentity.isEmpty && (!policies.isWithinAccount || policies.needsResourcePolicy)
        let grants =
            (policies.resource.map { named(.allow, of: $0, isPassedOn ? .account : .parent) } ?? []) + byIdentity
        return Access(
            requirement: .all(of: denials.map(\.denying) + limits + [grant]),
            grants: grants.map(\.citation), denials: denials.map(\.citation))
    }

    // MARK: - Limits that must allow

    private var limits: [AccessRequirement] {
        var limits = policies.resourceControl.map { anyOf($0.policies.flatMap { named(.allow, of: $0, .account) }) }
        limits += policies.serviceControl.map { anyOf($0.policies.flatMap { unnamed(.allow, of: $0) }) }
        if !policies.vpcEndpoint.isEmpty {
            limits.append(anyOf(policies.vpcEndpoint.flatMap { named(.allow, of: $0, .account) }))
        }
        return policies.isBlockedAsPublic ? limits + [.never] : limits
    }

    private var callersLimit: AccessRequirement {
        var limits = policies.boundaries.map { anyOf(unnamed(.allow, of: $0)) }
        if let session = policies.session {
            limits.append(anyOf(unnamed(.allow, of: session)))
        } else if case .federatedUser = request.caller {
            limits.append(.never)
        }
        return .all(of: limits)
    }

    // MARK: - Grants

    private var grant: AccessRequirement {
        switch request.caller {
        case .anonymous, .service: resourceGrant(.itself)
        case .root: grantToRoot
        case .user, .role, .session, .federatedUser:
            policies.isWithinAccount ? grantWithinAccount : .all(of: [resourceGrant(.account), grantByIdentity])
        }
    }

    private var grantToRoot: AccessRequirement {
        if prepared.action == "sts:assumerole" { return .never }
        return policies.isWithinAccount && !policies.needsResourcePolicy ? .always : resourceGrant(.itself)
    }

    private var grantWithinAccount: AccessRequirement {
        let identity =
            policies.needsResourcePolicy
            ? AccessRequirement.all(of: [resourceGrant(.account), grantByIdentity]) : grantByIdentity
        return .any(of: [resourceGrant(.itself), .all(of: [resourceGrant(.parent), callersLimit]), identity])
    }

    private var grantByIdentity: AccessRequirement {
        .all(of: [anyOf(policies.identity.flatMap { unnamed(.allow, of: $0) }), callersLimit])
    }

    private func resourceGrant(_ match: PrincipalMatch) -> AccessRequirement {
        anyOf(policies.resource.map { named(.allow, of: $0, match) } ?? [])
    }

    // MARK: - Statements

    private func anyOf(_ statements: [PossibleStatement]) -> AccessRequirement {
        .any(of: statements.map(\.allowing))
    }

    /// The statements that may apply, of a policy on the caller's side, which names no principal.
    private func unnamed(_ effect: Statement.Effect, of policy: CompiledPolicy) -> [PossibleStatement] {
        policy.statements.filter { $0.effect == effect }.compactMap { statement in
            possible(statement, of: policy, statement.applies(to: prepared))
        }
    }

    /// The statements that may apply and name the caller at least as closely as `match`, of a policy that names
    /// principals.
    private func named(
        _ effect: Statement.Effect, of policy: CompiledPolicy, _ match: PrincipalMatch
    ) -> [PossibleStatement] {
        policy.statements.filter { $0.effect == effect }.compactMap { statement in
            let found = statement.match(prepared)
            return found.names >= match ? possible(statement, of: policy, found.applies) : nil
        }
    }

    private func possible(
        _ statement: CompiledStatement, of policy: CompiledPolicy, _ applies: Truth
    ) -> PossibleStatement? {
        let citation = policy.citation(of: statement)
        switch applies {
        case .no: return nil
        case .yes: return PossibleStatement(citation: citation, doubt: nil)
        case .unknown:
            return PossibleStatement(
                citation: citation,
                doubt: UncertainStatement(
                    statement: citation, conditions: statement.unknownConditions(in: prepared),
                    resources: statement.unknownResources(in: prepared)))
        }
    }
}

/// A statement that applies, surely or perhaps.
private struct PossibleStatement {
    let citation: DecidingStatement
    /// `nil` if it applies surely.
    let doubt: UncertainStatement?

    var allowing: AccessRequirement { doubt.map { .applies($0) } ?? .always }
    var denying: AccessRequirement { doubt.map { .appliesNot($0) } ?? .never }
}
