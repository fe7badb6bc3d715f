import AWSClient
import Inventory
import Posture
import Practices
import Testing

/// Whom the policies of trail buckets and keys are said to let in.
@Suite struct TrailOwnersTests {
    private static let own = Organization(id: "o-a1b2c3d4e5", masterAccountID: "111111111111")

    @Test(
        "the message says whose trails a bucket's policy admits",
        arguments: [
            (#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:999999999999:trail/*"}}"#, "account 999999999999"),
            (#"{"StringEquals": {"aws:SourceAccount": "999999999999"}}"#, "account 999999999999"),
            (
                #"{"StringEquals": {"aws:SourceAccount": ["123456789012", "999999999999"]}}"#,
                "account 999999999999"
            ),
            (#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}"#, "any account"),
            (#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:1234567890??:trail/*"}}"#, "any account"),
            (#"{"StringLike": {"aws:SourceAccount": "*"}}"#, "any account"),
            (#"{"StringLike": {"aws:SourceArn": "*"}}"#, "any account"),
            ("{}", "any account"),
        ])
    func bucketMessages(_ condition: String, _ owner: String) throws {
        let finding = try bucketFinding(Self.statement("s3:PutObject", condition))
        #expect(finding.message == "A statement allows log delivery from trails of \(owner)")
    }

    @Test(
        "pins to the account of the bucket's own trails pass",
        arguments: [
            #"{"ArnLike": {"AWS:SourceArn": "arn:*:cloudtrail:*:123456789012:*"}}"#,
            #"{"StringEquals": {"aws:sourceaccount": ["123456789012"]}}"#,
            #"{"StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}}"#,
            #"""
            {"StringEquals": {"aws:SourceAccount": "123456789012"},
             "ArnLike": {"aws:SourceArn": ["arn:aws:cloudtrail:*:123456789012:trail/*",
                                           "arn:aws:cloudtrail:*:999999999999:trail/*"]}}
            """#,
        ])
    func ownPins(_ condition: String) throws {
        let statements = ["s3:GetBucketAcl", "s3:PutObject"].map { Self.statement($0, condition) }
        #expect(try bucketFinding(statements.joined(separator: ", ")).status == .pass)
    }

    @Test("a pin to a trail that is gone keeps the trail from delivering") func pinToAnotherTrail() throws {
        let condition = #"{"ArnEquals": {"aws:SourceArn": "arn:aws:cloudtrail:eu-west-3:123456789012:trail/gone"}}"#
        let finding = try bucketFinding(Self.statement("s3:PutObject", condition))
        #expect(finding.status == .fail)
        #expect(finding.message == "CloudTrail cannot write log files of a trail: not allowed by any statement")
    }

    @Test(
        "conditions on the principal that CloudTrail does not meet keep it out",
        arguments: [
            #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            #"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}"#,
            #"{"StringEquals": {"aws:PrincipalAccount": "123456789012"}}"#,
            #"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}}"#,
            #"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#,
            #"{"Null": {"aws:PrincipalOrgID": "false"}}"#,
            #"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#,
            #"{"StringEquals": {"aws:PrincipalServiceName": "delivery.logs.amazonaws.com"}}"#,
            #"{"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}"#,
            #"{"StringEquals": {"s3:DataAccessPointAccount": "123456789012"}}"#,
            #"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
        ])
    func principals(_ condition: String) throws {
        let statement = Self.statement("s3:*", condition, principal: #""*""#)
        #expect(try bucketFinding(PolicyDocument.trailDelivery, statement).status == .pass)
        #expect(try bucketFinding(statement).message.hasPrefix("Bucket policy does not allow CloudTrail"))
    }

    @Test(
        "conditions that CloudTrail may meet do not",
        arguments: [
            "{}",
            #"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            #"{"StringEqualsIfExists": {"aws:PrincipalAccount": "123456789012"}}"#,
            #"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
            #"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#,
            #"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            #"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#,
        ])
    func open(_ condition: String) throws {
        let statement = Self.statement("s3:*", condition, principal: #""*""#)
        let finding = try bucketFinding(PolicyDocument.trailDelivery, statement)
        #expect(finding.message == "A statement allows log delivery from trails of any account")
    }

    @Test(
        "the organization of the source is compared with the account's own",
        arguments: [
            (#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#, true),
            (#"{"StringEquals": {"aws:SourceOrgID": "o-1234567890"}}"#, false),
            (#"{"StringEquals": {"aws:SourceOrgID": ["o-a1b2c3d4e5", "o-1234567890"]}}"#, false),
            (#"{"StringLike": {"aws:SourceOrgID": "o-a*"}}"#, false),
            (#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#, true),
            (#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "o-1234567890/r-ab12/*"}}"#, false),
            (#"{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": "*/ou-ab12-11111111/*"}}"#, false),
        ])
    func organizations(_ condition: String, _ isOwn: Bool) throws {
        let statements = ["s3:GetBucketAcl", "s3:PutObject"].map { Self.statement($0, condition) }
            .joined(separator: ", ")
        #expect(try bucketFinding(statements).status == (isOwn ? .pass : .fail))
        #expect(try bucketFinding(statements, organization: .known(nil)).status == .fail)
        let unread = try bucketFinding(statements, organization: .denied(.describeOrganization))
        #expect(unread.status == (condition.contains("o-a*") || condition.contains("*/ou") ? .fail : .unknown))
    }

    @Test(
        "a denial of the trails of others is counted, on a bucket and on a key",
        arguments: [
            (#"{"StringNotEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"}}"#, true),
            (#"{"ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#, true),
            (#"{"StringNotEquals": {"aws:SourceAccount": "123456789012"}}"#, true),
            (
                #"""
                {"StringNotEqualsIfExists": {"aws:SourceAccount": "123456789012"},
                 "Bool": {"aws:PrincipalIsAWSService": "true"}}
                """#, true
            ),
            (#"{"StringNotEquals": {"aws:SourceAccount": ["123456789012", "999999999999"]}}"#, false),
            (#"{"ArnNotLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/main"}}"#, false),
            (#"{"StringNotLike": {"aws:SourceAccount": "1234*"}}"#, false),
            (#"{"StringNotEquals": {"aws:SourceAccount": "123456789012", "aws:UserAgent": "x"}}"#, false),
            (#"{"StringEquals": {"aws:SourceAccount": "999999999999"}}"#, false),
        ])
    func denials(_ condition: String, _ closes: Bool) throws {
        for principal in [#""*""#, #"{"Service": "cloudtrail.amazonaws.com"}"#] {
            let open = ["s3:GetBucketAcl", "s3:PutObject"].map { Self.statement($0, "{}") }.joined(separator: ", ")
            let bucket = #"["arn:aws:s3:::example-trail", "arn:aws:s3:::example-trail/*"]"#
            let denial = Self.statement(
                "s3:*", condition, principal: principal, on: #""Resource": \#(bucket)"#, effect: "Deny")
            #expect(try bucketFinding(open, denial).status == (closes ? .pass : .fail))
            let key = [
                Self.statement("kms:GenerateDataKey*", "{}"),
                Self.statement("kms:*", condition, principal: principal, effect: "Deny"),
            ]
            #expect(try keyFinding(key).status == (closes ? .pass : .fail))
        }
    }

    @Test("a denial of a part of what is allowed, or of other callers, is none")
    func partialDenials() throws {
        let open = Self.statement("s3:*", "{}")
        let foreign = #"{"StringNotEquals": {"aws:SourceAccount": "123456789012"}}"#
        let bucket = "arn:aws:s3:::example-trail"
        for denial in [
            Self.statement("s3:PutObject", foreign, on: #""Resource": "\#(bucket)/private/*""#, effect: "Deny"),
            Self.statement("s3:GetObject", foreign, effect: "Deny"),
            Self.statement("s3:*", foreign, principal: #"{"Service": "config.amazonaws.com"}"#, effect: "Deny"),
        ] {
            #expect(try bucketFinding(open, denial).message.hasSuffix("trails of any account"))
        }
    }

    @Test("a denial by the encryption context closes a key")
    func deniedContext() throws {
        let denied = #"""
            {"StringNotLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}
            """#
        let statements = [
            Self.statement("kms:GenerateDataKey*", "{}"),
            Self.statement("kms:GenerateDataKey*", denied, effect: "Deny"),
        ]
        #expect(try keyFinding(statements).status == .pass)
    }

    @Test(
        "only what reaches this bucket counts",
        arguments: [
            ("arn:aws:s3:::example-trail/*", true),
            ("arn:aws:s3:::example-trail/AWSLogs/${aws:SourceAccount}/*", true),
            ("arn:aws:s3:::example-*", true),
            ("arn:aws:s3:::*/AWSLogs/*", true),
            ("arn:*:s3:::e?ample-trail/a", true),
            ("arn:aws:s3:*", true),
            ("*", true),
            ("arn:aws:s3:::example-trail", false),
            ("arn:aws:s3:::example-trail-2/*", false),
            ("arn:*:s3:::example-trail-2/*", false),
            ("arn:aws:s3:::example-trai/*", false),
            ("arn:aws-cn:s3:::example-trail/*", false),
        ])
    func resources(_ resource: String, _ counts: Bool) throws {
        let statement = Self.statement("s3:PutObject", "{}", on: #""Resource": "\#(resource)""#)
        #expect(try bucketFinding(PolicyDocument.trailDelivery, statement).status == (counts ? .fail : .pass))
        #expect(try bucketFinding(statement).message.contains("does not allow") == !counts)
    }

    @Test(
        "what is left over by NotResource counts too",
        arguments: [
            ("arn:aws:s3:::example-trail/*", false), ("*", false), ("arn:aws:s3:::example-trail/private/*", true),
            ("arn:aws:s3:::another/*", true),
        ])
    func exceptedResources(_ resource: String, _ counts: Bool) throws {
        let statement = Self.statement("s3:PutObject", "{}", on: #""NotResource": "\#(resource)""#)
        #expect(try bucketFinding(PolicyDocument.trailDelivery, statement).status == (counts ? .fail : .pass))
    }

    @Test(
        "the message says for whose trails a key's policy lets CloudTrail encrypt",
        arguments: [
            ("arn:aws:cloudtrail:*:999999999999:trail/*", "account 999999999999"),
            ("arn:aws:cloudtrail:*:*:trail/*", "any account"), ("*", "any account"),
        ])
    func keyMessages(_ trail: String, _ owner: String) throws {
        let statement = Self.statement(
            "kms:GenerateDataKey*", #"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "\#(trail)"}}"#)
        #expect(
            try keyFinding([statement]).message == "A statement allows CloudTrail to encrypt for trails of \(owner)")
    }

    private func keyFinding(_ statements: [String]) throws -> Finding {
        var account = Account.sample
        account.hold(trails: .sample)
        let policy = PolicyDocument(statements: statements.joined(separator: ", "))
        account.hold(keys: .sample { $0.policy = .known(policy) })
        return try #require(try Catalogue.check("trail-key-encryption-context").findings(in: account).first)
    }

    private func bucketFinding(
        _ statements: String..., organization: Fact<Organization?> = .known(Self.own)
    ) throws -> Finding {
        var account = Account.sample
        account[.organization] = organization
        account.hold(trails: .sample)
        let policy = PolicyDocument(statements: statements.joined(separator: ", "))
        account.hold(buckets: .sample { $0.policy = .known(policy) })
        return try #require(try Catalogue.check("trail-bucket-policy-source").findings(in: account).first)
    }

    private static func statement(
        _ action: String, _ condition: String, principal: String = #"{"Service": "cloudtrail.amazonaws.com"}"#,
        on resource: String = #""Resource": "*""#, effect: String = "Allow"
    ) -> String {
        #"""
        {"Effect": "\#(effect)", "Principal": \#(principal), "Action": "\#(action)", \#(resource),
         "Condition": \#(condition)}
        """#
    }
}
