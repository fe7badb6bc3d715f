/// One statement: it allows or denies principals some actions on some resources, under conditions.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Statement".
public struct Statement: Sendable, Hashable {
    public var sid: String?
    public var effect: Effect
    /// `nil` if the document has neither `Principal` nor `NotPrincipal`, as in identity policies. In a resource policy
    /// such a statement applies to no principal.
    public var principals: Principals?
    public var actions: Actions
    /// `nil` if the document has neither `Resource` nor `NotResource`, as in role trust policies.
    public var resources: Resources?
    /// The conditions, all of which must hold.
    public var conditions: [PolicyCondition]

    public init(
        sid: String? = nil, effect: Effect, principals: Principals? = nil, actions: Actions,
        resources: Resources? = nil,
        conditions: [PolicyCondition] = []
    ) {
        self.sid = sid
        self.effect = effect
        self.principals = principals
        self.actions = actions
        self.resources = resources
        self.conditions = conditions
    }

    /// The resources, with short ARNs completed if the policy is on the caller's side. In an identity policy, a
    /// boundary, a session policy, or a service control policy, which is written in the same language, an ARN of fewer
    /// than six fields is completed with `*`: `arn:aws:sqs` means all SQS resources. In a policy that names principals,
    /// it stays as it is written.
    ///
    /// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
    public var completedResources: Resources? { principals == nil ? resources?.completed : resources }

    /// Source: IAM User Guide, "IAM JSON policy elements: Effect". The two words are case-sensitive.
    public enum Effect: String, Sendable, Hashable, CaseIterable {
        case allow = "Allow"
        case deny = "Deny"
    }
}

extension Statement {
    /// The principals that the element `Principal` names; none for `NotPrincipal`.
    public var namedPrincipals: [Principal] {
        if case .only(let principals)? = principals { principals } else { [] }
    }

    /// Whether the statement applies to any principal: `*`, or all except some.
    public var namesEverybody: Bool {
        guard let principals else { return false }
        if case .allExcept = principals { return true }
        return principals.includeEveryone
            || namedPrincipals.contains { [.service("*"), .identifier("*")].contains($0) }
    }
}
