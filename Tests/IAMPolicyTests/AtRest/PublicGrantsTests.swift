import IAMPolicy
import Testing

/// Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", section "The meaning of "public"".
@Suite struct PublicGrantsTests {
    private func policy(principal: String, condition: String = "{}", more: String = "") throws -> Policy {
        try Policy(
            parsing: """
                {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\(principal),
                "Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Condition":\(condition)}\(more)]}
                """)
    }

    @Test(arguments: [
        (#""Principal":"*""#, true),
        (#""Principal":{"AWS":"*"}"#, true),
        (#""Principal":{"AWS":["111122223333","*"]}"#, true),
        (#""Principal":{"Federated":"graph.facebook.com"}"#, true),
        (#""Principal":{"Service":"*"}"#, true),
        (#""NotPrincipal":{"AWS":"111122223333"}"#, true),
        (#""Principal":{"AWS":"arn:aws:iam::*:root"}"#, true),
        (#""Principal":{"AWS":"111122223333"}"#, false),
        (#""Principal":{"AWS":[]}"#, false),
        (#""Principal":{"Service":"cloudtrail.amazonaws.com"}"#, false),
        (#""Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/x"}"#, false),
        (#""Principal":{"CanonicalUser":"79a5"}"#, false),
        (#""Principal":{"AWS":"AROAEXAMPLE"}"#, false),
    ])
    func aPrincipalThatIsNotFixedIsPublic(principal: String, isPublic: Bool) throws {
        #expect(try policy(principal: principal).publicGrants().isEmpty == !isPublic)
    }

    @Test func aStatementWithoutPrincipalIsNobodys() throws {
        let policy = try Policy(parsing: #"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#)
        #expect(policy.publicGrants().isEmpty)
    }

    @Test(arguments: [
        (#"{"StringEquals":{"aws:SourceVpc":"vpc-91237329"}}"#, false),
        (#"{"StringLike":{"AWS:sourcevpc":"vpc-91237329"}}"#, false),
        (#"{"StringLike":{"aws:SourceVpc":"vpc-*"}}"#, true),
        (#"{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-*"]}}"#, true),
        (#"{"StringEquals":{"aws:SourceVpc":["vpc-1","vpc-2"]}}"#, false),
        (#"{"StringEquals":{"aws:SourceAccount":"${aws:PrincipalAccount}"}}"#, true),
        (#"{"StringNotEquals":{"aws:SourceVpc":"vpc-1"}}"#, true),
        (#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"}}"#, true),
        (#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"},"Null":{"AWS:SourceVpc":"false"}}"#, false),
        (#"{"StringEqualsIfExists":{"aws:SourceVpc":"vpc-1"},"Null":{"aws:SourceVpc":["false","true"]}}"#, true),
        (#"{"ForAllValues:StringEquals":{"aws:SourceVpc":"vpc-1"}}"#, true),
        (#"{"ForAnyValue:StringEquals":{"aws:SourceVpc":"vpc-1"}}"#, false),
        (#"{"Null":{"aws:SourceVpc":"false"}}"#, true),
        (#"{"StringEquals":{"aws:UserAgent":"secret"}}"#, true),
        (#"{"StringEquals":{"aws:Referer":"https://example.com/"}}"#, true),
        (#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
        (#"{"Bool":{"aws:PrincipalIsAWSService":"true"}}"#, true),
        (#"{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#, false),
        (#"{"StringLike":{"aws:PrincipalOrgID":"o-*"}}"#, true),
        (#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/*"}}"#, false),
        (#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2*/r-ab12/"}}"#, true),
        (#"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a1b2*"}}"#, true),
        (#"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, false),
        (#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:us-east-1:111122223333:topic"}}"#, false),
        (#"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"}}"#, true),
        (#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/?"}}"#, true),
        (#"{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}"#, false),
        (#"{"StringLike":{"s3:DataAccessPointArn":"arn:aws:s3:us-west-2:*:accesspoint/x"}}"#, true),
        (#"{"StringEquals":{"s3:DataAccessPointAccount":"123456789012"}}"#, false),
        (
            #"{"StringEquals":{"s3:x-amz-server-side-encryption-aws-kms-key-id":"arn:aws:kms:us-east-1:1:key/k"}}"#,
            false
        ),
        (#"{"StringEquals":{"aws:userid":"AIDAEXAMPLE"}}"#, false),
        (#"{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, false),
        (#"{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32"]}}"#, false),
        (#"{"IpAddress":{"aws:SourceIp":"198.51.100.7"}}"#, false),
        (#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","128.0.0.0/7"]}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"2000::/31"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"::/0"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"everywhere"}}"#, true),
        (#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, true),
        (#"{"IpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"}}"#, true),
        (#"{"StringEquals":{"aws:SourceIp":"203.0.113.7"}}"#, true),
        (#"{"StringEquals":{"aws:UserAgent":"x","aws:SourceVpce":"vpce-1"}}"#, false),
        (#"{"StringEquals":{"kms:CallerAccount":"111122223333"}}"#, true),
    ])
    func aConditionKeepsThePublicOutOnlyWithAFixedValue(condition: String, isPublic: Bool) throws {
        let policy = try policy(principal: #""Principal":"*""#, condition: condition)
        #expect(policy.publicGrants().isEmpty == !isPublic)
    }

    @Test(arguments: [
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#, true),
        (#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"S3:Put*","Resource":"arn:aws:s3:::b/*"}"#, true),
        (#"{"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject","Resource":"*"}"#, true),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::b"}"#, true),
        (#"{"Effect":"Deny","Principal":"*","NotAction":"s3:P*","Resource":"*"}"#, false),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/x/*"}"#, false),
        (#"{"Effect":"Deny","Principal":"*","Action":"s3:*","NotResource":"arn:aws:s3:::b/open/*"}"#, false),
        (#"{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#, false),
        (#"{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}"#, false),
        (
            #"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#,
            false
        ),
    ])
    func onlyADenialOfTheSameToEverybodyTakesItBack(denial: String, cancels: Bool) throws {
        let policy = try policy(principal: #""Principal":"*""#, more: "," + denial)
        #expect(policy.publicGrants().isEmpty == cancels)
    }

    /// AWS KMS Developer Guide, "AWS KMS condition keys".
    @Test(arguments: [
        ("{}", true),
        (#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#, true),
        (
            #"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com","kms:CallerAccount":"111122223333"}}"#,
            false
        ),
        (#"{"StringLike":{"kms:CallerAccount":"*"}}"#, true),
        (#"{"StringEquals":{"aws:SourceAccount":"111122223333"}}"#, false),
        (
            #"{"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:111122223333:trail/*"}}"#,
            true
        ),
        (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#, false),
        (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, true),
    ])
    func aKeyIsOpenUnlessSomethingPinsTheAccount(condition: String, isOpen: Bool) throws {
        let policy = try policy(principal: #""Principal":{"AWS":"*"}"#, condition: condition)
        #expect(policy.publicGrants(under: .callers).isEmpty == !isOpen)
    }

    /// A denial that every stranger meets is that of a data perimeter.
    @Test(arguments: [
        (#"{"StringNotEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#, true, true),
        (
            #"{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}"#,
            true, true
        ),
        (#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#, true, true),
        (#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}"#, true, true),
        // Callers without an account escape it.
        (
            #"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"},"Null":{"aws:PrincipalAccount":"false"}}"#,
            true, false
        ),
        // Users escape it, and so do those with an endpoint of their own, who call over TLS, or from elsewhere.
        (#"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}}"#, false, false),
        (#"{"Null":{"aws:SourceVpce":"true"}}"#, false, false),
        (#"{"Bool":{"aws:SecureTransport":"false"}}"#, false, false),
        (#"{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, false, false),
        (#"{"StringEquals":{"aws:PrincipalAccount":"999999991001"}}"#, false, false),
    ])
    func aDenialOfEveryStrangerCounts(condition: String, ofPrincipals: Bool, ofAnonymous: Bool) throws {
        let policy = try Policy(
            parsing: #"""
                {"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
                {"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":\#(condition)}]}
                """#)
        #expect(policy.grantsToStrangers(under: .callers, in: "111122223333").isEmpty == ofPrincipals)
        #expect(
            policy.grantsToStrangers(under: .s3, in: "111122223333", isOpenToAnonymous: true).isEmpty == ofAnonymous)
    }

    @Test func aDenialOfAllButSomeIsOneOfStrangers() throws {
        let policy = try Policy(
            parsing: #"""
                {"Version":"2012-10-17","Statement":[
                {"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
                {"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"}]}
                """#)
        #expect(policy.grantsToStrangers(under: .s3, in: "111122223333", isOpenToAnonymous: true).isEmpty)
        #expect(!policy.publicGrants().isEmpty)
    }

    /// Conditions with wildcards that some strangers meet: they can create such a role, or have such an account.
    static let metByStrangers = [
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy-*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:sts::*:assumed-role/x/*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}"#,
        #"{"StringLike":{"aws:PrincipalArn":"arn:*:role/deploy-*"}}"#,
        #"{"StringLike":{"aws:PrincipalArn":"*deploy*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::1234567890??:user/x"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::${aws:PrincipalAccount}:role/deploy-*"}}"#,
        #"{"StringLike":{"aws:PrincipalAccount":"1234*"}}"#,
        #"{"StringLike":{"aws:PrincipalAccount":"11112222333?"}}"#,
        #"{"StringLike":{"aws:PrincipalOrgID":"o-a*"}}"#,
        #"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-ab12-11111111/*"}}"#,
        #"{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-a*/r-ab12/*"}}"#,
        #"{"StringEquals":{"aws:PrincipalType":"Account"}}"#,
        #"{"StringEquals":{"aws:PrincipalType":"FederatedUser"}}"#,
        #"{"StringLike":{"aws:userid":"AROA*"}}"#,
        #"{"StringLike":{"aws:userid":"*:deploy"}}"#,
        #"{"StringLike":{"aws:SourceVpc":"vpc-0*"}}"#,
        #"{"StringLike":{"aws:SourceVpce":"vpce-0*"}}"#,
        #"{"ArnLike":{"aws:SourceVpcArn":"arn:aws:ec2:*:*:vpc/vpc-0*"}}"#,
        #"{"StringLike":{"aws:VpceAccount":"1234*"}}"#,
        #"{"StringLike":{"aws:VpceOrgID":"o-a*"}}"#,
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/*"}}"#,
        #"{"StringLike":{"aws:SourceArn":"arn:aws:cloudfront*"}}"#,
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:::logs-*"}}"#,
        #"{"StringLike":{"aws:SourceAccount":"*"}}"#,
        #"{"StringLike":{"aws:SourceOrgID":"o-a*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy-*"},"StringLike":{"aws:PrincipalOrgID":"o-a*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy-*"},"StringLike":{"aws:PrincipalArn":"*-prod"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:*:iam::*:role/a-*"},"ArnEquals":{"aws:PrincipalArn":"arn:aws:*:*:*:role/*-b"}}"#,
        #"{"StringLike":{"aws:PrincipalOrgID":"o-a*"},"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/ou-ab12-1/*"}}"#,
    ]

    @Test(arguments: metByStrangers)
    func aWildcardThatSomeStrangerMeetsKeepsNobodyOut(condition: String) throws {
        let policy = try policy(principal: #""Principal":{"AWS":"*"}"#, condition: condition)
        #expect(!policy.grantsToStrangers(under: .callers, in: "123456789012").isEmpty)
        #expect(!policy.grantsToStrangers(under: .bucketCallers, in: "123456789012", isOpenToAnonymous: true).isEmpty)
    }

    /// Conditions that name an account, an organization, a network, or a user, so that no stranger meets them.
    @Test(arguments: [
        #"{"StringEquals":{"aws:VpceOrgID":"o-a1b2c3d4e5"}}"#,
        #"{"StringEquals":{"aws:VpceAccount":"123456789012"}}"#,
        #"{"ForAnyValue:StringLike":{"aws:VpceOrgPaths":"o-a1b2c3d4e5/*"}}"#,
        #"{"ArnLike":{"aws:SourceVpcArn":"arn:aws:ec2:*:123456789012:vpc/*"}}"#,
        #"{"StringLike":{"aws:userId":"AROA1234567890ABCDEF:*"}}"#,
        #"{"StringEquals":{"aws:userid":["AIDA1234567890ABCDEF","123456789012"]}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/*"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012*:role/x"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"},"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
        #"{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"},"StringEquals":{"aws:PrincipalAccount":"123456789012"}}"#,
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/*"},"StringEquals":{"aws:SourceAccount":"123456789012"}}"#,
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:logs"}}"#,
        #"{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:*"},"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"#,
    ])
    func aConditionThatNamesSomebodyKeepsStrangersOut(condition: String) throws {
        let policy = try policy(principal: #""Principal":{"AWS":"*"}"#, condition: condition)
        #expect(policy.grantsToStrangers(under: .callers, in: "123456789012").isEmpty)
        #expect(policy.grantsToStrangers(under: .bucketCallers, in: "123456789012", isOpenToAnonymous: true).isEmpty)
    }

    /// A denial of all but those who meet a condition.
    @Test(arguments: [
        (#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/deploy-*"}}"#, true),
        (#"{"StringNotLike":{"aws:PrincipalOrgID":"o-a*"}}"#, true),
        (#"{"StringNotLike":{"aws:PrincipalAccount":"1234*"}}"#, true),
        (#"{"ArnNotLike":{"aws:SourceArn":"arn:aws:cloudfront::*:distribution/*"}}"#, true),
        (#"{"StringNotLike":{"aws:userid":"AROA*"}}"#, true),
        (
            #"{"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/a-*","arn:aws:iam::123456789012:role/*"]}}"#, true
        ),
        (#"{"StringNotLike":{"aws:userid":["AROA1234567890ABCDEF:*","123456789012"]}}"#, false),
        (#"{"StringNotEqualsIfExists":{"aws:VpceOrgID":"o-a1b2c3d4e5"}}"#, false),
        (#"{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:role/deploy-*"}}"#, false),
    ])
    func aDenialOfAllButSomeStrangersLetsThoseIn(condition: String, isOpen: Bool) throws {
        let denial = #",{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":\#(condition)}"#
        let policy = try policy(principal: #""Principal":"*""#, more: denial)
        #expect(policy.grantsToStrangers(under: .callers, in: "123456789012").isEmpty == !isOpen)
    }

    /// Beyond a bound nothing is supposed of strangers, so that what would rule them out does not.
    @Test(arguments: [20, 2_000]) func conditionsAboutTooManyThingsAreNotRuledOut(count: Int) throws {
        let names = (1...count).map { "\"a\($0)-*\"" }.joined(separator: ",")
        let condition = """
            {"StringLike":{"aws:PrincipalArn":["*",\(names)],"aws:SourceVpc":[\(names)],"aws:SourceVpce":[\(names)],\
            "aws:userid":[\(names)]}}
            """
        let policy = try policy(principal: #""Principal":"*""#, condition: condition)
        #expect(!policy.grantsToStrangers(under: .callers, in: "123456789012").isEmpty)
    }
}
