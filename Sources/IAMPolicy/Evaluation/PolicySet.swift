/// All policies that apply to a caller's requests for a resource, compiled once to decide many requests.
public struct PolicySet: Sendable {
    let identity: [CompiledPolicy]
    let resource: CompiledPolicy?
    let boundaries: [CompiledPolicy]
    let session: CompiledPolicy?
    let serviceControl: [CompiledLevel]
    let resourceControl: [CompiledLevel]
    let vpcEndpoint: [CompiledPolicy]
    /// Whether the resource policy is public by S3's definition, and the bucket restricts public policies.
    let restrictsPublicBucket: Bool

    /// - Parameters:
    ///   - identity: All policies of the user and its groups, or of the role.
    ///   - resource: The policy of the bucket, key, role (its trust policy), queue and so on.
    ///   - boundaries: The permissions boundary; if there are several, each limits.
    ///   - session: The policy that was passed when the session was made.
    ///   - serviceControl: From the root to the account; empty if no such policies apply.
    ///   - resourceControl: The same for the resource's account.
    ///   - vpcEndpoint: The policies of the endpoint through which the request comes; one of them must allow.
    ///   - restrictPublicBuckets: Whether S3's RestrictPublicBuckets is in force for the bucket.
    public init(
        identity: [NamedPolicy] = [], resource: NamedPolicy? = nil, boundaries: [NamedPolicy] = [],
        session: NamedPolicy? = nil, serviceControl: [ControlLevel] = [], resourceControl: [ControlLevel] = [],
        vpcEndpoint: [NamedPolicy] = [], restrictPublicBuckets: Bool = false
    ) {
        self.identity = identity.map { CompiledPolicy($0) }
        self.resource = resource.map { CompiledPolicy($0) }
        self.boundaries = boundaries.map { CompiledPolicy($0) }
        self.session = session.map { CompiledPolicy($0) }
        self.serviceControl = serviceControl.map { CompiledLevel($0) }
        self.resourceControl = resourceControl.map { CompiledLevel($0.namingEveryone) }
        self.vpcEndpoint = vpcEndpoint.map { CompiledPolicy($0) }
        restrictsPublicBucket = restrictPublicBuckets && !(resource?.policy.publicGrants().isEmpty ?? true)
    }

    /// Copies `policies`, with another policy of the resource.
    init(replacing policy: NamedPolicy?, in policies: PolicySet) {
        identity = policies.identity
        resource = policy.map { CompiledPolicy($0) }
        boundaries = policies.boundaries
        session = policies.session
        serviceControl = policies.serviceControl
        resourceControl = policies.resourceControl
        vpcEndpoint = policies.vpcEndpoint
        restrictsPublicBucket = policies.restrictsPublicBucket
    }

    /// Combines the policies of a caller with those of a resource, all of them compiled already.
    init(
        identity: [CompiledPolicy], boundaries: [CompiledPolicy], serviceControl: [CompiledLevel],
        guarding resource: PolicySet
    ) {
        self.identity = identity
        self.resource = resource.resource
        self.boundaries = boundaries
        session = nil
        self.serviceControl = serviceControl
        resourceControl = resource.resourceControl
        vpcEndpoint = []
        restrictsPublicBucket = resource.restrictsPublicBucket
    }
}

/// A policy under the name by which decisions cite it: an ARN, or its place.
public struct NamedPolicy: Sendable, Hashable {
    public var name: String
    public var policy: Policy
    /// The source of the policy, such as an API call; `nil` for a hypothetical one.
    public var source: String?
    /// The document as it was written; `nil` for a hypothetical policy.
    public var text: String?
    /// The version of a managed policy, such as `v3`.
    public var version: String?
    /// The sources of statements that were added to those of the policy, by their index.
    private(set) var addedSources: [Int: String] = [:]

    public init(
        _ name: String, _ policy: Policy, from source: String? = nil, text: String? = nil, version: String? = nil
    ) {
        self.name = name
        self.policy = policy
        self.source = source
        self.text = text
        self.version = version
    }

    /// Adds statements from another source, such as the grants of a key in addition to its policy.
    public mutating func add(_ statements: [Statement], from source: String?) {
        for statement in statements {
            addedSources[policy.statements.count] = source
            policy.statements.append(statement)
        }
    }

    /// The source of the statement of that index.
    func source(of statement: Int) -> String? { addedSources[statement] ?? source }

    /// The statement of that index as the document spells it, on one line.
    public func text(of statement: Int) -> String {
        text.flatMap { Policy.text(ofStatement: statement, in: $0) } ?? policy.statements[statement].json
    }
}

/// The organization policies attached to the root, an organizational unit or the account. One of them must allow.
public struct ControlLevel: Sendable, Hashable {
    /// The identifier of the root, unit or account.
    public var id: String
    public var policies: [NamedPolicy]

    public init(id: String, policies: [NamedPolicy]) {
        self.id = id
        self.policies = policies
    }

    /// The level with the `Principal` `*` in all statements that name none. A resource control policy can have no other
    /// one.
    ///
    /// Source: AWS Organizations User Guide, "RCP syntax".
    fileprivate var namingEveryone: ControlLevel {
        var level = self
        for policy in level.policies.indices {
            for statement in level.policies[policy].policy.statements.indices
            where level.policies[policy].policy.statements[statement].principals == nil {
                level.policies[policy].policy.statements[statement].principals = .only([.everyone])
            }
        }
        return level
    }
}
