import IAMPolicy

/// SplitMix64: the same seed gives the same policies on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Policies and requests over a vocabulary so small that they often meet.
struct RandomPolicies {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private static let actions = [
        "*", "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject", "kms:*", "kms:Decrypt", "sts:AssumeRole", "*:*e*",
    ]
    private static let resources = [
        "*", "arn:aws:s3:::logs/*", "arn:aws:s3:::logs/${aws:username}", "arn:aws:s3:::*", Sample.key,
        Sample.trustedRole,
        "arn:aws:kms:*:*:key/*", "arn:aws:iam::*:role/${aws:userid, 'deploy'}", "arn:aws:s3", "arn:aws",
        "arn:aws:kms:us-east-1",
        "arn:aws:*:deploy", "arn:aws:s3:*:logs/*", "arn:aws:iam:*:role/${aws:userid, 'deploy'}",
    ]
    private static let principals: [Principal] = [
        .everyone, Sample.accountPrincipal, .account(Sample.otherAccount), Sample.userPrincipal, Sample.rolePrincipal,
        Sample.sessionPrincipal, Sample.federatedPrincipal, Sample.strangerPrincipal,
        .service("cloudtrail.amazonaws.com"),
    ]
    private static let callers = [
        Sample.user, Sample.role, Sample.session, Sample.federated, Sample.root, Sample.stranger, Sample.cloudTrail,
        .anonymous,
    ]

    mutating func chance(_ one: Int, in all: Int) -> Bool { Int.random(in: 0..<all, using: &generator) < one }

    mutating func shuffled<Element>(_ list: [Element]) -> [Element] { list.shuffled(using: &generator) }

    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[Int.random(in: 0..<list.count, using: &generator)]
    }

    mutating func some<Element>(_ list: [Element]) -> [Element] {
        (0..<Int.random(in: 1...2, using: &generator)).map { _ in pick(list) }
    }

    mutating func statement(withPrincipal: Bool, effect: Statement.Effect? = nil) -> Statement {
        let actions = some(Self.actions).map { ActionPattern($0) }
        let resources = some(Self.resources).map { ResourcePattern($0) }
        let principals = some(Self.principals)
        return Statement(
            effect: effect ?? (chance(1, in: 5) ? .deny : .allow),
            principals: withPrincipal ? (chance(1, in: 8) ? .allExcept(principals) : .only(principals)) : nil,
            actions: chance(1, in: 6) ? .allExcept(actions) : .only(actions),
            resources: chance(1, in: 8) ? .allExcept(resources) : .only(resources),
            conditions: chance(1, in: 3) ? [condition()] : [])
    }

    mutating func condition() -> PolicyCondition {
        var comparison = ConditionOperator(pick(ConditionOperator.Comparison.allCases))
        if chance(1, in: 4) { comparison.quantifier = pick(ConditionOperator.Quantifier.allCases) }
        if comparison.comparison != .null { comparison.ifExists = chance(1, in: 4) }
        let values = [
            "true", "false", "1", "2020-01-01", "10.0.0.0/8", "ada", "a*", "arn:aws:s3:::*", "${aws:username}", "QQ==",
        ]
        return PolicyCondition(comparison, key: pick(["k", "aws:username", "absent"]), values: some(values))
    }

    mutating func policy(withPrincipal: Bool) -> Policy {
        Policy(
            version: chance(1, in: 6) ? .v2008_10_17 : .v2012_10_17,
            statements: (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                statement(withPrincipal: withPrincipal)
            })
    }

    mutating func request() -> AccessRequest {
        let (action, resource) = pick([
            ("s3:GetObject", "arn:aws:s3:::logs/ada"), ("s3:PutObject", "arn:aws:s3:::logs/k"),
            ("kms:Decrypt", Sample.key),
            ("sts:AssumeRole", Sample.trustedRole),
        ])
        var context: RequestContext = [
            "k": .single(pick(["true", "1", "2020-01-01", "10.1.1.1", "ada", "arn:aws:s3:::x"]))
        ]
        if chance(1, in: 2) { context["aws:username"] = "ada" }
        if chance(1, in: 4) { context["k"] = .several(["ada", "1"]) }
        return AccessRequest(pick(Self.callers), action, on: resource, ownedBy: Sample.account, context: context)
    }

    mutating func inputs() -> PolicyInputs {
        PolicyInputs(
            identity: [policy(withPrincipal: false)],
            resource: chance(2, in: 3) ? policy(withPrincipal: true) : nil,
            boundary: chance(1, in: 4) ? policy(withPrincipal: false) : nil,
            session: chance(1, in: 4) ? policy(withPrincipal: false) : nil,
            serviceControl: chance(1, in: 4) ? [policy(withPrincipal: false)] : [],
            resourceControl: chance(1, in: 4) ? [policy(withPrincipal: true)] : [],
            endpoint: chance(1, in: 6) ? policy(withPrincipal: true) : nil)
    }
}

/// The policies of a question, so that a test can change one of them.
struct PolicyInputs {
    var identity: [Policy]
    var resource: Policy?
    var boundary: Policy?
    var session: Policy?
    var serviceControl: [Policy]
    var resourceControl: [Policy]
    var endpoint: Policy?

    func decision(on request: AccessRequest) -> Decision { policySet.decision(on: request) }

    var policySet: PolicySet {
        PolicySet(
            identity: identity.map { NamedPolicy("identity", $0) },
            resource: resource.map { NamedPolicy("resource", $0) },
            boundaries: boundary.map { [NamedPolicy("boundary", $0)] } ?? [],
            session: session.map { NamedPolicy("session", $0) },
            serviceControl: serviceControl.map { ControlLevel(id: "s", policies: [NamedPolicy("s", $0)]) },
            resourceControl: resourceControl.map { ControlLevel(id: "r", policies: [NamedPolicy("r", $0)]) },
            vpcEndpoint: endpoint.map { [NamedPolicy("endpoint", $0)] } ?? [])
    }

    /// The inputs with every policy changed.
    func mapped(_ change: (Policy) -> Policy) -> PolicyInputs {
        PolicyInputs(
            identity: identity.map(change), resource: resource.map(change), boundary: boundary.map(change),
            session: session.map(change), serviceControl: serviceControl.map(change),
            resourceControl: resourceControl.map(change), endpoint: endpoint.map(change))
    }
}
