import BitCollections
import IAMPolicy
import Testing

/// A population answers as each of its members asked alone.
@Suite struct PopulationTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func answersAsEachMemberAlone(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        var counts = (certain: 0, possible: 0, never: 0)
        for _ in 0..<100 {
            let scene = RandomPopulation(&random)
            for (action, resources) in scene.questions {
                let question = scene.population.question(action, context: scene.context)
                for resource in resources {
                    let holders = question.holders(of: resource.guarded)
                    for (number, member) in scene.population.members.enumerated() {
                        let alone = scene.alone(number, resource).access(
                            for: AccessRequest(
                                member.caller, action, on: resource.guarded.arn, ownedBy: resource.guarded.accountID,
                                context: member.caller.knownContext.adding(member.context).adding(scene.context)))
                        #expect(
                            holders.certain.contains(number) == alone.isCertain
                                && holders.possible.contains(number) == !alone.isRuledOut,
                            "\(member.caller) \(action) \(resource.guarded.arn)")
                        #expect(question.access(of: number, to: resource.guarded) == alone)
                        if alone.isCertain {
                            counts.certain += 1
                        } else if alone.isRuledOut {
                            counts.never += 1
                        } else {
                            counts.possible += 1
                        }
                    }
                }
            }
        }
        #expect(counts.certain > 100 && counts.possible > 20 && counts.never > 100, "\(counts)")
    }

    @Test func aPrefixThatEndsWithinACharacterIsNoMatch() {
        let policy = NamedPolicy(
            "p",
            Policy(statements: [
                Statement(
                    effect: .allow, actions: .only(["s3:*"]), resources: .only(["arn:aws:s3:::é*", "arn:aws:s3:::e"]))
            ]))
        let population = Population(
            policies: [policy], controls: [],
            members: [.init(.user(arn: "arn:aws:iam::111122223333:user/a"), policies: [0])])
        let question = population.question("s3:GetObject")
        #expect(question.holders(of: GuardedResource("arn:aws:s3:::éa")).certain == [0])
        #expect(question.holders(of: GuardedResource("arn:aws:s3:::èa")).possible == [])
        #expect(question.holders(of: GuardedResource("arn:aws:s3:::e")).certain == [0])
        #expect(question.holders(of: GuardedResource("arn:aws:s3:::e\u{301}")).possible == [])
    }
}

/// Some users and roles of two accounts, who share policies made by chance.
private struct RandomPopulation {
    struct Resource {
        var guarded: GuardedResource
        var policy: NamedPolicy?
        var control: [ControlLevel]
        var restricts: Bool
    }

    let population: Population
    let context: RequestContext
    let questions: [(String, [Resource])]
    private let policies: [NamedPolicy]
    private let controls: [[ControlLevel]]

    init(_ random: inout RandomPolicies) {
        policies = (0..<6).map { number in
            var policy = random.policy(withPrincipal: number == 5)
            // Without conditions on what is not known, hardly an answer would be uncertain.
            if random.chance(1, in: 2) { policy.statements[0].conditions = [random.condition()] }
            return NamedPolicy("policy \(number)", policy)
        }
        controls = (0..<2).map { level in
            [ControlLevel(id: "\(level)", policies: [NamedPolicy("control", random.policy(withPrincipal: false))])]
        }
        let callers: [Caller] = [
            Sample.user, Sample.role, Sample.stranger, .user(arn: "arn:aws:iam::\(Sample.account):user/eve"),
            .role(arn: "arn:aws:iam::\(Sample.account):role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"),
            .role(arn: "arn:aws:iam::\(Sample.otherAccount):role/deploy"),
        ]
        let members = callers.map { caller in
            var member = Population.Member(caller, policies: Array(Set(random.some(Array(0..<6)))))
            if random.chance(1, in: 3) { member.boundaries = [random.pick(Array(0..<5))] }
            if random.chance(1, in: 2) { member.controls = random.pick([0, 1]) }
            if random.chance(1, in: 2) { member.context["k"] = .single(random.pick(["true", "ada", "10.1.1.1"])) }
            return member
        }
        population = Population(policies: policies, controls: controls, members: members)
        context = random.chance(1, in: 2) ? ["absent": .single("ada")] : [:]
        let resources: [(String, [(String, String?)])] = [
            ("s3:GetObject", [("arn:aws:s3:::logs/ada", Sample.account), ("arn:aws:s3:::other", Sample.otherAccount)]),
            ("kms:Decrypt", [(Sample.key, nil)]), ("sts:AssumeRole", [(Sample.trustedRole, nil)]),
            ("sts:GetCallerIdentity", [("*", nil)]),
        ]
        questions = resources.map { action, resources in
            (action, resources.map { Self.resource($0.0, $0.1, &random) })
        }
    }

    private static func resource(_ arn: String, _ account: String?, _ random: inout RandomPolicies) -> Resource {
        let policy = random.chance(2, in: 3) ? NamedPolicy("resource", random.policy(withPrincipal: true)) : nil
        let control =
            random.chance(1, in: 3)
            ? [ControlLevel(id: "r", policies: [NamedPolicy("r", random.policy(withPrincipal: true))])] : []
        let restricts = random.chance(1, in: 3)
        return Resource(
            guarded: GuardedResource(
                arn, ownedBy: account, policy: policy, resourceControl: control, restrictPublicBuckets: restricts),
            policy: policy, control: control, restricts: restricts)
    }

    /// The policies that count when one member asks alone.
    func alone(_ number: Int, _ resource: Resource) -> PolicySet {
        let member = population.members[number]
        return PolicySet(
            identity: member.policies.map { policies[$0] }, resource: resource.policy,
            boundaries: member.boundaries.map { policies[$0] },
            serviceControl: member.controls.map { controls[$0] } ?? [], resourceControl: resource.control,
            restrictPublicBuckets: resource.restricts)
    }
}
