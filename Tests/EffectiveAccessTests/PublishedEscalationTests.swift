import EffectiveAccess
import Inventory
import Testing

/// The published ways to more power, in an account where each has a target: none may pass.
///
/// Source: pathfinding.cloud, the permissions of each path (2026); Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and
/// Mitigation".
@Suite struct PublishedEscalationTests {
    enum Outcome: Sendable { case fails, unknown, passes }

    struct Way: Sendable, CustomTestStringConvertible {
        var id: String
        /// Actions, separated by spaces.
        var permissions: String
        var outcome: Outcome

        init(_ id: String, _ permissions: String, _ outcome: Outcome = .fails) {
            self.id = id
            self.permissions = permissions
            self.outcome = outcome
        }

        var testDescription: String { id }
    }

    static let ways: [Way] = [
        Way("apprunner-001", "iam:PassRole apprunner:CreateService"),
        Way("apprunner-002", "apprunner:UpdateService", .unknown),
        Way("batch-job", "iam:PassRole batch:RegisterJobDefinition batch:SubmitJob"),
        Way("batch-existing-job", "batch:SubmitJob", .unknown),
        Way(
            "bedrock-001",
            "iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter"
        ),
        Way(
            "bedrock-002", "bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter",
            .unknown
        ),
        Way(
            "bedrock-runtime", "iam:PassRole bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntime"),
        Way("bedrock-browser", "iam:PassRole bedrock-agentcore:CreateBrowser", .unknown),
        Way(
            "bedrock-harness", "iam:PassRole bedrock-agentcore:CreateHarness bedrock-agentcore:InvokeHarness", .unknown),
        Way("braket-001", "iam:PassRole braket:CreateJob"),
        Way("cloudformation-001", "iam:PassRole cloudformation:CreateStack"),
        Way("cloudformation-002", "cloudformation:UpdateStack"),
        Way("cloudformation-003", "iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances"),
        Way("cloudformation-004", "iam:PassRole cloudformation:UpdateStackSet"),
        Way("cloudformation-005", "cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet"),
        Way("codebuild-001", "iam:PassRole codebuild:CreateProject codebuild:StartBuild"),
        Way("codebuild-002", "codebuild:StartBuild"),
        Way("codebuild-003", "codebuild:StartBuildBatch"),
        Way("codebuild-004", "iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch"),
        Way("codedeploy-001", "codedeploy:CreateDeployment", .unknown),
        Way("cognitoidentity-001", "iam:PassRole cognito-identity:SetIdentityPoolRoles", .unknown),
        Way(
            "datapipeline-001",
            "iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline"),
        Way("ec2-001", "iam:PassRole ec2:RunInstances"),
        Way("ec2-002", "ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances"),
        Way("ec2-003", "iam:PassRole ec2:RequestSpotInstances"),
        Way("ec2-004", "ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate", .unknown),
        Way("ec2-profile", "iam:PassRole ec2:AssociateIamInstanceProfile"),
        Way("ec2instanceconnect-003", "ec2-instance-connect:SendSSHPublicKey"),
        Way("ecs-001", "iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService"),
        Way("ecs-002", "iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask"),
        Way("ecs-003", "iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService"),
        Way("ecs-004", "iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask"),
        Way("ecs-005", "iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask"),
        Way("ecs-command", "ecs:ExecuteCommand", .unknown),
        Way("ecs-override", "iam:PassRole ecs:RunTask"),
        Way("emr-001", "iam:PassRole elasticmapreduce:RunJobFlow"),
        Way("emrserverless-001", "iam:PassRole emr-serverless:CreateApplication emr-serverless:StartJobRun"),
        Way("gamelift-001", "iam:PassRole gamelift:CreateBuild gamelift:CreateFleet"),
        Way("glue-001", "iam:PassRole glue:CreateDevEndpoint"),
        Way("glue-002", "glue:UpdateDevEndpoint", .unknown),
        Way("glue-job", "iam:PassRole glue:CreateJob glue:StartJobRun"),
        Way("glue-job-trigger", "iam:PassRole glue:CreateJob glue:CreateTrigger"),
        Way("glue-existing-job", "iam:PassRole glue:UpdateJob glue:StartJobRun"),
        Way("glue-existing-job-trigger", "iam:PassRole glue:UpdateJob glue:CreateTrigger"),
        Way("glue-session", "iam:PassRole glue:CreateSession glue:RunStatement"),
        Way("iam-001", "iam:CreatePolicyVersion"),
        Way("iam-002", "iam:SetDefaultPolicyVersion"),
        Way("iam-003", "iam:CreatePolicyVersion iam:SetDefaultPolicyVersion"),
        Way("iam-004", "iam:CreateAccessKey"),
        Way("iam-005", "iam:CreateLoginProfile"),
        Way("iam-006", "iam:UpdateLoginProfile"),
        Way("iam-007", "iam:AttachUserPolicy"),
        Way("iam-008", "iam:AttachGroupPolicy"),
        Way("iam-009", "iam:AttachRolePolicy"),
        Way("iam-010", "iam:PutUserPolicy"),
        Way("iam-011", "iam:PutGroupPolicy"),
        Way("iam-012", "iam:PutRolePolicy"),
        Way("iam-013", "iam:AddUserToGroup"),
        Way("iam-014", "iam:UpdateAssumeRolePolicy"),
        Way("iam-015", "iam:CreateUser iam:CreateAccessKey"),
        Way("iam-016", "iam:CreateUser iam:AddUserToGroup"),
        Way("iam-017", "iam:CreateUser iam:AttachUserPolicy"),
        Way("iam-018", "iam:CreateUser iam:PutUserPolicy"),
        Way("iam-019", "iam:AttachRolePolicy iam:UpdateAssumeRolePolicy"),
        Way("iam-020", "iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy"),
        Way("iam-021", "iam:PutRolePolicy iam:UpdateAssumeRolePolicy"),
        Way("iam-new-role", "iam:CreateRole iam:AttachRolePolicy"),
        Way("iam-new-group", "iam:CreateGroup iam:PutGroupPolicy iam:AddUserToGroup"),
        Way(
            "imagebuilder-001",
            "iam:PassRole imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage"),
        Way(
            "kinesisanalytics-001",
            "iam:PassRole kinesisanalytics:CreateApplication kinesisanalytics:StartApplication"),
        Way("lambda-001", "iam:PassRole lambda:CreateFunction lambda:InvokeFunction"),
        Way("lambda-002", "iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping"),
        Way("lambda-003", "lambda:UpdateFunctionCode"),
        Way("lambda-004", "lambda:UpdateFunctionCode lambda:InvokeFunction"),
        Way("lambda-005", "lambda:UpdateFunctionCode lambda:AddPermission"),
        Way("lambda-006", "iam:PassRole lambda:CreateFunction lambda:AddPermission"),
        Way("lambda-layers", "lambda:UpdateFunctionConfiguration"),
        Way("omics-001", "iam:PassRole omics:CreateWorkflow omics:StartRun"),
        Way("sagemaker-001", "iam:PassRole sagemaker:CreateNotebookInstance", .unknown),
        Way("sagemaker-002", "iam:PassRole sagemaker:CreateTrainingJob"),
        Way("sagemaker-003", "iam:PassRole sagemaker:CreateProcessingJob"),
        Way("sagemaker-004", "sagemaker:CreatePresignedNotebookInstanceUrl", .unknown),
        Way(
            "sagemaker-005",
            "sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance",
            .unknown),
        Way("ssm-001", "ssm:StartSession"),
        Way("ssm-002", "ssm:SendCommand"),
        Way("ssm-automation", "iam:PassRole ssm:StartAutomationExecution"),
        Way("states", "iam:PassRole states:CreateStateMachine states:StartExecution"),
        // What leads nowhere, so that the account itself is seen to open no way.
        Way("reading", "s3:GetObject iam:Get* iam:List* ec2:Describe*", .passes),
        Way("passing", "iam:PassRole s3:*", .passes),
    ]

    @Test(arguments: ways) func isSeen(way: Way) {
        let found = SmallAccount { small in
            small.add(group: "admins", allow("*"))
            small.add(group: "staff")
            small.add(policy: "mine", allow("s3:GetObject"), older: [allow("*")])
            small.add(user: "ada", allow("*"))
            small.add(
                user: "bob", allow(way.permissions), allow("sts:AssumeRole", on: SmallAccount.role("deploy")),
                attached: ["mine"], groups: ["staff"])
            small.add(role: "deploy", trust: trust("arn:aws:iam::\(SmallAccount.id):root"))
            small.add(role: "admin", trust: Self.trusting, allow("*"))
            small.holdWorkloads(under: "admin")
        }.landscape.escalations()
        let outcome: Outcome =
            if found.paths.contains(where: { $0.principal.name == "bob" }) {
                .fails
            } else {
                found.undetermined.contains { $0.principal.name == "bob" } ? .unknown : .passes
            }
        #expect(outcome == way.outcome)
    }

    private static let trusting =
        ([
            "bedrock-agentcore", "braket", "cloudformation", "codebuild", "datapipeline", "ec2", "ecs-tasks",
            "emr-serverless", "gamelift", "glue", "kinesisanalytics", "lambda", "omics", "sagemaker", "ssm", "states",
            "tasks.apprunner",
        ].map { trust("\($0).amazonaws.com") }
        + [federation("cognito-identity.amazonaws.com", "sts:AssumeRoleWithWebIdentity")]).joined(separator: ", ")
}
