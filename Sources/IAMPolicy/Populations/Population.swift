public import BitCollections

/// Many users and roles with their policies, compiled once, so that a request can be evaluated for all of them
/// together.
///
/// The answers are the same as those of ``PolicySet/access(for:)`` for each of them alone. They cost less because a
/// policy that a thousand members hold is evaluated once, and because policies that do not name the action or the
/// resource are skipped.
public struct Population: Sendable {
    /// A user or role, which holds policies by their places in the population's list.
    public struct Member: Sendable {
        /// A user or a role.
        public var caller: Caller
        /// The identity policies that it has itself or through its groups.
        public var policies: [Int]
        /// The permissions boundary; if there are several, each limits.
        public var boundaries: [Int]
        /// The place of the service control policies that its account is under; `nil` for none.
        public var controls: Int?
        /// The condition keys that are known for the member in addition to ``Caller/knownContext``, such as its tags.
        public var context: RequestContext

        public init(
            _ caller: Caller, policies: [Int] = [], boundaries: [Int] = [], controls: Int? = nil,
            context: RequestContext = [:]
        ) {
            self.caller = caller
            self.policies = policies
            self.boundaries = boundaries
            self.controls = controls
            self.context = context
        }
    }

    public let members: [Member]
    let policies: [CompiledPolicy]
    let controls: [[CompiledLevel]]
    /// All members, and the members that hold each policy.
    let everybody: BitSet
    let holders: [BitSet]
    /// The members that have the same boundaries.
    let boundaryGroups: [(policies: [Int], members: BitSet)]
    /// The members that the same service control policies limit.
    let controlGroups: [(controls: Int, members: BitSet)]
    /// The service-linked roles, which neither boundaries nor organization policies limit.
    let limitless: BitSet
    let accounts: [String: BitSet]
    /// The condition keys that are known for some member, in lower case.
    let callerKeys: Set<String>
    /// The identity and the known context of each member, prepared for many requests.
    let identified: [IdentifiedCaller]
    let contexts: [RequestContext]
    private let numbers: [Caller: Int]

    /// - Parameters:
    ///   - policies: every policy that some member holds or is bounded by, once.
    ///   - controls: the service control policies of each account, from the root to the account.
    public init(policies: [NamedPolicy], controls: [[ControlLevel]], members: [Member]) {
        self.policies = policies.map { CompiledPolicy($0) }
        self.controls = controls.map { $0.map { CompiledLevel($0) } }
        self.members = members
        everybody = BitSet(0..<members.count)
        var holders = [BitSet](repeating: [], count: policies.count)
        var bounded: [[Int]: BitSet] = [:]
        var controlled: [Int: BitSet] = [:]
        var limitless: BitSet = []
        var accounts: [String: BitSet] = [:]
        var keys: Set<String> = []
        var numbers: [Caller: Int] = [:]
        var contexts: [RequestContext] = []
        for (number, member) in members.enumerated() {
            for policy in member.policies { holders[policy].insert(number) }
            if member.caller.isServiceLinkedRole {
                limitless.insert(number)
            } else {
                if !member.boundaries.isEmpty { bounded[member.boundaries, default: []].insert(number) }
                if let controls = member.controls { controlled[controls, default: []].insert(number) }
            }
            if let account = member.caller.accountID { accounts[account, default: []].insert(number) }
            contexts.append(member.caller.knownContext.adding(member.context))
            keys.formUnion(contexts[number].lowercasedKeys)
            numbers[member.caller] = number
        }
        self.holders = holders
        boundaryGroups = bounded.map { ($0.key, $0.value) }
        controlGroups = controlled.map { ($0.key, $0.value) }
        self.limitless = limitless
        self.accounts = accounts
        callerKeys = keys
        self.numbers = numbers
        self.contexts = contexts
        identified = members.map { IdentifiedCaller($0.caller) }
    }

    /// The number of the member that is this caller.
    public func number(of caller: Caller) -> Int? { numbers[caller] }

    /// The question which members can do `action`, prepared for any number of resources.
    /// - Parameter context: the condition keys that are known for the request of every member.
    public func question(_ action: String, context: RequestContext = [:]) -> Question {
        Question(of: self, action: action, context: context.incomplete)
    }

    /// The access that a member has, or would have if it were changed. For many questions about one member this costs less than a
    /// ``Question``, which is made for all members.
    /// - Parameters:
    ///   - policies: policies that it would hold besides its own.
    ///   - lost: its own policies that it would not hold.
    ///   - boundaries: boundaries that would replace its own; `nil` leaves it its own.
    ///   - isNew: whether to evaluate a new member of its account instead, which holds only `policies`.
    public func access(
        of member: Int, holdingAlso policies: [NamedPolicy] = [], without lost: Set<Int> = [],
        boundedBy boundaries: [NamedPolicy]? = nil, asNew isNew: Bool = false, _ action: String,
        on resource: GuardedResource, context: RequestContext = [:]
    ) -> Access {
        let own = members[member]
        let kept = isNew ? [] : own.policies.filter { !lost.contains($0) }
        return PolicySet(
            identity: kept.map { self.policies[$0] } + policies.map { CompiledPolicy($0) },
            boundaries: boundaries?.map { CompiledPolicy($0) } ?? own.boundaries.map { self.policies[$0] },
            serviceControl: own.controls.map { controls[$0] } ?? [], guarding: resource.policies
        ).access(for: request(of: member, action, on: resource, context: context.incomplete))
    }

    func request(
        of number: Int, _ action: String, on resource: GuardedResource, context: RequestContext
    ) -> AccessRequest {
        let member = members[number]
        return AccessRequest(
            member.caller, action, on: resource.arn, ownedBy: resource.accountID,
            context: contexts[number].adding(context),
            isWildcardOnly: resource.isWildcardOnly)
    }

    func policySet(of number: Int, on resource: GuardedResource) -> PolicySet {
        let member = members[number]
        return PolicySet(
            identity: member.policies.map { policies[$0] }, boundaries: member.boundaries.map { policies[$0] },
            serviceControl: member.controls.map { controls[$0] } ?? [], guarding: resource.policies)
    }
}

/// A resource with all policies that apply on its side.
public struct GuardedResource: Sendable {
    public let arn: String
    /// The account that owns it; `nil` takes the account in the ARN or, if it has none, the caller's.
    public let accountID: String?
    public let isWildcardOnly: Bool
    let policies: PolicySet

    /// - Parameters:
    ///   - policy: the policy of the bucket, key, role (its trust policy), queue and so on.
    ///   - resourceControl: the resource control policies of its account, from the root to the account.
    ///   - restrictPublicBuckets: whether S3's RestrictPublicBuckets is in force for the bucket.
    ///   - isWildcardOnly: whether the action has no resource types, so that only the resource `*` of a policy fits.
    public init(
        _ arn: String, ownedBy accountID: String? = nil, policy: NamedPolicy? = nil,
        resourceControl: [ControlLevel] = [], restrictPublicBuckets: Bool = false, isWildcardOnly: Bool = false
    ) {
        self.arn = arn
        self.accountID = accountID
        self.isWildcardOnly = isWildcardOnly
        policies = PolicySet(
            resource: policy, resourceControl: resourceControl, restrictPublicBuckets: restrictPublicBuckets)
    }

    /// The resource with another policy of its own.
    public func with(policy: NamedPolicy?) -> GuardedResource {
        GuardedResource(
            arn: arn, accountID: accountID, isWildcardOnly: isWildcardOnly,
            policies: PolicySet(replacing: policy, in: policies))
    }

    private init(arn: String, accountID: String?, isWildcardOnly: Bool, policies: PolicySet) {
        self.arn = arn
        self.accountID = accountID
        self.isWildcardOnly = isWildcardOnly
        self.policies = policies
    }
}

/// The members of a population that can do an action on a resource.
public struct Holders: Sendable, Equatable {
    /// The members that can, whatever the unknown condition keys are.
    public var certain: BitSet
    /// The members for which access cannot be ruled out, including the certain ones.
    public var possible: BitSet

    public init(certain: BitSet = [], possible: BitSet = []) {
        self.certain = certain
        self.possible = possible
    }
}
