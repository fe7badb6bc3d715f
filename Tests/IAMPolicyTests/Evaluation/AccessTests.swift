import IAMPolicy
import Testing

@Suite struct AccessTests {
    private static let fromOffice = PolicyCondition(.init(.ipAddress), key: "aws:SourceIp", values: ["10.0.0.0/8"])
    private static let withoutMFA = PolicyCondition(
        .init(.bool, ifExists: true), key: "aws:MultiFactorAuthPresent", values: ["false"])

    private func access(
        _ context: RequestContext = RequestContext().incomplete, identity: [Statement] = [],
        resource: [Statement]? = nil,
        boundary: [Statement]? = nil, serviceControl: [Statement]? = nil
    ) -> Access {
        PolicySet(
            identity: [NamedPolicy("identity", Policy(statements: identity))],
            resource: resource.map { NamedPolicy("resource", Policy(statements: $0)) },
            boundaries: boundary.map { [NamedPolicy("boundary", Policy(statements: $0))] } ?? [],
            serviceControl: serviceControl.map {
                [ControlLevel(id: "r", policies: [NamedPolicy("s", Policy(statements: $0))])]
            } ?? []
        ).access(for: Sample.get(by: Sample.user, context))
    }

    private func uncertain(
        _ policy: String, _ effect: Statement.Effect, _ index: Int = 0, _ conditions: [PolicyCondition] = [],
        _ resources: [String] = []
    ) -> UncertainStatement {
        UncertainStatement(
            statement: DecidingStatement(policy: policy, statement: "[\(index)]", effect: effect),
            conditions: conditions,
            resources: resources)
    }

    @Test func withoutConditionsAccessIsCertainOrRuledOut() {
        #expect(access(identity: [allow()]).isCertain)
        #expect(access(identity: [allow("ec2:*")]).isRuledOut)
        #expect(access(identity: [allow(), deny()]).isRuledOut)
    }

    @Test func aConditionOnAnUnknownKeyIsStated() {
        let access = access(identity: [allow(if: Self.fromOffice)])
        #expect(access.requirement == .applies(uncertain("identity", .allow, 0, [Self.fromOffice])))
        #expect("\(access.requirement)" == "aws:SourceIp IpAddress 10.0.0.0/8")
    }

    @Test func aKnownKeySettlesIt() {
        let inside: RequestContext = ["aws:SourceIp": "10.1.2.3"]
        let outside: RequestContext = ["aws:SourceIp": "192.0.2.1"]
        let absent: RequestContext = ["aws:SourceIp": []]
        #expect(access(inside.incomplete, identity: [allow(if: Self.fromOffice)]).isCertain)
        #expect(access(outside.incomplete, identity: [allow(if: Self.fromOffice)]).isRuledOut)
        #expect(access(absent.incomplete, identity: [allow(if: Self.fromOffice)]).isRuledOut)
        #expect(access([:], identity: [allow(if: Self.fromOffice)]).isRuledOut)
    }

    @Test func aDenialThatMayApplyIsStated() {
        let access = access(identity: [allow(), deny(if: Self.withoutMFA)])
        #expect(access.requirement == .appliesNot(uncertain("identity", .deny, 1, [Self.withoutMFA])))
        #expect(access.denials.count == 1 && access.grants.count == 1)
    }

    @Test func aSureGrantHidesUncertainOnes() {
        #expect(access(identity: [allow(if: Self.fromOffice), allow()]).isCertain)
        #expect(access(identity: [allow(if: Self.fromOffice)], resource: [allow(to: Sample.userPrincipal)]).isCertain)
    }

    @Test func everyWayIsStated() {
        let access = access(
            identity: [allow(if: Self.fromOffice)], resource: [allow(to: Sample.userPrincipal, if: Self.withoutMFA)],
            boundary: [allow("ec2:*")], serviceControl: [allow("s3:*", if: Self.fromOffice)])
        #expect(
            access.requirement
                == .all([
                    .applies(uncertain("s", .allow, 0, [Self.fromOffice])),
                    .applies(uncertain("resource", .allow, 0, [Self.withoutMFA])),
                ]))
    }

    @Test func aVariableWithoutKnownValueIsStated() {
        let home: ResourcePattern = "arn:aws:s3:::logs/${aws:username}"
        let elsewhere: ResourcePattern = "arn:aws:s3:::other/${aws:username}"
        #expect(
            access(identity: [allow(on: home)]).requirement
                == .applies(uncertain("identity", .allow, 0, [], [home.text])))
        #expect(access(identity: [allow(on: elsewhere)]).isRuledOut)
        let known: RequestContext = ["aws:username": "k"]
        #expect(access(known.incomplete, identity: [allow(on: home)]).isCertain)
        let withDefault: ResourcePattern = "arn:aws:s3:::logs/${aws:username, 'k'}"
        #expect(!access(identity: [allow(on: withDefault)]).isCertain)
        #expect(access([:], identity: [allow(on: withDefault)]).isCertain)
    }

    /// Two implementations of the same logic: stage by stage, and as a formula.
    @Test(arguments: [21, 22] as [UInt64])
    func aCompleteContextGivesTheSameAnswerAsTheDecision(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        for _ in 0..<800 {
            let inputs = random.inputs()
            let request = random.request()
            let access = inputs.policySet.access(for: request)
            #expect(access.isCertain == inputs.decision(on: request).isAllowed, "\(request) under \(inputs)")
            #expect(access.isCertain || access.isRuledOut)
        }
    }

    /// What is said of an incomplete context holds in whatever way it is completed.
    @Test(arguments: [23, 24] as [UInt64])
    func whatIsCertainWithoutTheContextStaysSoWithIt(seed: UInt64) {
        var random = RandomPolicies(seed: seed)
        for _ in 0..<800 {
            let inputs = random.inputs()
            let request = random.request()
            var less = request
            less.context = RequestContext().incomplete
            let access = inputs.policySet.access(for: less)
            let isAllowed = inputs.decision(on: request).isAllowed
            #expect(!access.isCertain || isAllowed, "\(request) under \(inputs)")
            #expect(!access.isRuledOut || !isAllowed, "\(request) under \(inputs)")
        }
    }
}

/// IAM User Guide, "AWS global condition context keys" and the table of principal keys in "Variables and tags".
@Suite struct KnownContextTests {
    @Test(arguments: [
        (Sample.user, "aws:username", RequestContext.Value.single("ada")),
        (Sample.user, "aws:PrincipalArn", .single("arn:aws:iam::111122223333:user/ada")),
        (Sample.user, "aws:PrincipalAccount", .single("111122223333")),
        (Sample.user, "aws:SourceIp", nil),
        (Sample.role, "aws:username", .several([])),
        (Sample.session, "aws:PrincipalArn", nil),
        (Sample.root, "aws:PrincipalType", .single("Account")),
        (Sample.cloudTrail, "aws:PrincipalIsAWSService", .single("true")),
        (Sample.cloudTrail, "aws:PrincipalAccount", .several([])),
        (.anonymous, "aws:PrincipalIsAWSService", .several([])),
        (Sample.user, "aws:PrincipalServiceName", .several([])),
        (.anonymous, "aws:PrincipalType", .single("Anonymous")),
    ])
    func whoTheCallerIsSettlesSomeKeys(caller: Caller, key: String, value: RequestContext.Value?) {
        #expect(caller.knownContext[key] == value)
        #expect(!caller.knownContext.isComplete)
    }
}
