import IAMPolicy
import Testing

/// The callers outside its account that a policy admits.
@Suite struct AudienceTests {
    private static let own = "111122223333"
    private static let other = "444455556666"

    private func policy(_ statements: String...) throws -> Policy {
        try Policy(parsing: "{\"Version\":\"2012-10-17\",\"Statement\":[\(statements.joined(separator: ","))]}")
    }

    private func statement(
        _ principal: String, _ condition: String = "{}", effect: String = "Allow", action: String = #""s3:GetObject""#
    ) -> String {
        """
        {"Effect":"\(effect)","Principal":\(principal),"Action":\(action),"Resource":"arn:aws:s3:::b/*",\
        "Condition":\(condition)}
        """
    }

    /// The conditions of a statement for all principals, and who gets in.
    @Test(arguments: [
        ("{}", Audience.anyone),
        (#"{"Bool":{"aws:SecureTransport":"true"}}"#, .anyone),
        (#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, .anyone),
        (#"{"StringEquals":{"sts:ExternalId":"444455556666"}}"#, .anyone),
        (#"{"StringNotEquals":{"aws:PrincipalAccount":"444455556666"}}"#, .anyone),
        (#"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#, .anyone),
        (#"{"ForAllValues:StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, .anyone),
        (#"{"StringLike":{"aws:PrincipalAccount":["111122223333","*"]}}"#, .anyone),
        (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}}"#, .anyone),
        (#"{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#, .anotherAccount),
        (#"{"StringEquals":{"aws:PrincipalAccount":["111122223333","444455556666"]}}"#, .anotherAccount),
        (#"{"StringEquals":{"kms:CallerAccount":"444455556666"}}"#, .anotherAccount),
        (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/*"}}"#, .anotherAccount),
        (#"{"StringEquals":{"aws:PrincipalOrgID":"o-stranger123"}}"#, .anotherAccount),
        (#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-stranger123/r-ab12/*"}}"#, .anotherAccount),
        (#"{"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c","aws:PrincipalAccount":"444455556666"}}"#, .anotherAccount),
        (#"{"StringEquals":{"s3:DataAccessPointAccount":"444455556666"}}"#, .anotherAccount),
        (#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, nil),
        (#"{"StringEquals":{"aws:PrincipalAccount":"111122223333","aws:PrincipalOrgID":"o-stranger123"}}"#, nil),
        (#"{"StringEquals":{"aws:PrincipalOrgID":"o-ours123456"}}"#, nil),
        (#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}}"#, nil),
        (#"{"StringEquals":{"aws:SourceVpce":"vpce-0a1b2c3d"}}"#, nil),
        (#"{"StringEquals":{"aws:SourceOwner":"111122223333"}}"#, nil),
        (#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:bucket"}}"#, nil),
        (#"{"StringEquals":{"s3:DataAccessPointAccount":"111122223333"}}"#, nil),
    ])
    func aConditionThatNamesTheCallerDecides(condition: String, audience: Audience?) throws {
        let policy = try policy(statement(#""*""#, condition))
        let admitted = Audience.allCases.filter { policy.admits($0, own: [Self.own, "o-ours123456"]) }
        #expect(admitted == [audience].compactMap(\.self))
    }

    @Test(arguments: [
        (#"{"AWS":"arn:aws:iam::444455556666:root"}"#, "{}", true),
        (#"{"AWS":["arn:aws:iam::111122223333:role/a","arn:aws:iam::444455556666:role/b"]}"#, "{}", true),
        (#"{"AWS":"444455556666"}"#, #"{"StringEquals":{"aws:VpceAccount":"111122223333"}}"#, true),
        (#"{"CanonicalUser":"79a59df900b949e5"}"#, "{}", true),
        (#"{"Service":"s3.amazonaws.com"}"#, #"{"StringEquals":{"aws:SourceAccount":"444455556666"}}"#, true),
        (#"{"Service":"s3.amazonaws.com"}"#, #"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#, false),
        (#"{"Service":"s3.amazonaws.com"}"#, "{}", false),
        (#"{"AWS":"444455556666"}"#, #"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, false),
        (#"{"AWS":"arn:aws:iam::111122223333:root"}"#, #"{"StringEquals":{"sts:ExternalId":"444455556666"}}"#, false),
        (#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}"#, "{}", false),
    ])
    func aPrincipalOfAnotherAccountIsOne(principal: String, condition: String, isOther: Bool) throws {
        let policy = try policy(statement(principal, condition))
        #expect(policy.admits(.anotherAccount, own: [Self.own]) == isOther)
        #expect(!policy.admits(.anyone, own: [Self.own]))
    }

    /// AWS delivers the logs of load balancers from accounts of its own, and only writes.
    @Test(arguments: [
        (#"{"AWS":"arn:aws:iam::127311923021:root"}"#, #""s3:PutObject""#, false),
        (#"{"AWS":["127311923021","arn:aws-cn:iam::638102146993:root"]}"#, #"["S3:putobject"]"#, false),
        (#"{"AWS":"arn:aws:iam::127311923021:root"}"#, #""s3:Put*""#, true),
        (#"{"AWS":"arn:aws:iam::127311923021:root"}"#, #"["s3:PutObject","s3:GetObject"]"#, true),
        (#"{"AWS":["arn:aws:iam::127311923021:root","444455556666"]}"#, #""s3:PutObject""#, true),
    ])
    func loadBalancersDeliverTheirLogs(principal: String, action: String, isOther: Bool) throws {
        let policy = try policy(statement(principal, action: action))
        #expect(policy.admits(.anotherAccount, own: [Self.own]) == isOther)
    }

    /// A statement that was added to others is found wherever it stands, and whatever the others say.
    @Test func eachStatementIsEvaluatedByItself() throws {
        let own = statement(#"{"AWS":"arn:aws:iam::\#(Self.own):role/app"}"#)
        let other = statement(#"{"AWS":"arn:aws:iam::\#(Self.other):root"}"#)
        let denied = statement(#"{"AWS":"arn:aws:iam::\#(Self.other):root"}"#, effect: "Deny")
        for policy in [try policy(own, other), try policy(other, own), try policy(denied, other)] {
            #expect(policy.admits(.anotherAccount, own: [Self.own]))
        }
        #expect(try !policy(own, denied).admits(.anotherAccount, own: [Self.own]))
        #expect(try !policy(other, statement(#""*""#, effect: "Deny")).admits(.anotherAccount, own: [Self.own]))
    }
}
