import IAMPolicy
import Testing

@Suite struct StatementSearchTests {
    static let cloudTrail = Principal.service("cloudtrail.amazonaws.com")

    @Test(arguments: [
        (#""Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject""#, true),
        (
            #""Principal":{"Service":["config.amazonaws.com","CloudTrail.amazonaws.com"]},"Action":["s3:GetBucketAcl","S3:put*"]"#,
            true
        ),
        (#""Principal":"*","Action":"*""#, true),
        (#""Principal":{"AWS":"*"},"NotAction":"s3:Get*""#, true),
        (#""NotPrincipal":{"Service":"config.amazonaws.com"},"Action":"s3:?utObject""#, true),
        (#""Principal":{"Service":"cloudtrail.amazonaws.com"},"NotAction":"s3:Put*""#, false),
        (#""Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObjectAcl""#, false),
        (#""Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject""#, false),
        (#""NotPrincipal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject""#, false),
        (#""Action":"s3:PutObject""#, false),
    ])
    func aStatementIsFoundByPrincipalAndAction(statement: String, found: Bool) throws {
        let policy = try Policy(
            parsing: #"{"Statement":{"Effect":"Allow","Resource":"arn:aws:s3:::b/*",\#(statement)}}"#)
        #expect(policy.statements(allowing: "s3:PutObject", to: Self.cloudTrail).isEmpty == !found)
        #expect(
            policy.statements(allowing: "s3:PutObject", to: Self.cloudTrail, on: "arn:aws:s3:::b/x").isEmpty == !found)
        #expect(policy.statements(allowing: "s3:PutObject", to: Self.cloudTrail, on: "arn:aws:s3:::c/x").isEmpty)
        #expect(policy.statements(denying: "s3:PutObject", to: Self.cloudTrail).isEmpty)
    }

    @Test(arguments: [
        (Principal.account("111122223333"), true),
        (.role("arn:aws:iam::111122223333:role/path/r"), true),
        (.session("arn:aws:sts::111122223333:assumed-role/r/s"), true),
        (.user("arn:aws:iam::111122223333:user/r"), false),
        (.account("444455556666"), false),
        (.role("arn:aws:iam::111122223333:role/other"), false),
    ])
    func aSessionIsNamedByItsRoleAndItsAccount(named: Principal, includes: Bool) {
        #expect(named.includes(.session("arn:aws:sts::111122223333:assumed-role/r/s")) == includes)
    }

    @Test(arguments: [
        (["*"], "arn:aws:s3:::b", true),
        (["arn:aws:s3:::b*"], "arn:aws:s3:::b/x", true),
        (["arn:aws:s3:::b/AWSLogs/*/x"], "arn:aws:s3:::b/AWSLogs/1/2/x", true),
        (["arn:aws:s3:::B"], "arn:aws:s3:::b", false),
        (["arn:*:s3:::b"], "arn:aws-cn:s3:::b", true),
        (["arn:aws:kms:*:key/k"], "arn:aws:kms:us-east-1:111122223333:key/k", true),
        (["arn:aws:s3:*"], "arn:aws:s3:::b", true),
        (["arn:aws:s3:::${aws:username}"], "arn:aws:s3:::b", false),
        (["arn:aws:s3:::a${*}"], "arn:aws:s3:::a*", true),
        (["arn:aws:s3:::a${*}"], "arn:aws:s3:::ab", false),
        ([], "arn:aws:s3:::b", false),
    ])
    func aResourceMatchesSegmentBySegment(patterns: [String], arn: String, matches: Bool) {
        #expect(Resources.only(patterns.map { ResourcePattern($0) }).match(arn) == matches)
        #expect(Resources.allExcept(patterns.map { ResourcePattern($0) }).match(arn) == !matches)
    }
}
