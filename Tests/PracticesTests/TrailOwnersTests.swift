import Inventory
import Posture
import Practices
import Testing

/// Whom the policies of trail buckets and keys are said to let in.
@Suite struct TrailOwnersTests {
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
        var account = Account.sample
        account.hold(trails: .sample)
        account.hold(keys: .sample { $0.policy = .known(PolicyDocument(statements: statement)) })
        let findings = try Catalogue.check("trail-key-encryption-context").findings(in: account)
        #expect(findings.map(\.message) == ["A statement allows CloudTrail to encrypt for trails of \(owner)"])
    }

    private func bucketFinding(_ statements: String...) throws -> Finding {
        var account = Account.sample
        account.hold(trails: .sample)
        let policy = PolicyDocument(statements: statements.joined(separator: ", "))
        account.hold(buckets: .sample { $0.policy = .known(policy) })
        return try #require(try Catalogue.check("trail-bucket-policy-source").findings(in: account).first)
    }

    private static func statement(
        _ action: String, _ condition: String, principal: String = #"{"Service": "cloudtrail.amazonaws.com"}"#,
        on resource: String = #""Resource": "*""#
    ) -> String {
        #"""
        {"Effect": "Allow", "Principal": \#(principal), "Action": "\#(action)", \#(resource),
         "Condition": \#(condition)}
        """#
    }
}
