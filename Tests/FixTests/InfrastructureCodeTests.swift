import AWSClient
import Basics
import Posture
import Practices
import Remediation
import Reports
import Testing

/// Plans for those who declare their resources, and the resources that are declared elsewhere.
@Suite struct InfrastructureCodeTests {
    /// Steps on one resource are one declaration, and what a language has no resource for is a person's.
    @Test func stepsOnOneResourceAreOneDeclaration() throws {
        let bucket: JSON = ["Bucket": "trail-one", "ExpectedBucketOwner": "123456789012"]
        func call(_ operation: AWSClient.Operation, _ name: String, _ value: JSON) -> APICall {
            APICall(operation, in: "us-east-1", .members((bucket.object?.members ?? []) + [.init(name, value)]))
        }
        let steps = [
            ("version", call(.putBucketVersioning, "VersioningConfiguration", ["Status": "Enabled"])),
            ("log", call(.putBucketLogging, "BucketLoggingStatus", ["LoggingEnabled": ["TargetBucket": "logs"]])),
            ("policy", call(.putBucketPolicy, "Policy", #"{"Statement":[{"Sid":"${aws:username}"}]}"#)),
            ("remove", APICall(.revokeSecurityGroupIngress, in: "us-east-1")),
        ]
        let template = try JSON(parsing: InfrastructureCode(steps, in: .cloudformation).text("title"))
        #expect(template["Resources"]?.object?.names == ["BucketTrailOne", "BucketPolicyTrailOne"])
        let properties = template["Resources"]?["BucketTrailOne"]?["Properties"]
        #expect(properties?["VersioningConfiguration"]?["Status"] == "Enabled")
        #expect(properties?["LoggingConfiguration"]?["DestinationBucketName"] == "logs")
        #expect(template["Metadata"]?["ByHand"] == ["remove (ec2:RevokeSecurityGroupIngress)"])

        let terraform = InfrastructureCode(steps, in: .terraform).text("title")
        #expect(terraform.contains(#"resource "aws_s3_bucket_versioning" "trail_one" {"#))
        #expect(terraform.contains(#""Sid" = "$${aws:username}""#), "a policy variable is no template of HCL")
        #expect(terraform.contains("# By hand: remove (ec2:RevokeSecurityGroupIngress)"))
    }

    /// What no language declares is what docs/fix.md lists, besides removals.
    @Test(arguments: [
        (
            InfrastructureCode.Language.cloudformation,
            [
                "iam:AttachGroupPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile",
                "iam:UpdateAccountPasswordPolicy",
                "iam:UpdateSSHPublicKey", "iam:UpdateServiceSpecificCredential", "iam:UpdateSigningCertificate",
            ]
        ),
        (.terraform, ["iam:CreateAccessKey", "iam:CreateLoginProfile"]),
    ])
    func everyCallThatDeclaresSomethingHasAForm(_ language: InfrastructureCode.Language, _ without: [String]) {
        let removals = ["Delete", "Remove", "Detach", "Revoke", "Deactivate", "Stop", "Disable"]
        // Calls of undoing alone.
        let undoing: Set = [
            "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:SetDefaultPolicyVersion",
        ]
        let parameters: JSON = [
            "ResourceIds": ["vpc-1"], "IpPermissions": [["IpProtocol": "tcp", "IpRanges": [["CidrIp": "10.0.0.0/8"]]]],
        ]
        let calls = Fixes.all.reduce(into: Set<AWSClient.Operation>()) { $0.formUnion($1.calls) }
        let missing = calls.filter { operation in
            let call = APICall(operation, in: "us-east-1", parameters)
            return InfrastructureCode([("title", call)], in: language).isEmpty && !undoing.contains(call.name)
                && !removals.contains { operation.name.hasPrefix($0) }
        }
        #expect(missing.map(\.description).sorted() == without)
    }

    @Test func aNewGroupAndTheVersionOfAPolicyAreDeclaredWhole() throws {
        func attach(_ policy: JSON) -> (String, APICall) {
            ("attach", APICall(.attachGroupPolicy, in: "us-east-1", ["GroupName": "readers", "PolicyArn": policy]))
        }
        let steps = [
            ("create", APICall(.createGroup, in: "us-east-1", ["GroupName": "readers"])), attach("arn:one"),
            attach("arn:two"),
            (
                "narrow",
                APICall(
                    .createPolicyVersion, in: "us-east-1",
                    [
                        "PolicyArn": "arn:aws:iam::123456789012:policy/teams/deploy",
                        "PolicyDocument": #"{"Version":"2012-10-17","Statement":[]}"#,
                    ])
            ),
        ]
        let template = try JSON(parsing: InfrastructureCode(steps, in: .cloudformation).text("title"))
        #expect(template["Resources"]?["GroupReaders"]?["Properties"]?["ManagedPolicyArns"] == ["arn:one", "arn:two"])
        #expect(template["Resources"]?["ManagedPolicyDeploy"]?["Properties"]?["ManagedPolicyName"] == "deploy")
        #expect(template["Metadata"] == nil)
        let existing = InfrastructureCode([attach("arn:one")], in: .cloudformation)
        #expect(existing.isEmpty && existing.rest == ["attach (iam:AttachGroupPolicy)"])
        let terraform = InfrastructureCode(steps, in: .terraform).text("title")
        #expect(terraform.contains(#"resource "aws_iam_policy" "deploy" {"#))
    }

    /// A value that a step does not know is a parameter, so that the template is whole.
    @Test func whatCloudFormationDemandsBesidesIsAParameter() throws {
        let step = APICall(
            .updateTrail, in: "us-east-1",
            ["Name": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", "EnableLogFileValidation": true])
        let template = try JSON(
            parsing: InfrastructureCode([("title", step)], in: .cloudformation).text("title"))
        #expect(template["Parameters"]?.object?.names == ["TrailMainS3BucketName", "TrailMainIsLogging"])
        #expect(
            template["Resources"]?["TrailMain"]?["Properties"]?["S3BucketName"] == ["Ref": "TrailMainS3BucketName"])
    }

    /// The same name in two Regions is two resources, and each goes to its Region.
    @Test func resourcesOfTwoRegionsStayInTheirRegions() throws {
        func step(_ region: String) -> (title: String, call: APICall) {
            ("create", APICall(.createLogGroup, in: region, ["logGroupName": "flows"]))
        }
        let role = ("role", APICall(.createRole, in: "us-east-1", ["RoleName": "deliver"]))
        let terraform = InfrastructureCode([step("us-west-2"), role, step("eu-west-1")], in: .terraform).text("title")
        for region in ["eu-west-1", "us-west-2"] {
            let alias = region.replacing("-", with: "_")
            #expect(terraform.contains("provider \"aws\" {\n  alias = \"\(alias)\"\n  region = \"\(region)\"\n}"))
            let places = terraform.matches(of: /resource "aws_cloudwatch_log_group" "\w+" {\n  provider = aws.(\w+)/)
            #expect(places.contains { $0.output.1 == alias }, "\(terraform)")
        }
        #expect(terraform.contains("resource \"aws_iam_role\" \"deliver\" {\n  provider = aws.eu_west_1\n"))
        #expect(!terraform.contains("us_east_1"), "a global resource is in one of the Regions of the others")

        let plan = Plan(
            parapet: "0", account: "123456789012", partition: "aws", region: "us-east-1", caller: "arn:x",
            scanned: "2026-01-01T00:00:00Z", settings: Settings(),
            steps: [step("us-west-2"), role, step("eu-west-1")].map {
                Step(
                    $0.title, on: "arn:x", state: Observation($0.call), before: .null, call: $0.call, after: .null,
                    undo: nil)
            })
        let error = #expect(throws: Failure.self) { try PlanReport(PlanFile(plan)).code(in: .cloudformation) }
        #expect(error?.why == "a stack is of one Region, and the steps are in eu-west-1, us-west-2")
        let one = InfrastructureCode([step("us-west-2"), role], in: .cloudformation)
        let template = try JSON(parsing: one.text("title"))
        #expect(template["Description"] == "title. For a stack in us-west-2.")
        #expect(template["Resources"]?.object?.names == ["LogGroupFlows", "RoleDeliver"])
    }

    /// What names a new resource refers to it, so that the tool creates that first.
    @Test func newResourcesAreReferredTo() throws {
        func call(_ operation: AWSClient.Operation, _ parameters: JSON) -> (title: String, call: APICall) {
            (operation.name, APICall(operation, in: "us-east-1", parameters))
        }
        let steps = [
            call(.createGroup, ["GroupName": "p-users"]),
            call(.putGroupPolicy, ["GroupName": "p-users", "PolicyName": "p", "PolicyDocument": "{}"]),
            call(.addUserToGroup, ["GroupName": "p-users", "UserName": "ann"]),
            call(.addUserToGroup, ["GroupName": "present", "UserName": "ann"]),
            call(.createBucket, ["Bucket": "logs"]),
            call(.putBucketPolicy, ["Bucket": "logs", "Policy": "{}"]),
            call(.createRole, ["RoleName": "deliver", "AssumeRolePolicyDocument": "{}"]),
            call(.putRolePolicy, ["RoleName": "deliver", "PolicyName": "p", "PolicyDocument": "{}"]),
            call(.createFlowLogs, ["ResourceIds": ["vpc-1"], "LogDestination": "arn:aws:s3:::logs"]),
            call(
                .createFlowLogs,
                [
                    "ResourceIds": ["vpc-2"], "LogDestination": "arn:aws:s3:::other-logs",
                    "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/deliver",
                ]),
            call(.createTrail, ["Name": "main", "S3BucketName": "logs"]),
        ]
        let template = try JSON(parsing: InfrastructureCode(steps, in: .cloudformation).text("title"))["Resources"]
        func property(_ resource: String, _ name: String) -> JSON? { template?[resource]?["Properties"]?[name] }
        #expect(property("GroupPUsers", "GroupName") == "p-users")
        #expect(property("GroupPolicyPUsersP", "GroupName") == ["Ref": "GroupPUsers"])
        #expect(property("UserToGroupAdditionPUsersAnn", "GroupName") == ["Ref": "GroupPUsers"])
        #expect(property("UserToGroupAdditionPresentAnn", "GroupName") == "present")
        #expect(property("BucketPolicyLogs", "Bucket") == ["Ref": "BucketLogs"])
        #expect(property("RolePolicyDeliverP", "RoleName") == ["Ref": "RoleDeliver"])
        #expect(property("FlowLogVpc1", "LogDestination") == ["Fn::GetAtt": ["BucketLogs", "Arn"]])
        #expect(property("FlowLogVpc2", "LogDestination") == "arn:aws:s3:::other-logs")
        #expect(property("FlowLogVpc2", "DeliverLogsPermissionArn") == ["Fn::GetAtt": ["RoleDeliver", "Arn"]])
        #expect(property("TrailMain", "S3BucketName") == ["Ref": "BucketLogs"])
        #expect(template?["TrailMain"]?["DependsOn"] == ["BucketPolicyLogs"])

        let terraform = InfrastructureCode(steps, in: .terraform).text("title")
        for line in [
            "group = aws_iam_group.p_users.name", "groups = [aws_iam_group.p_users.name]", #"groups = ["present"]"#,
            "role = aws_iam_role.deliver.name", "log_destination = aws_s3_bucket.logs.arn",
            #"log_destination = "arn:aws:s3:::other-logs""#, "iam_role_arn = aws_iam_role.deliver.arn",
            "s3_bucket_name = aws_s3_bucket.logs.bucket", "depends_on = [aws_s3_bucket_policy.logs2]",
            #"bucket = "logs""#, "bucket = aws_s3_bucket.logs.bucket",
        ] {
            #expect(terraform.contains("  \(line)\n"), "\(line): \(terraform)")
        }
    }

    /// AWS accepts a change of a trail only if the policies and the key let CloudTrail deliver.
    @Test func whatLetsTrailsDeliverComesBeforeTheChangesOfTrails() {
        let first = ["trail-key-enabled", "trail-bucket-policy-source", "trail-key-policy", "trail-delivery"]
        #expect(Fixes.all.prefix(first.count).map(\.id) == first)
        #expect(Fixes.all.prefix(first.count).allSatisfy { !$0.calls.contains(.updateTrail) })
    }

    @Test(arguments: [
        (["aws:cloudformation:stack-name": "logs", "ManagedBy": "terraform"], "CloudFormation stack logs"),
        (["aws:cloudformation:stack-id": "arn:of:it"], "CloudFormation stack arn:of:it"),
        (["managed-by": "Terraform"], "Terraform (tag managed-by)"),
        (["Managed_By": "opentofu"], "Terraform (tag Managed_By)"),
        (["terraform": "true"], "Terraform (tag terraform)"), (["terraform": "false"], nil),
        (["ManagedBy": "ann"], nil), ([:], nil),
    ])
    func tagsTellTheOwner(_ tags: [String: String], _ owner: String?) {
        #expect(ResourceOwner(tags: tags)?.description == owner)
    }
}

extension FixTests {
    /// The bucket of a stack is left to its template, whose change the plan shows; the other trail's bucket is planned for.
    @Test func aResourceThatAStackOwnsGetsAPatch() async throws {
        let world = try await FixWorld.lent
        try await world.reset()
        try await world.makeTrail("first", "trail-one")
        try await world.makeTrail("second", "trail-two")
        func tag(_ bucket: JSON, _ key: JSON, _ value: JSON) async throws {
            try await world.call(
                "s3", "put_bucket_tagging", ["Bucket": bucket, "Tagging": ["TagSet": [["Key": key, "Value": value]]]])
        }
        // Nobody but AWS can set a stack's own tag, in moto as there.
        try await tag("trail-one", "ManagedBy", "Terraform")
        let plan = try await Planned.make(world.endpoint, checks: ["trail-bucket-versioning"]).file.plan
        #expect(plan.steps.map(\.resource) == ["arn:aws:s3:::trail-two"])
        #expect(plan.steps.allSatisfy { !$0.notes.contains { $0.contains("not known") } })
        let left = try #require(plan.leftOut.first)
        #expect(left.reason.hasPrefix("owned by Terraform (tag ManagedBy)"), "\(left)")
        #expect(left.byHand.contains(#"resource "aws_s3_bucket_versioning" "trail_one" {"#), "\(left.byHand)")

        let findings = try await Planned.make(world.endpoint, checks: ["trail-bucket-versioning"]).findings
        let (_, reading, _) = await Planned.scan(world.endpoint, checks: ["trail-bucket-versioning"])
        let fixes = Fixes.all.filter { $0.checks.contains("trail-bucket-versioning") }
        let forced = await Planner(
            fixes, client: fixClient(world.endpoint), guards: testGuards, isForced: true
        ).proposals(for: findings, in: reading, region: "us-east-1", whyNot: Fixes.reasonForNone)
        #expect(forced.steps.count == 2)
    }
}
