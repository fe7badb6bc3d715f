import IAMPolicy
import Testing

/// A statement of an identity policy that allows, and a request of a user called `ada`.
struct ElementRow: Sendable, CustomTestStringConvertible {
    let page: GuidePage
    let statement: String
    let action: String
    let resource: String
    let isWildcardOnly: Bool
    let version: Policy.Version
    let isAllowed: Bool

    init(
        _ page: GuidePage, _ statement: String, _ action: String, _ resource: String, _ isAllowed: Bool,
        wildcardOnly isWildcardOnly: Bool = false, version: Policy.Version = .v2012_10_17
    ) {
        self.page = page
        self.statement = statement
        self.action = action
        self.resource = resource
        self.isWildcardOnly = isWildcardOnly
        self.version = version
        self.isAllowed = isAllowed
    }

    var testDescription: String {
        "\(action) on \(resource) by {\(statement)}: \(isAllowed) (\(page.rawValue))"
    }
}

@Suite struct ElementTests {
    static let actions: [ElementRow] = [
        .init(.action, #""Action":"s3:GetObject","Resource":"*""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(.action, #""Action":"S3:getobject","Resource":"*""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(.action, #""Action":"s3:GetObject","Resource":"*""#, "S3:GETOBJECT", "arn:aws:s3:::b/k", true),
        .init(.action, #""Action":"s3:GetObject","Resource":"*""#, "s3:GetObjectAcl", "arn:aws:s3:::b/k", false),
        .init(.action, #""Action":"s3:Get*","Resource":"*""#, "s3:GetObjectAcl", "arn:aws:s3:::b/k", true),
        .init(
            .action, #""Action":"iam:*AccessKey*","Resource":"*""#, "iam:CreateAccessKey",
            "arn:aws:iam::111122223333:user/x", true),
        .init(
            .action, #""Action":"iam:*AccessKey*","Resource":"*""#, "iam:GetAccessKeyLastUsed",
            "arn:aws:iam::111122223333:user/x", true),
        .init(
            .action, #""Action":"iam:*AccessKey*","Resource":"*""#, "iam:CreateUser",
            "arn:aws:iam::111122223333:user/x", false),
        .init(.action, #""Action":"s3:Get?bject","Resource":"*""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(
            .action, #""Action":"*","Resource":"*""#, "ec2:RunInstances", "arn:aws:ec2:r:111122223333:instance/i", true),
        .init(
            .action, #""Action":"*:*","Resource":"*""#, "ec2:RunInstances", "arn:aws:ec2:r:111122223333:instance/i",
            true),
        .init(.action, #""Action":["sqs:*","s3:*"],"Resource":"*""#, "s3:PutObject", "arn:aws:s3:::b/k", true),
        .init(.action, #""Action":[],"Resource":"*""#, "s3:PutObject", "arn:aws:s3:::b/k", false),
        .init(.notAction, #""NotAction":"iam:*","Resource":"*""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(
            .notAction, #""NotAction":"IAM:*","Resource":"*""#, "iam:GetUser", "arn:aws:iam::111122223333:user/x", false
        ),
        .init(
            .notAction, #""NotAction":["s3:DeleteBucket"],"Resource":"arn:aws:s3:::*""#, "s3:GetObject",
            "arn:aws:s3:::b/k", true),
        .init(
            .notAction, #""NotAction":["s3:DeleteBucket"],"Resource":"arn:aws:s3:::*""#, "s3:DeleteBucket",
            "arn:aws:s3:::b", false),
        .init(
            .notAction, #""NotAction":["s3:DeleteBucket"],"Resource":"arn:aws:s3:::*""#, "sqs:SendMessage",
            "arn:aws:sqs:r:111122223333:q", false),
    ]

    static let resources: [ElementRow] = [
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b/k""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b/K""#, "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b/*""#, "s3:GetObject", "arn:aws:s3:::b/k/l", true),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b/*""#, "s3:ListBucket", "arn:aws:s3:::b", false),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b""#, "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::b*""#, "s3:GetObject", "arn:aws:s3:::bucket/k", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:s3:::*/test/*""#, "s3:GetObject", "arn:aws:s3:::b/x/test/k",
            true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:s3:::b/t?st""#, "s3:GetObject", "arn:aws:s3:::b/test", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:ec2:*:111122223333:instance/*""#, "ec2:StopInstances",
            "arn:aws:ec2:us-east-1:111122223333:instance/i", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:ec2:us-*-1:*:instance/*""#, "ec2:StopInstances",
            "arn:aws:ec2:us-east-1:111122223333:instance/i", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:ec2:us-*:instance/*""#, "ec2:StopInstances",
            "arn:aws:ec2:us-east-1:111122223333:instance/i", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:ec2:*:444455556666:*""#, "ec2:StopInstances",
            "arn:aws:ec2:us-east-1:111122223333:instance/i", false),
        .init(
            .resource, #""Action":"*","Resource":"arn:*:ec2:*:*:*""#, "ec2:StopInstances",
            "arn:aws-us-gov:ec2:r:111122223333:instance/i", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:ec2:*""#, "ec2:StopInstances",
            "arn:aws:ec2:us-east-1:111122223333:instance/i", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:logs:r:111122223333:log-group:g:*""#, "logs:PutLogEvents",
            "arn:aws:logs:r:111122223333:log-group:g:log-stream:s", true),
        .init(.resource, #""Action":"*","Resource":"*""#, "s3:ListAllMyBuckets", "*", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:sqs:*:1111*:q""#, "sqs:SendMessage",
            "arn:aws:sqs:us-east-1:111122223333:q", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:sqs:*:?11122223333:q""#, "sqs:SendMessage",
            "arn:aws:sqs:us-east-1:111122223333:q", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:sqs:*q""#, "sqs:SendMessage",
            "arn:aws:sqs:us-east-1:111122223333:q", false),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:s3:*:*:b/*""#, "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:s3:::b/?""#, "s3:GetObject", "arn:aws:s3:::b/", false),
        .init(
            .resource, #""Action":"*","Resource":"arn:aws:s3:::b/*:*""#, "s3:GetObject", "arn:aws:s3:::b/k:l/m", true),
        .init(.resource, #""Action":"*","Resource":"arn:aws:s3:::*""#, "s3:ListAllMyBuckets", "*", false),
        .init(
            .version, #""Action":"*","NotResource":"arn:aws:s3:::b/${aws:userid}""#, "s3:GetObject",
            "arn:aws:s3:::b/k", true, version: .v2008_10_17),
        .init(.resource, #""Action":"*""#, "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(.resource, #""Action":"*","Resource":[]"#, "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(
            .serviceAuthorization, #""Action":"*","Resource":"*""#, "s3:ListAllMyBuckets", "*", true, wildcardOnly: true
        ),
        .init(
            .serviceAuthorization, #""Action":"*","Resource":"arn:aws:s3:::*""#, "s3:ListAllMyBuckets", "*", false,
            wildcardOnly: true),
        .init(
            .serviceAuthorization, #""Action":"*","Resource":"arn:aws:s3:::b""#, "s3:ListAllMyBuckets",
            "arn:aws:s3:::b", false, wildcardOnly: true),
        .init(
            .serviceAuthorization, #""Action":"*","Resource":["arn:aws:s3:::b","*"]"#, "s3:ListAllMyBuckets", "*", true,
            wildcardOnly: true),
        .init(
            .serviceAuthorization, #""Action":"*","NotResource":"arn:aws:s3:::b""#, "s3:ListAllMyBuckets", "*", true,
            wildcardOnly: true),
        .init(
            .notResource, #""Action":"*","NotResource":"arn:aws:s3:::b/*""#, "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(
            .notResource, #""Action":"*","NotResource":"arn:aws:s3:::b/*""#, "s3:GetObject", "arn:aws:s3:::c/k", true),
        .init(
            .notResource, #""Action":"*","NotResource":["arn:aws:s3:::b/*","arn:aws:s3:::c/*"]"#, "s3:GetObject",
            "arn:aws:s3:::c/k", false),
        .init(.notResource, #""Action":"*","NotResource":[]"#, "s3:GetObject", "arn:aws:s3:::c/k", true),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*""#, "s3:GetObject",
            "arn:aws:s3:::b/ada/k", true),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*""#, "s3:GetObject",
            "arn:aws:s3:::b/bob/k", false),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*""#, "s3:GetObject",
            "arn:aws:s3:::b//k", false),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:PrincipalTag/team, 'all'}/*""#, "s3:GetObject",
            "arn:aws:s3:::b/all/k", true),
        .init(
            .variables, #""Action":"*","Resource":["arn:aws:s3:::b/${aws:PrincipalTag/team}/*","arn:aws:s3:::b/k"]"#,
            "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:sqs:us-east-2:*:${aws:username}-queue""#, "sqs:SendMessage",
            "arn:aws:sqs:us-east-2:111122223333:ada-queue", true),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:iam::${aws:PrincipalAccount}:role/x""#, "iam:GetRole",
            "arn:aws:iam::111122223333:role/x", false),
        .init(
            .variables, #""Action":"*","NotResource":"arn:aws:s3:::b/${aws:PrincipalTag/team}/*""#, "s3:GetObject",
            "arn:aws:s3:::b/k", false),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/a${*}""#, "s3:GetObject", "arn:aws:s3:::b/a*", true),
        .init(
            .variables, #""Action":"*","Resource":"arn:aws:s3:::b/a${*}""#, "s3:GetObject", "arn:aws:s3:::b/ab", false),
        .init(
            .version, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:username}""#, "s3:GetObject",
            "arn:aws:s3:::b/ada", false, version: .v2008_10_17),
        .init(
            .version, #""Action":"*","Resource":"arn:aws:s3:::b/${aws:username}""#, "s3:GetObject",
            "arn:aws:s3:::b/${aws:username}", true, version: .v2008_10_17),
        .init(
            .conditions, #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1","b":"2"}}"#, "s3:GetObject",
            "arn:aws:s3:::b/k", true),
        .init(
            .conditions,
            #""Action":"*","Resource":"*","Condition":{"StringEquals":{"A":"1","b":["3","2"]},"Bool":{"c":true}}"#,
            "s3:GetObject", "arn:aws:s3:::b/k", true),
        .init(
            .conditions, #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1","b":"3"}}"#, "s3:GetObject",
            "arn:aws:s3:::b/k", false),
        .init(
            .conditions, #""Action":"*","Resource":"*","Condition":{"StringEquals":{"a":"1"},"Bool":{"c":false}}"#,
            "s3:GetObject", "arn:aws:s3:::b/k", false),
        .init(.conditions, #""Action":"*","Resource":"*","Condition":{}"#, "s3:GetObject", "arn:aws:s3:::b/k", true),
    ]

    @Test(arguments: actions + resources)
    func theElementsOfAStatementDecideWhetherItApplies(row: ElementRow) throws {
        let text = #"{"Version":"\#(row.version.rawValue)","Statement":{"Effect":"Allow",\#(row.statement)}}"#
        let policies = PolicySet(identity: [NamedPolicy("identity", try Policy(parsing: text))])
        let request = AccessRequest(
            .user(arn: "arn:aws:iam::111122223333:user/ada"), row.action, on: row.resource, ownedBy: "111122223333",
            context: ["aws:username": "ada", "aws:PrincipalAccount": "111122223333", "a": "1", "b": "2", "c": "true"],
            isWildcardOnly: row.isWildcardOnly)
        #expect(policies.decision(on: request).isAllowed == row.isAllowed)
    }
}
