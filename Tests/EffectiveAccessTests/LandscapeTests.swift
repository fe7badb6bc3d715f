import EffectiveAccess
import IAMPolicy
import Inventory
import Testing

/// Who can do what, asked about whole inventories.
@Suite struct LandscapeTests {
    private static let key = EncryptionKey.sample.reference
    private static let logs = "arn:aws:s3:::example-trail/AWSLogs/x.json.gz"
    private static let root = "arn:aws:iam::\(SmallAccount.id):root"

    private func names(_ answer: WhoCan) -> [String] { answer.holders.map(\.principal.name) }

    @Test func usersAndRolesByTheirOwnPoliciesAndTheirGroups() {
        let landscape = SmallAccount {
            $0.account.hold(buckets: .sample)
            $0.add(group: "readers", allow("s3:Get*"))
            $0.add(user: "ada", allow("s3:GetObject"))
            $0.add(user: "bob", groups: ["readers"])
            $0.add(user: "eve", allow("s3:GetObject"), deny("s3:*", on: "arn:aws:s3:::example-trail/*"))
            $0.add(role: "audit", trust: trust(Self.root), allow("s3:GetObject", on: "arn:aws:s3:::example-trail/*"))
            $0.add(role: "other", trust: trust(Self.root), allow("s3:GetObject", on: "arn:aws:s3:::other/*"))
        }.landscape
        let answer = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(names(answer) == ["audit", "ada", "bob"])
        #expect(answer.holders.map(\.access.isCertain) == [true, true, true])
        #expect(answer.doubts.isEmpty)
        #expect(answer.outsiders.isEmpty)
    }

    @Test func whoCanBecomeAHolderIsToldWithTheChain() {
        let landscape = SmallAccount {
            $0.account.hold(buckets: .sample)
            $0.add(role: "audit", trust: trust(SmallAccount.role("hop")), allow("s3:GetObject"))
            $0.add(role: "hop", trust: trust(Self.root), allow("sts:AssumeRole"))
            $0.add(role: "pipeline", trust: trust("codebuild.amazonaws.com"), allow("s3:GetObject"))
            $0.add(user: "bob", allow("sts:AssumeRole"))
        }.landscape
        let answer = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(names(answer) == ["audit", "pipeline"])
        let bob = answer.indirect.first { $0.who == SmallAccount.user("bob") }
        #expect(bob?.roles == [SmallAccount.role("hop"), SmallAccount.role("audit")])
        #expect(answer.indirect.contains { $0.who == "codebuild.amazonaws.com" })
    }

    @Test func aKeyIsUsedByWhomItsPolicyAndItsGrantsLet() {
        func landscape(_ policy: PolicyDocument, _ grants: [KeyGrant] = []) -> Landscape {
            SmallAccount {
                $0.add(user: "ada", allow("kms:Decrypt"))
                $0.add(user: "bob", allow("s3:*"))
                $0.add(role: "worker", trust: trust("lambda.amazonaws.com"))
                $0.account.hold(
                    keys: .sample {
                        $0.policy = .known(policy)
                        $0.grants = .known(grants)
                    })
            }.landscape
        }
        #expect(names(landscape(.trailKey).whoCan("kms:Decrypt", Self.key)) == ["ada"])
        let closed = PolicyDocument(
            statements:
                #"{"Effect": "Allow", "Principal": {"AWS": "\#(SmallAccount.user("bob"))"}, "Action": "kms:*", "Resource": "*"}"#
        )
        #expect(names(landscape(closed).whoCan("kms:Decrypt", Self.key)) == ["bob"])
        let grant = KeyGrant(
            grantID: "g1", granteePrincipal: SmallAccount.role("worker"), operations: ["Decrypt"],
            constraints: .init(encryptionContextSubset: ["a": "b"]))
        let granted = landscape(.trailKey, [grant]).whoCan("kms:Decrypt", Self.key)
        #expect(names(granted) == ["worker", "ada"])
        #expect(granted.holders.first?.access.isCertain == false)
        #expect(granted.holders.first?.access.grants.map(\.statement) == ["grant g1"])
        #expect(names(landscape(.trailKey, [grant]).whoCan("kms:Encrypt", Self.key)) == [])
    }

    @Test func outsidersAreThoseWhomThePolicyNames() {
        let landscape = SmallAccount {
            $0.add(user: "ada")
            $0.account.hold(
                buckets: .sample {
                    $0.publicAccessBlock = .known(.allOff)
                    $0.policy = .known(
                        PolicyDocument(
                            statements: #"""
                                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                                 "Principal": {"AWS": ["999999999999", "arn:aws:iam::888888888888:role/x", "AIDAEXAMPLE"],
                                               "Service": "delivery.amazonaws.com"}}
                                """#,
                            #"""
                            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*",
                             "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}}
                            """#))
                })
            $0.account[.accountPublicAccessBlock] = .known(.allOff)
        }.landscape
        let answer = landscape.whoCan("s3:GetObject", Self.logs)
        #expect(
            answer.outsiders.map(\.title) == [
                "account 999999999999", "any principal in organization o-abc",
                "AIDAEXAMPLE, which is a deleted principal or a canonical user",
                "arn:aws:iam::888888888888:role/x", "delivery.amazonaws.com",
            ])
        #expect(answer.outsiders.map(\.access.isCertain) == [true, false, true, true, true])
        // The account is in no organization, and ada in no other.
        #expect(names(answer) == [])
    }

    /// A service's request has no key about a principal of an account: a denial that compares one without exception is for
    /// services too.
    @Test(
        arguments: [
            (#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, nil),
            (
                #"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#,
                true
            ),
            (#"{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}"#, true),
            (#"{"StringNotEquals": {"aws:SourceArn": "arn:aws:s3:::mine"}}"#, false),
        ] as [(String, Bool?)])
    func whatAServiceLacksIsKnown(condition: String, isCertain: Bool?) {
        let landscape = SmallAccount {
            $0.account.hold(
                buckets: .sample {
                    $0.publicAccessBlock = .known(.allOff)
                    $0.policy = .known(
                        PolicyDocument(
                            statements: #"""
                                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
                                 "Principal": {"Service": "delivery.amazonaws.com"}}
                                """#,
                            #"""
                            {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Principal": "*",
                             "Condition": \#(condition)}
                            """#))
                })
            $0.account[.accountPublicAccessBlock] = .known(.allOff)
        }.landscape
        let services = landscape.whoCan("s3:GetObject", Self.logs).outsiders.filter { $0.kind == .service }
        #expect(services.map(\.access.isCertain) == [isCertain].compactMap(\.self))
    }

    /// A statement for everybody, and whom its condition lets in; none for those of one's own account.
    private static let limits: [(condition: String, titles: [String])] = [
        (#"{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, ["any principal in organization o-abc"]),
        (
            #"{"StringEquals": {"aws:PrincipalOrgID": ["o-abc", "o-xyz"]}}"#,
            ["any principal in organization o-abc", "any principal in organization o-xyz"]
        ),
        (
            #"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/r-1/ou-2/*"}}"#,
            ["any principal in o-abc/r-1/ou-2/*"]
        ),
        (#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, ["any principal in VPC vpc-1"]),
        (#"{"StringEquals": {"aws:SourceVpce": "vpce-1"}}"#, ["any principal through VPC endpoint vpce-1"]),
        (
            #"{"StringEquals": {"aws:VpceOrgID": "o-abc"}}"#,
            ["any principal through VPC endpoints of organization o-abc"]
        ),
        (
            #"{"ForAnyValue:StringLike": {"aws:VpceOrgPaths": "o-abc/*"}}"#,
            ["any principal through VPC endpoints of organization path o-abc/*"]
        ),
        (
            #"{"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:999999999999:vpc/*"}}"#,
            ["any principal in VPC arn:aws:ec2:*:999999999999:vpc/*"]
        ),
        (
            #"{"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:999999999999:accesspoint/*"}}"#,
            ["any principal through access points of the form arn:aws:s3:*:999999999999:accesspoint/*"]
        ),
        (#"{"StringLike": {"aws:VpceOrgID": "o-*"}}"#, ["any principal"]),
        (#"{"StringEquals": {"aws:VpceAccount": "1"}}"#, ["any principal through VPC endpoints of account 1"]),
        (
            #"{"StringEquals": {"s3:DataAccessPointAccount": "1"}}"#,
            ["any principal through access points of account 1"]
        ),
        (#"{"StringEquals": {"aws:SourceAccount": "1"}}"#, ["AWS services for account 1"]),
        (
            #"{"StringEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}}"#, ["cloudtrail.amazonaws.com"]
        ),
        (#"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#, ["any principal with user ID AROAEXAMPLE:*"]),
        (#"{"StringEquals": {"aws:PrincipalAccount": "999999999999"}}"#, ["account 999999999999"]),
        (#"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#, []),
        (
            #"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::999999999999:role/x"}}"#,
            ["arn:aws:iam::999999999999:role/x"]
        ),
        (
            #"{"StringEquals": {"aws:PrincipalOrgID": "o-abc", "aws:SourceVpce": "vpce-1"}}"#,
            ["any principal through VPC endpoint vpce-1"]
        ),
        (#"{"StringLike": {"aws:PrincipalOrgID": "*"}}"#, ["any principal"]),
        (#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}"#, ["any principal"]),
        (#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}"#, ["any principal"]),
        (#"{"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}"#, ["any principal"]),
    ]

    @Test(arguments: limits)
    func whomAConditionLimitsEverybodyToIsNamed(limit: (condition: String, titles: [String])) {
        let landscape = SmallAccount {
            $0.account.hold(
                buckets: .sample {
                    $0.publicAccessBlock = .known(.allOff)
                    $0.policy = .known(
                        PolicyDocument(
                            statements: #"""
                                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*",
                                 "Condition": \#(limit.condition)}
                                """#))
                })
            $0.account[.accountPublicAccessBlock] = .known(.allOff)
        }.landscape
        #expect(landscape.whoCan("s3:GetObject", Self.logs).outsiders.map(\.title) == limit.titles)
    }

    @Test func whatWasNotReadIsADoubtAndNeverAPass() {
        let denied = Unknown(.accessDenied, call: "x", permission: "y", detail: "z")
        var small = SmallAccount { $0.add(user: "ada", allow("s3:GetObject")) }
        #expect(!small.landscape.whoCan("s3:GetObject", Self.logs).doubts.isEmpty, "the bucket was not read")
        small.account.hold(buckets: .sample)
        #expect(small.landscape.whoCan("s3:GetObject", Self.logs).doubts.isEmpty)
        small.account[.organizationPolicies] = .unknown(denied)
        #expect(small.landscape.whoCan("s3:GetObject", Self.logs).doubts == [denied])
        small.account[.identities] = .unknown(denied)
        #expect(small.landscape.whoCan("s3:GetObject", Self.logs).doubts.contains(denied))
        var unreadable = SmallAccount { $0.add(user: "ada", attached: ["missing"]) }
        unreadable.account.hold(buckets: .sample)
        #expect(unreadable.landscape.whoCan("s3:GetObject", Self.logs).doubts.count == 1)
        #expect(throws: Unknown.self) { try unreadable.landscape.whatCan(0) }
    }

    @Test func whatAPrincipalCanIsCutByItsBoundary() throws {
        let landscape = SmallAccount {
            $0.add(policy: "limit", allow("s3:*"))
            $0.add(user: "ada", allow("s3:GetObject ec2:*"), boundary: "limit")
            $0.add(role: "deploy", trust: trust(SmallAccount.user("ada")))
        }.landscape
        let answer = try landscape.whatCan(landscape.principal(named: "ada"))
        #expect(answer.permissions.map { $0.access.isRuledOut } == [false, true])
        #expect(answer.permissions.map(\.actions) == ["s3:GetObject", "ec2:*"])
        #expect(answer.roles.map(\.roles) == [[SmallAccount.role("deploy")]])
    }

    @Test func theDenialsThatCutAGrantAreListedWithIt() throws {
        let landscape = SmallAccount {
            $0.add(policy: "limit", allow("*"), deny("ec2:Run*"))
            $0.add(
                user: "ada", allow("s3:*"), allow("sqs:SendMessage ec2:*"),
                deny("s3:Delete*", on: "arn:aws:s3:::logs/*"),
                deny("sqs:Delete*"), boundary: "limit")
            $0.limit(
                by: "guard", allow("*"), deny("*", if: #"{"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#))
        }.landscape
        let answer = try landscape.whatCan(landscape.principal(named: "ada"))
        #expect(answer.permissions.map(\.actions) == ["s3:*", "sqs:SendMessage", "ec2:*"])
        #expect(
            answer.permissions.map { $0.denials.map(\.actions) } == [["s3:Delete*", "*"], ["*"], ["ec2:Run*", "*"]])
        #expect(answer.permissions[0].denials.map(\.isConditional) == [false, true])
        #expect(answer.permissions[0].denials.map(\.source.policy).last == "organization policy guard")
    }

    @Test func twoAccountsBothHaveToAllow() {
        let other = "999999999999"
        var one = SmallAccount { $0.add(user: "ada", allow("s3:GetObject")) }
        one.account.hold(
            buckets: .sample {
                $0.policy = .known(
                    PolicyDocument(
                        statements:
                            #"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": "\#(other)"}}"#
                    ))
            })
        var second = Account(id: other, partition: "aws", readAt: one.account.readAt, regions: .known([]))
        second[.organization] = .known(nil)
        second[.organizationPolicies] = .known(OrganizationPolicies())
        let policy = InlinePolicy(policyName: "p", policyDocument: PolicyDocument(statements: allow("s3:GetObject")))
        second[.identities] = .known(
            Identities(users: [
                User(userName: "eve", arn: "arn:aws:iam::\(other):user/eve", userPolicyList: [policy]),
                User(userName: "mallory", arn: "arn:aws:iam::\(other):user/mallory"),
            ]))
        let answer = Landscape([one.account, second]).whoCan("s3:GetObject", Self.logs)
        #expect(names(answer) == ["ada", "eve"])
        #expect(answer.outsiders.isEmpty, "the other account is one of the landscape")
    }

    @Test func groupsOfTheSameNameInTwoAccountsAreTwo() {
        let one = SmallAccount {
            $0.add(group: "team", allow("s3:GetObject"))
            $0.add(user: "ada", groups: ["team"])
        }
        let other = "999999999999"
        var second = Account(id: other, partition: "aws", readAt: one.account.readAt, regions: .known([]))
        second[.organization] = .known(nil)
        second[.organizationPolicies] = .known(OrganizationPolicies())
        second[.identities] = .known(
            Identities(
                users: [User(userName: "eve", arn: "arn:aws:iam::\(other):user/eve", groupList: ["team"])],
                groups: [
                    Group(
                        groupName: "team", arn: "arn:aws:iam::\(other):group/team",
                        groupPolicyList: [
                            InlinePolicy(
                                policyName: "inline", policyDocument: PolicyDocument(statements: allow("ec2:*")))
                        ])
                ]))
        let landscape = Landscape([one.account, second])
        #expect(names(landscape.whoCan("s3:GetObject", "arn:aws:s3:::x/y")).contains("eve") == false)
        #expect(names(landscape.whoCan("ec2:RunInstances", "*")) == ["eve"])
    }

    @Test func aNameMayBeGivenInsteadOfAnARN() throws {
        let landscape = SmallAccount {
            $0.add(user: "x")
            $0.add(role: "x", trust: trust(Self.root))
            $0.add(user: "ada")
        }.landscape
        #expect(try landscape.principals[landscape.principal(named: "ada")].arn == SmallAccount.user("ada"))
        #expect(try landscape.principals[landscape.principal(named: "role/x")].kind == .role)
        #expect(throws: Unknown.self) { try landscape.principal(named: "x") }
        #expect(throws: Unknown.self) { try landscape.principal(named: "nobody") }
    }
}
