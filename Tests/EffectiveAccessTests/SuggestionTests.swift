import FoundationEssentials
import IAMPolicy
import Inventory
import Testing

@testable import EffectiveAccess

@Suite struct SuggestionTests {
    private static let account = "123456789012"
    private static let robot = "arn:aws:iam::123456789012:role/robot"

    private static func landscape(_ policy: String) -> Landscape {
        var account = Account(
            id: account, partition: "aws", readAt: Date(timeIntervalSince1970: 0), regions: .known(["us-east-1"]))
        account[.organization] = .known(nil)
        account[.organizationPolicies] = .known(OrganizationPolicies())
        account[.identities] = .known(
            Identities(roles: [
                Role(
                    roleName: "robot", arn: robot,
                    assumeRolePolicyDocument: PolicyDocument(#"{"Version":"2012-10-17","Statement":[]}"#),
                    rolePolicyList: [InlinePolicy(policyName: "own", policyDocument: PolicyDocument(policy))])
            ]))
        return Landscape([account])
    }

    private static let everything =
        #"{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":"*","Resource":"*"}]}"#

    private static func call(
        _ service: String, _ name: String, _ parameters: [String: String] = [:], resources: [String] = [],
        error: String? = nil, isData: Bool = false, time: String = "2026-01-01T00:00:00Z"
    ) -> RecordedCall {
        RecordedCall(
            time: time, source: "\(service).amazonaws.com", name: name, region: "eu-west-1", accountID: account,
            actor: robot, errorCode: error, isDataEvent: isData, resources: resources,
            parameters: parameters.mapValues { [$0] })
    }

    private func suggestion(
        _ calls: [RecordedCall], grants policy: String = everything
    ) throws -> Suggestion {
        var basis = Suggestion.Basis()
        for call in calls {
            basis.count(time: call.time, dataEventsOf: call.isDataEvent ? call.source : nil, isOwn: true)
        }
        return try Self.landscape(policy).suggestion(for: 0, from: calls, basis: basis)
    }

    /// A key's policy that leaves it to the account, without which nobody may use the key.
    private static let delegation = NamedPolicy(
        "key policy",
        Policy(statements: [
            Statement(
                effect: .allow, principals: .only([.account(account)]), actions: .only(["*"]), resources: .only(["*"]))
        ]))

    @Test(arguments: [
        "AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation", "UnauthorizedException",
        "AuthorizationErrorException", "NotAuthorized", "ForbiddenException", "InsufficientPrivilegesException",
        "KMS.AccessDeniedException", "AuthorizationException", "accessdenied", "AuthFailure", "ExpiredToken",
        "InvalidClientTokenId", "Client.RequestExpired", "UnrecognizedClientException",
    ])
    func aRefusalIsKnownByItsCode(code: String) {
        #expect(Self.call("x", "Y", error: code).isRefused)
    }

    @Test func aRefusalIsKnownByItsMessage() {
        var call = Self.call("x", "Y", error: "ValidationException")
        #expect(!call.isRefused)
        call.errorMessage = "User: u is not authorized to perform: x:Y"
        #expect(call.isRefused)
    }

    @Test func timesOfSeveralFormsCompareAsMoments() throws {
        var basis = Suggestion.Basis()
        for time in [
            "2026-01-02T00:00:00Z", "2026-01-02 23:00:00.000", "2026-01-01T23:30:00-02:00", "2026-01-02T00:00:01Z",
        ] {
            basis.count(time: time, dataEventsOf: nil, isOwn: true)
        }
        #expect(basis.from == "2026-01-02T00:00:00Z")
        #expect(basis.to == "2026-01-02 23:00:00.000")
    }

    @Test(
        "parameters in the forms in which CloudTrail Lake answers a map are read",
        arguments: [
            #"{bucketName=logs, key=a, b/c=d, Host=logs.s3.amazonaws.com}"#,
            #"{\"bucketName\": \"logs\", \"key\": \"a, b/c=d\"}"#,
        ])
    func lakeParameters(text: String) throws {
        let event = #"""
            {"eventTime": "2026-01-01 00:00:00.000", "eventSource": "s3.amazonaws.com", "eventName": "GetObject",
             "awsRegion": "eu-west-1", "recipientAccountId": "123456789012", "requestParameters": "\#(text)"}
            """#
        let call = try JSONDecoder().decode(RecordedCall.self, from: Data(event.utf8))
        #expect(call.parameters["bucketName"] == ["logs"])
        #expect(call.parameters["key"] == ["a, b/c=d"])
    }

    @Test func rolesInListsOfObjectsArePassed() throws {
        let event = #"""
            {"eventTime": "2026-01-01T00:00:00Z", "eventSource": "glue.amazonaws.com", "eventName": "CreateThings",
             "awsRegion": "eu-west-1", "recipientAccountId": "123456789012",
             "requestParameters": {"things": [{"name": "a", "roleArn": "arn:aws:iam::123456789012:role/a"},
                                              {"name": "b", "roleArn": "arn:aws:iam::123456789012:role/b"}]}}
            """#
        let call = try JSONDecoder().decode(RecordedCall.self, from: Data(event.utf8))
        let needed = CalledResources(call: call, partition: "aws").permissions
        #expect(
            needed.filter { $0.action == "iam:PassRole" }.map(\.resource) == [
                "arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b",
            ])
    }

    // MARK: - What a call takes

    struct Mapping: Sendable, CustomTestStringConvertible {
        var call: RecordedCall
        var takes: [String]
        var testDescription: String { "\(call.source) \(call.name)" }
    }

    private static let mappings: [Mapping] = [
        .init(call: call("s3", "ListObjectsV2", ["bucketName": "b"]), takes: ["s3:ListBucket arn:aws:s3:::b"]),
        .init(call: call("s3", "ListObjects", ["bucketName": "b"]), takes: ["s3:ListBucket arn:aws:s3:::b"]),
        .init(call: call("s3", "HeadBucket", ["bucketName": "b"]), takes: ["s3:ListBucket arn:aws:s3:::b"]),
        .init(call: call("s3", "ListBuckets"), takes: ["s3:ListAllMyBuckets *"]),
        .init(
            call: call("s3", "HeadObject", ["bucketName": "b", "key": "k"]), takes: ["s3:GetObject arn:aws:s3:::b/k"]),
        .init(
            call: call("s3", "GetObject", ["bucketName": "b", "key": "k", "versionId": "1"]),
            takes: ["s3:GetObjectVersion arn:aws:s3:::b/k"]),
        .init(
            call: call("s3", "CopyObject", ["bucketName": "b", "key": "k", "x-amz-copy-source": "c/d/e"]),
            takes: ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::c/d/e"]),
        .init(
            call: call(
                "s3", "PutObject",
                [
                    "bucketName": "b", "key": "k", "x-amz-acl": "bucket-owner-full-control", "x-amz-tagging": "a=b",
                    "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-legal-hold": "ON",
                ]),
            takes: [
                "s3:PutObject arn:aws:s3:::b/k", "s3:PutObjectAcl arn:aws:s3:::b/k",
                "s3:PutObjectTagging arn:aws:s3:::b/k", "s3:PutObjectLegalHold arn:aws:s3:::b/k",
                "s3:PutObjectRetention arn:aws:s3:::b/k",
            ]),
        .init(
            call: call(
                "s3", "CreateMultipartUpload", ["bucketName": "b", "key": "k", "x-amz-grant-read": "id=1"]),
            takes: ["s3:PutObject arn:aws:s3:::b/k", "s3:PutObjectAcl arn:aws:s3:::b/k"]),
        .init(
            call: call("s3", "CopyObject", ["bucketName": "b", "key": "k", "x-amz-copy-source": "c/d?versionId=1"]),
            takes: ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObjectVersion arn:aws:s3:::c/d"]),
        .init(
            call: call("s3", "GetObjectAttributes", ["bucketName": "b", "key": "k", "versionId": "1"]),
            takes: ["s3:GetObjectVersion arn:aws:s3:::b/k", "s3:GetObjectVersionAttributes arn:aws:s3:::b/k"]),
        .init(
            call: call(
                "s3", "GetObject",
                ["bucketName": "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap", "key": "k"]),
            takes: ["s3:GetObject arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/object/k"]),
        .init(
            call: call("s3", "ListObjectsV2", ["bucketName": "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap"]),
            takes: ["s3:ListBucket arn:aws:s3:eu-west-1:123456789012:accesspoint/ap"]),
        .init(
            call: call(
                "s3", "GetObject", ["bucketName": "my-ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias", "key": "k"]),
            takes: ["s3:GetObject arn:aws:s3:eu-west-1:123456789012:accesspoint/my-ap/object/k"]),
        .init(
            call: call(
                "s3", "ListObjectsV2", ["bucketName": "my-ap-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias"],
                resources: ["arn:aws:s3:::b", "arn:aws:s3:us-east-1:210987654321:accesspoint/theirs"]),
            takes: ["s3:ListBucket arn:aws:s3:us-east-1:210987654321:accesspoint/theirs"]),
        .init(
            call: call("s3", "CreateBucket", ["bucketName": "b", "CreateBucketConfiguration.Tags.Tag.Key": "a"]),
            takes: ["s3:CreateBucket arn:aws:s3:::b", "s3:TagResource arn:aws:s3:::b"]),
        .init(
            call: call("s3", "PutBucketTagging", ["bucketName": "b", "Tagging.TagSet.Tag.Key": "a"]),
            takes: ["s3:PutBucketTagging arn:aws:s3:::b"]),
        .init(
            call: call("ec2", "RunInstances", ["tagSpecificationSet.items.tags.key": "a"]),
            takes: ["ec2:RunInstances *", "ec2:CreateTags *"]),
        .init(
            call: call(
                "ec2", "CreateLaunchTemplate",
                ["CreateLaunchTemplateRequest.LaunchTemplateData.TagSpecification.Tag.Key": "a"]),
            takes: ["ec2:CreateLaunchTemplate *"]),
        .init(
            call: call(
                "sts", "AssumeRole",
                ["roleArn": "arn:aws:iam::123456789012:role/r", "tags.key": "a", "sourceIdentity": "ann"]),
            takes: [
                "sts:AssumeRole arn:aws:iam::123456789012:role/r", "sts:TagSession arn:aws:iam::123456789012:role/r",
                "sts:SetSourceIdentity arn:aws:iam::123456789012:role/r",
            ]),
        .init(
            call: call("iam", "CreateUser", ["userName": "u", "tags.key": "a"]),
            takes: ["iam:CreateUser arn:aws:iam::123456789012:user/u", "iam:TagUser arn:aws:iam::123456789012:user/u"]),
        .init(
            call: call("sqs", "CreateQueue", ["queueName": "q", "tags.a": "b"]),
            takes: ["sqs:CreateQueue *", "sqs:TagQueue *"]),
        .init(
            call: call("ecs", "RegisterTaskDefinition", ["taskRoleArn": "worker", "tags.key": "a"]),
            takes: [
                "ecs:RegisterTaskDefinition *", "ecs:TagResource *",
                "iam:PassRole arn:aws:iam::123456789012:role/worker",
            ]),
        .init(
            call: call("s3express", "GetObject", ["bucketName": "b--x-s3", "key": "k"]),
            takes: ["s3express:CreateSession arn:aws:s3express:eu-west-1:123456789012:bucket/b--x-s3"]),
        .init(
            call: call("ec2", "RunInstances", ["iamInstanceProfile.name": "web"]),
            takes: ["ec2:RunInstances *", "iam:PassRole arn:aws:iam::123456789012:role/web"]),
        .init(
            call: call(
                "autoscaling", "CreateLaunchConfiguration",
                ["iamInstanceProfile": "arn:aws:iam::123456789012:instance-profile/web"]),
            takes: ["autoscaling:CreateLaunchConfiguration *", "iam:PassRole arn:aws:iam::123456789012:role/web"]),
        .init(
            call: call("elasticmapreduce", "RunJobFlow", ["serviceRole": "EMR_DefaultRole"]),
            takes: ["elasticmapreduce:RunJobFlow *", "iam:PassRole arn:aws:iam::123456789012:role/EMR_DefaultRole"]),
        .init(
            call: call("s3", "UploadPart", ["bucketName": "b", "key": "k"]), takes: ["s3:PutObject arn:aws:s3:::b/k"]),
        .init(
            call: call("s3", "GetBucketEncryption", ["bucketName": "b"]),
            takes: ["s3:GetEncryptionConfiguration arn:aws:s3:::b"]),
        .init(
            call: call("lambda", "Invoke", ["functionName": "f"]),
            takes: ["lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:f"]),
        .init(call: call("lambda", "ListFunctions20150331"), takes: ["lambda:ListFunctions *"]),
        .init(
            call: call("lambda", "UpdateFunctionCode20150331v2", ["functionName": "f"]),
            takes: ["lambda:UpdateFunctionCode arn:aws:lambda:eu-west-1:123456789012:function:f"]),
        .init(call: call("cloudfront", "ListDistributions2020_05_31"), takes: ["cloudfront:ListDistributions *"]),
        .init(call: call("monitoring", "DescribeAlarms"), takes: ["cloudwatch:DescribeAlarms *"]),
        .init(call: call("apigateway", "CreateRestApi"), takes: ["apigateway:POST *"]),
        .init(call: call("apigateway", "GetStages"), takes: ["apigateway:GET *"]),
        .init(call: call("signin", "ConsoleLogin"), takes: []),
        .init(call: call("sts", "GetCallerIdentity"), takes: []),
        .init(
            call: call("sts", "AssumeRole", ["roleArn": "arn:aws:iam::123456789012:role/r"]),
            takes: ["sts:AssumeRole arn:aws:iam::123456789012:role/r"]),
        .init(
            call: call(
                "kms", "Decrypt", resources: ["arn:aws:kms:eu-west-1:123456789012:key/k"]),
            takes: ["kms:Decrypt arn:aws:kms:eu-west-1:123456789012:key/k"]),
        .init(
            call: call("dynamodb", "Query", ["tableName": "t", "indexName": "i"]),
            takes: ["dynamodb:Query arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i"]),
        .init(
            call: call("secretsmanager", "GetSecretValue", ["secretId": "db"]),
            takes: ["secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"]),
        .init(
            call: call("sqs", "SendMessage", ["queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q"]),
            takes: ["sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:q"]),
        .init(
            call: call("iam", "AddUserToGroup", ["groupName": "g", "userName": "u"]),
            takes: ["iam:AddUserToGroup arn:aws:iam::123456789012:group/g"]),
        .init(
            call: call("iam", "ListGroupsForUser", ["userName": "u"]),
            takes: ["iam:ListGroupsForUser arn:aws:iam::123456789012:user/u"]),
        .init(
            call: call("iam", "AttachRolePolicy", ["roleName": "r", "policyArn": "arn:aws:iam::aws:policy/P"]),
            takes: ["iam:AttachRolePolicy arn:aws:iam::123456789012:role/r"]),
        .init(
            call: call(
                "lambda", "CreateFunction20150331", ["functionName": "f", "role": "arn:aws:iam::123456789012:role/r"]),
            takes: [
                "lambda:CreateFunction arn:aws:lambda:eu-west-1:123456789012:function:f",
                "iam:PassRole arn:aws:iam::123456789012:role/r",
            ]),
        .init(call: call("ec2", "DescribeInstances"), takes: ["ec2:DescribeInstances *"]),
        .init(
            call: call(
                "ec2", "AssociateIamInstanceProfile",
                [
                    "AssociateIamInstanceProfileRequest.IamInstanceProfile.Name": "prof",
                    "AssociateIamInstanceProfileRequest.InstanceId": "i-1",
                ]),
            takes: ["ec2:AssociateIamInstanceProfile *", passed("prof")]),
        .init(
            call: call("ec2", "RequestSpotInstances", ["launchSpecification.iamInstanceProfile.name": "spot"]),
            takes: ["ec2:RequestSpotInstances *", passed("spot")]),
        .init(
            call: call(
                "ec2", "CreateFlowLogs",
                ["CreateFlowLogsRequest.DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/flow"]),
            takes: ["ec2:CreateFlowLogs *", passed("flow")]),
        .init(
            call: call("iam", "AddRoleToInstanceProfile", ["roleName": "web", "instanceProfileName": "other"]),
            takes: ["iam:AddRoleToInstanceProfile *", passed("web")]),
        .init(
            call: call("ssm", "SendCommand", ["serviceRoleArn": "arn:aws:iam::123456789012:role/notify"]),
            takes: ["ssm:SendCommand *", passed("notify")]),
        .init(
            call: call("cloudformation", "DeleteStack", ["roleARN": "arn:aws:iam::123456789012:role/stack"]),
            takes: ["cloudformation:DeleteStack *", passed("stack")]),
        .init(
            call: call("glue", "CreateJob", ["role": "service-role/gluerole"]),
            takes: ["glue:CreateJob *", passed("service-role/gluerole")]),
        .init(
            call: call(
                "redshift", "ModifyClusterIamRoles", ["removeIamRoles": "arn:aws:iam::123456789012:role/old"]),
            takes: ["redshift:ModifyClusterIamRoles *"]),
        .init(
            call: call("s3express", "UploadPart", ["bucketName": "b--x-s3", "key": "k"]),
            takes: ["s3express:CreateSession arn:aws:s3express:eu-west-1:123456789012:bucket/b--x-s3"]),
        .init(
            call: call("s3express", "ListMultipartUploads", ["bucketName": "b--x-s3"]),
            takes: ["s3express:CreateSession arn:aws:s3express:eu-west-1:123456789012:bucket/b--x-s3"]),
        .init(
            call: call(
                "s3", "DeleteObject", ["bucketName": "b", "key": "k", "x-amz-bypass-governance-retention": "true"]),
            takes: ["s3:DeleteObject arn:aws:s3:::b/k", "s3:BypassGovernanceRetention arn:aws:s3:::b/k"]),
        .init(
            call: call(
                "s3", "CreateBucket",
                ["bucketName": "b", "x-amz-bucket-object-lock-enabled": "true", "x-amz-acl": "private"]),
            takes: [
                "s3:CreateBucket arn:aws:s3:::b", "s3:PutBucketAcl arn:aws:s3:::b",
                "s3:PutBucketObjectLockConfiguration arn:aws:s3:::b", "s3:PutBucketVersioning arn:aws:s3:::b",
            ]),
    ]

    private static func passed(_ role: String) -> String { "iam:PassRole arn:aws:iam::123456789012:role/\(role)" }

    @Test(arguments: mappings)
    func aCallTakesThesePermissions(_ mapping: Mapping) {
        let permissions = CalledResources(call: mapping.call, partition: "aws").permissions
        #expect(permissions.map { "\($0.action) \($0.resource)" } == mapping.takes)
    }

    // MARK: - The policy

    /// Whatever is recorded and permitted, the suggested policy allows; and what is not recorded it does not.
    @Test(arguments: 0..<42)
    func thePolicyAllowsEveryRecordedCall(seed: Int) throws {
        var random = Shuffled(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        let services = ["s3", "dynamodb", "lambda", "iam", "ec2", "kms", "secretsmanager", "sqs"]
        let objects = ["a/b/c", "a/b/d", "a/e", "${x}/y", "star*key/z", "lone", "ünïcode/k", "q?/k"]
        let count = seed < 40 ? Int.random(in: 1...40, using: &random) : 600
        let calls = (0..<count).map { index -> RecordedCall in
            let template =
                Self.mappings.filter { services.contains($0.call.source.prefix { $0 != "." }.description) }
                .randomElement(using: &random)?.call ?? Self.call("ec2", "DescribeInstances")
            var call = template
            for name in call.parameters.keys where name != "queueUrl" && name != "role" {
                let suffix = "\(Int.random(in: 0..<(seed < 40 ? 4 : 400), using: &random))"
                call.parameters[name] =
                    name == "key" ? ["\(objects.randomElement(using: &random) ?? "")\(suffix)"] : ["n\(suffix)"]
            }
            if index.isMultiple(of: 7) { call.errorCode = "NoSuchKey" }
            return call
        }
        let suggestion = try suggestion(calls)
        let reparsed = try Policy(parsing: suggestion.policy.json)
        #expect(reparsed == suggestion.policy)
        #expect(suggestion.size <= Suggestion.sizeLimit, "\(suggestion.notes)")
        let policies = PolicySet(identity: [NamedPolicy("suggested", reparsed)])
        let keys = PolicySet(
            identity: [NamedPolicy("suggested", reparsed)], resource: Self.delegation)
        for permission in Set(calls.flatMap { CalledResources(call: $0, partition: "aws").permissions }) {
            let request = AccessRequest(
                .role(arn: Self.robot), permission.action, on: permission.resource, ownedBy: Self.account,
                isWildcardOnly: permission.resource == "*")
            let decision = (permission.action.hasPrefix("kms:") ? keys : policies).decision(on: request)
            #expect(decision.isAllowed, "\(permission.action) \(permission.resource)")
        }
        let other = AccessRequest(
            .role(arn: Self.robot), "organizations:LeaveOrganization", on: "*", isWildcardOnly: true)
        #expect(!policies.decision(on: other).isAllowed)
    }

    @Test func objectsBecomeTheFolderThatHoldsThemAll() throws {
        let suggestion = try suggestion([
            Self.call("s3", "GetObject", ["bucketName": "b", "key": "logs/2026/01/x"]),
            Self.call("s3", "GetObject", ["bucketName": "b", "key": "logs/2026/02/y"]),
            Self.call("s3", "GetObject", ["bucketName": "c", "key": "top"]),
        ])
        #expect(
            suggestion.policy.json
                == #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/logs/2026/*","arn:aws:s3:::c/*"]}]}"#
        )
    }

    @Test func anAccessPointIsNamedAndNotItsNeighbors() throws {
        let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap"
        let json = try suggestion([
            Self.call("s3", "ListObjectsV2", ["bucketName": point], isData: true),
            Self.call("s3", "GetObject", ["bucketName": point, "key": "a/b"], isData: true),
            Self.call("s3", "GetObject", ["bucketName": point, "key": "a/c"], isData: true),
        ]).policy.json
        #expect(json.contains("\"\(point)\"") && json.contains("\"\(point)/object/a/*\""))
        #expect(!json.contains("accesspoint/*"))
    }

    @Test func manyIdentitiesNeverBecomeEveryIdentity() throws {
        let calls = (0..<400).map { index in
            Self.call("iam", "AttachRolePolicy", ["roleName": "a-rather-long-name-of-a-role-\(index)"])
        }
        let suggestion = try suggestion(calls)
        #expect(suggestion.size <= Suggestion.sizeLimit)
        #expect(!suggestion.notes.isEmpty)
        for statement in suggestion.policy.statements { #expect(statement.resources?.includeEverything == false) }
    }

    // MARK: - Beside what is granted

    @Test func eachGrantIsKeptRemovedOrNotToBeJudged() throws {
        let granted = """
            {"Version":"2012-10-17","Statement":[
              {"Sid":"Keys","Effect":"Allow","Action":"kms:Decrypt","Resource":"*"},
              {"Sid":"Alarms","Effect":"Allow","Action":"cloudwatch:DescribeAlarms","Resource":"*"},
              {"Sid":"Objects","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"},
              {"Sid":"Other","Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}
            """
        let decrypt = Self.call("kms", "Decrypt", resources: ["arn:aws:kms:eu-west-1:123456789012:key/k"])
        let refused = Self.call("ec2", "RunInstances", error: "Client.UnauthorizedOperation")
        let unnamed = Self.call("ec2", "DescribeInstances")
        let without = try suggestion([decrypt, refused, unnamed], grants: granted)
        #expect(
            without.changes.map { "\($0.source.statement) \($0.kind)" }
                == ["Keys kept", "Alarms removed", "Objects unjudged", "Other unjudged"])
        #expect(without.refused.map(\.action) == ["ec2:RunInstances"])
        #expect(without.used.filter { !$0.isGrantedNow }.map(\.action) == ["ec2:DescribeInstances"])
        #expect(!without.policy.json.contains("RunInstances"))

        let data = Self.call("s3", "PutObject", ["bucketName": "c", "key": "k"], isData: true)
        let with = try suggestion([decrypt, data], grants: granted)
        #expect(with.changes.first { $0.source.statement == "Objects" }?.kind == .removed)
        #expect(with.basis.dataServices == ["s3"])
    }

    // MARK: - Records

    @Test func aRecordOfCloudTrailIsRead() throws {
        let json = """
            {"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/robot/s",
            "sessionContext":{"sessionIssuer":{"type":"Role","arn":"\(Self.robot)"}}},"eventTime":"2026-01-01T00:00:00Z",
            "eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","errorCode":"AccessDenied",
            "requestParameters":{"bucketName":"b","key":"k","Host":"x","nested":{"role":"r","n":3},"list":["a","b"],"none":null},
            "resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::b/k"}],"eventID":"1","managementEvent":false,
            "recipientAccountId":"123456789012","eventCategory":"Data"}
            """
        let call = try JSONDecoder().decode(RecordedCall.self, from: Data(json.utf8))
        #expect(call.actor == Self.robot)
        #expect(call.isDataEvent && call.isRefused)
        #expect(call.resources == ["arn:aws:s3:::b/k"])
        #expect(call.parameters["nested.role"] == ["r"])
        #expect(call.parameters["list"] == ["a", "b"])

        let bare =
            #"{"userIdentity":{"type":"AWSService","invokedBy":"x"},"eventTime":"t","eventSource":"s","eventName":"n","requestParameters":null,"resources":null}"#
        #expect(try JSONDecoder().decode(RecordedCall.self, from: Data(bare.utf8)).actor == nil)
    }
}

/// A generator that gives the same numbers for the same seed.
private struct Shuffled: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
