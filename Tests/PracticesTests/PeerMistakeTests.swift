import AWSClient
import Inventory
import Posture
import Practices
import Testing

/// Conditions on which other tools were seen to give wrong answers, and the right ones.
@Suite struct PeerMistakeTests {
    @Test("a never-used key of a user without a password is found")
    func neverUsedKeyWithoutPassword() throws {
        let forgotten = UserCredentials.sample(
            key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(400)))
        for id in ["iam-access-key-unused", "iam-user-unused"] {
            try expect(id, [.fail]) { $0.hold(credentials: forgotten) }
        }
    }

    @Test("root's key counts as use although root's password was used long ago")
    func rootUseByKey() throws {
        var root = UserCredentials.rootSample
        root.password.lastUsed = Criteria.sample.daysAgo(900)
        root.accessKeys[0].lastUsed = Criteria.sample.daysAgo(2)
        try expect("root-unused", [.fail]) { [root] in
            $0[.credentialReport] = .known(CredentialReport(root: root, users: []))
        }
    }

    @Test(
        "the root user of GovCloud is not judged without its row in the credential report",
        arguments: ["root-mfa", "root-hardware-mfa"])
    func rootOfGovCloud(_ id: String) throws {
        for report in [
            .denied(.getCredentialReport), .known(CredentialReport(root: nil, users: [])),
        ] as [Fact<CredentialReport>] {
            try expect(id, [.unknown]) {
                $0.partition = "aws-us-gov"
                $0[.accountSummary] = .known(.sample { $0.rootHasMFA = false })
                $0[.virtualMFADevices] = .known([])
                $0[.credentialReport] = report
            }
        }
    }

    @Test("root's use is not forgotten after a day")
    func rootUseLastWeek() throws {
        var root = UserCredentials.rootSample
        root.password.lastUsed = Criteria.sample.daysAgo(7)
        try expect("root-unused", [.fail]) { [root] in
            $0[.credentialReport] = .known(CredentialReport(root: root, users: []))
        }
    }

    @Test(
        "ports that other tools' lists lack are in the table",
        arguments: [
            ("security-group-cassandra", 9042), ("security-group-cassandra", 7199), ("security-group-oracle", 2484),
            ("security-group-smtp", 465), ("security-group-smtp", 587), ("security-group-mongodb", 27_019),
            ("security-group-redis", 6379), ("security-group-memcached", 11_211), ("security-group-nfs", 2049),
            ("security-group-oracle", 1521), ("security-group-smb", 139), ("security-group-smb", 445),
            ("security-group-ldap", 3268), ("security-group-ldap", 3269),
        ])
    func portsOfTheTable(_ id: String, _ port: Int) throws {
        try expect(id, [.fail]) { $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: port...port))) }
    }

    @Test("prefix lists are resolved")
    func prefixLists() throws {
        try expect("security-group-ssh", [.fail]) {
            $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: 22...22)))
            $0[.prefixLists]["us-east-1"] = .known(["pl-1": .known(["0.0.0.0/0"])])
        }
    }

    @Test("an advanced selector counts by what it selects, not by its name")
    func selectorNames() throws {
        let named = AdvancedEventSelector(
            name: "Management events selector", fieldSelectors: [.init(field: "eventCategory", equals: ["Data"])])
        let unnamed = AdvancedEventSelector(fieldSelectors: [.init(field: "eventCategory", equals: ["Management"])])
        for (selector, status) in [(named, Finding.Status.fail), (unnamed, .pass)] {
            try expect("cloudtrail-management-events", [status]) {
                $0.hold(trails: .sample { $0.eventSelectors = .known(EventSelectors(advanced: [selector])) })
            }
        }
    }

    @Test("a flow log of rejected traffic alone is not enough")
    func rejectOnlyFlowLog() throws {
        try expect("vpc-flow-logs", [.fail]) {
            $0.hold(vpcs: .sample, flowLogs: [.sample { $0.trafficType = "REJECT" }])
        }
    }

    @Test("an organization's trail covers its member accounts")
    func organizationTrail() throws {
        for id in ["cloudtrail-all-regions", "cloudtrail-management-events"] {
            try expect(id, [.pass]) {
                $0.hold(
                    trails: .sample {
                        $0.trailARN = "arn:aws:cloudtrail:us-east-1:999999999999:trail/organization"
                        $0.isOrganizationTrail = true
                    })
            }
        }
    }

    @Test("what cannot be read is unknown, neither a failure nor a pass")
    func deniedIsUnknown() throws {
        try expect("trail-bucket-mfa-delete", [.unknown]) {
            $0.hold(trails: .sample)
            $0.hold(buckets: .sample { $0.versioning = .denied(.getBucketVersioning) })
        }
    }

    @Test("an old key is judged by its age, and a young one in use is not touched")
    func keysAreJudgedOneByOne() throws {
        let user = UserCredentials.sample {
            $0.accessKeys[1] = .init(
                number: 2, isActive: true, lastRotated: Criteria.sample.daysAgo(200),
                lastUsed: Criteria.sample.daysAgo(1))
        }
        let findings = try findings("iam-access-key-rotation") { $0.hold(credentials: user) }
        #expect(findings.map(\.message) == ["Access key 2 was last rotated 200 days ago (limit: 90 days)"])
    }

    @Test("a key that cannot be rotated is not said to be missing")
    func keysWithoutRotation() throws {
        let findings = try findings("kms-key-rotation") {
            $0.hold(everyKey: .sample { $0.description = .known(.sample { $0.keySpec = "RSA_2048" }) })
        }
        #expect(
            findings.map(\.message) == ["No usable customer managed keys that support automatic rotation found"])
    }

    @Test(
        "the message about a token says which condition there is",
        arguments: [
            ("{}", "accepts any token from token.actions.githubusercontent.com: no :sub condition"),
            (
                #"{"StringLike": {"HOST:sub": "repo:*"}}"#,
                "accepts any tenant's token from token.actions.githubusercontent.com: :sub is too broad"
            ),
            (#"{"StringLike": {"HOST:sub": "*:environment:prod"}}"#, ": :sub is too broad"),
            (#"{"StringEquals": {"HOST:aud": "sts.amazonaws.com"}}"#, "no :sub condition"),
            (#"{"StringEquals": {"HOST:environment": "prod"}}"#, "by :environment, not :sub"),
            (#"{"StringEquals": {"HOST:repository": "acme/shop"}}"#, "by :repository, not :sub"),
        ])
    func tokenMessages(_ condition: String, _ words: String) throws {
        let host = "token.actions.githubusercontent.com"
        let statement = #"""
            {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Principal": {"Federated":
             "arn:aws:iam::123456789012:oidc-provider/\#(host)"}, "Condition": \#(condition)}
            """#.replacing("HOST", with: host)
        let findings = try findings("iam-role-trust-oidc-subject") {
            $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = PolicyDocument(statements: statement) }])
        }
        #expect(findings.map(\.status) == [.fail])
        #expect(findings[0].message.contains(words), "\(findings[0].message)")
    }

    @Test("callers to whom a condition limits all principals are named")
    func limitedCallers() throws {
        let conditions = [
            (#"{"StringEquals": {"aws:VpceOrgID": "o-1"}}"#, "any principal through VPC endpoints of organization o-1"),
            (#"{"StringLike": {"aws:userid": "AROA1234567890ABCDEF:*"}}"#, "user ID AROA1234567890ABCDEF:*"),
            (#"{"ArnLike": {"aws:SourceVpcArn": "arn:aws:ec2:*:123456789012:vpc/*"}}"#, "any principal in VPC arn:aws"),
        ]
        for (condition, words) in conditions {
            let statement = #"""
                {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": \#(condition)}
                """#
            let findings = try findings("iam-role-trust-not-public") {
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = PolicyDocument(statements: statement) }])
            }
            #expect(findings.map(\.status) == [.pass])
            #expect(findings[0].message.contains(words), "\(findings[0].message)")
        }
    }

    @Test("a network of another organization or account is another one")
    func networksOfOthers() throws {
        for (condition, status) in [
            (#"{"StringEquals": {"aws:VpceOrgID": "o-zzzzzzzzzz"}}"#, Finding.Status.fail),
            (#"{"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}"#, .pass),
            (#"{"StringEquals": {"aws:VpceAccount": "999999999999"}}"#, .fail),
            (#"{"StringEquals": {"aws:VpceAccount": "123456789012"}}"#, .pass),
        ] {
            let statement = #"""
                {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": \#(condition)}
                """#
            try expect("iam-role-trust-other-accounts", [status]) {
                $0[.organization] = .known(Organization(id: "o-a1b2c3d4e5", masterAccountID: "111111111111"))
                $0.hold(roles: [.sample { $0.assumeRolePolicyDocument = PolicyDocument(statements: statement) }])
            }
        }
    }

    private func findings(_ id: String, _ build: (inout Account) -> Void) throws -> [Finding] {
        var account = Account.sample
        build(&account)
        return try Catalogue.check(id).findings(in: account)
    }

    private func expect(
        _ id: String, _ statuses: [Finding.Status], _ build: (inout Account) -> Void,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try findings(id, build)
        #expect(found.map(\.status) == statuses, "\(id): \(found.map(\.message))", sourceLocation: location)
    }
}
