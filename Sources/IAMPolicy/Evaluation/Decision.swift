/// The outcome of a request, and its reason.
public struct Decision: Sendable, Hashable {
    public let outcome: Outcome
    /// The stage at which the evaluation ended.
    public let stage: Stage
    /// The statements that decided: the denials, or the grants that sufficed. Empty if nothing allows.
    public let because: [DecidingStatement]

    public init(_ outcome: Outcome, at stage: Stage, because: [DecidingStatement] = []) {
        self.outcome = outcome
        self.stage = stage
        self.because = because
    }

    public var isAllowed: Bool { outcome == .allowed }

    /// Source: IAM User Guide, "The difference between explicit and implicit denies".
    public enum Outcome: String, Sendable, Hashable, CaseIterable, Codable {
        case allowed
        /// No statement denies the request, but a policy that has to allow it does not.
        case implicitDeny
        /// A statement denies, or S3 Block Public Access overrides the statements that allow.
        case explicitDeny
    }

    /// The steps of the evaluation in their order.
    ///
    /// Source: IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access".
    public enum Stage: Sendable, Hashable, CustomStringConvertible {
        /// The action needs no permission and cannot be denied.
        case noPermissionNeeded
        case denials
        case resourceControlPolicies(level: String)
        case serviceControlPolicies(level: String)
        case vpcEndpointPolicies
        /// S3's RestrictPublicBuckets.
        case publicAccessBlock
        case accountRoot
        case resourcePolicy
        case identityPolicies
        case permissionsBoundary
        case sessionPolicy

        public var description: String {
            switch self {
            case .noPermissionNeeded: "no permission needed"
            case .denials: "denials"
            case .resourceControlPolicies(let level): "resource control policies of \(level)"
            case .serviceControlPolicies(let level): "service control policies of \(level)"
            case .vpcEndpointPolicies: "VPC endpoint policies"
            case .publicAccessBlock: "public access block"
            case .accountRoot: "account root"
            case .resourcePolicy: "resource policy"
            case .identityPolicies: "identity policies"
            case .permissionsBoundary: "permissions boundary"
            case .sessionPolicy: "session policy"
            }
        }
    }
}

/// A statement that had a part in a decision.
public struct DecidingStatement: Sendable, Hashable {
    public let policy: String
    /// The statement's identifier or, if it has none, its index in brackets.
    public let statement: String
    public let effect: Statement.Effect
    /// The source of the statement, such as an API call; `nil` for a hypothetical one.
    public let source: String?

    public init(policy: String, statement: String, effect: Statement.Effect, source: String? = nil) {
        self.policy = policy
        self.statement = statement
        self.effect = effect
        self.source = source
    }
}
