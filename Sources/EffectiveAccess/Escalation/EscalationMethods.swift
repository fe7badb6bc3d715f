import Inventory

/// A service that runs code under a role which whoever starts it chooses.
///
/// Source: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation"; each service's page in the Service
/// Authorization Reference for the actions that depend on iam:PassRole.
struct ComputeService {
    var method: String
    /// The principal that the role must trust.
    var principal: String
    /// Of each list one action is needed.
    var actions: [[String]]
    /// What must exist for the actions to be made on it; `nil` if something new is made, or what exists is not read.
    var existing: Workload.Kind?

    static let all: [ComputeService] = [
        .init(method: "pass-role-to-instance", principal: "ec2.amazonaws.com", actions: [["ec2:RunInstances"]]),
        .init(
            method: "pass-role-to-auto-scaling", principal: "ec2.amazonaws.com",
            actions: [
                ["autoscaling:CreateLaunchConfiguration"],
                ["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"],
            ]),
        .init(
            method: "pass-role-to-launch-template", principal: "ec2.amazonaws.com",
            actions: [
                ["ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"],
                [
                    "autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "ec2:CreateFleet",
                    "ec2:ModifyLaunchTemplate",
                ],
            ]),
        .init(
            method: "pass-role-to-spot-instance", principal: "ec2.amazonaws.com",
            actions: [["ec2:RequestSpotInstances", "ec2:RequestSpotFleet"]]),
        .init(
            method: "pass-role-to-existing-instance", principal: "ec2.amazonaws.com",
            actions: [["ec2:ReplaceIamInstanceProfileAssociation", "ec2:AssociateIamInstanceProfile"]],
            existing: .instance),
        .init(
            method: "pass-role-to-image", principal: "ec2.amazonaws.com",
            actions: [
                ["imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:UpdateInfrastructureConfiguration"],
                [
                    "imagebuilder:CreateImage", "imagebuilder:CreateImagePipeline",
                    "imagebuilder:StartImagePipelineExecution",
                ],
            ]),
        .init(
            method: "pass-role-to-emr", principal: "ec2.amazonaws.com", actions: [["elasticmapreduce:RunJobFlow"]]),
        .init(
            method: "pass-role-to-function", principal: "lambda.amazonaws.com",
            actions: [
                ["lambda:CreateFunction"],
                [
                    "lambda:InvokeFunction", "lambda:CreateEventSourceMapping", "lambda:AddPermission",
                    "lambda:CreateFunctionUrlConfig",
                ],
            ]),
        .init(
            method: "pass-role-to-existing-function", principal: "lambda.amazonaws.com",
            actions: [["lambda:UpdateFunctionConfiguration"]], existing: .function),
        .init(
            method: "pass-role-to-stack", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:CreateStack"]]),
        .init(
            method: "pass-role-to-change-set", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:CreateChangeSet"], ["cloudformation:ExecuteChangeSet"]]),
        .init(
            method: "pass-role-to-stack-set", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:CreateStackSet"], ["cloudformation:CreateStackInstances"]]),
        .init(
            method: "pass-role-to-existing-stack-set", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:UpdateStackSet"]]),
        .init(
            method: "pass-role-to-existing-stack", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:UpdateStack"]], existing: .stack),
        .init(
            method: "pass-role-to-glue-endpoint", principal: "glue.amazonaws.com",
            actions: [["glue:CreateDevEndpoint"]]),
        .init(
            method: "pass-role-to-glue-job", principal: "glue.amazonaws.com",
            actions: [["glue:CreateJob", "glue:UpdateJob"], ["glue:StartJobRun", "glue:CreateTrigger"]]),
        .init(
            method: "pass-role-to-glue-session", principal: "glue.amazonaws.com",
            actions: [["glue:CreateSession"], ["glue:RunStatement"]]),
        .init(
            method: "pass-role-to-build", principal: "codebuild.amazonaws.com",
            actions: [["codebuild:CreateProject"], ["codebuild:StartBuild", "codebuild:StartBuildBatch"]]),
        .init(
            method: "pass-role-to-existing-project", principal: "codebuild.amazonaws.com",
            actions: [["codebuild:UpdateProject"]], existing: .project),
        .init(
            method: "pass-role-to-task", principal: "ecs-tasks.amazonaws.com",
            actions: [
                ["ecs:RegisterTaskDefinition"],
                ["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService", "ecs:CreateTaskSet"],
            ]),
        .init(
            method: "pass-role-to-task-override", principal: "ecs-tasks.amazonaws.com",
            actions: [["ecs:RunTask", "ecs:StartTask"]]),
        .init(
            method: "pass-role-to-batch-job", principal: "ecs-tasks.amazonaws.com",
            actions: [["batch:RegisterJobDefinition"], ["batch:SubmitJob"]]),
        .init(
            method: "pass-role-to-notebook", principal: "sagemaker.amazonaws.com",
            actions: [["sagemaker:CreateNotebookInstance"], ["sagemaker:CreatePresignedNotebookInstanceUrl"]]),
        .init(
            method: "pass-role-to-training", principal: "sagemaker.amazonaws.com",
            actions: [
                [
                    "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob", "sagemaker:CreateAutoMLJob",
                    "sagemaker:CreateHyperParameterTuningJob",
                ]
            ]),
        .init(
            method: "pass-role-to-existing-notebook", principal: "sagemaker.amazonaws.com",
            actions: [["sagemaker:UpdateNotebookInstance"]]),
        .init(
            method: "pass-role-to-pipeline", principal: "datapipeline.amazonaws.com",
            actions: [
                ["datapipeline:CreatePipeline"], ["datapipeline:PutPipelineDefinition"],
                ["datapipeline:ActivatePipeline"],
            ]),
        .init(
            method: "pass-role-to-state-machine", principal: "states.amazonaws.com",
            actions: [["states:CreateStateMachine"], ["states:StartExecution", "states:StartSyncExecution"]]),
        .init(
            method: "pass-role-to-existing-state-machine", principal: "states.amazonaws.com",
            actions: [["states:UpdateStateMachine"]]),
        .init(
            method: "pass-role-to-schedule", principal: "scheduler.amazonaws.com",
            actions: [["scheduler:CreateSchedule", "scheduler:UpdateSchedule"]]),
        .init(
            method: "pass-role-to-automation", principal: "ssm.amazonaws.com",
            actions: [["ssm:StartAutomationExecution"]]),
        .init(
            method: "pass-role-to-app", principal: "tasks.apprunner.amazonaws.com",
            actions: [["apprunner:CreateService", "apprunner:UpdateService"]]),
        .init(
            method: "pass-role-to-quantum-job", principal: "braket.amazonaws.com", actions: [["braket:CreateJob"]]),
        .init(
            method: "pass-role-to-emr-serverless", principal: "emr-serverless.amazonaws.com",
            actions: [["emr-serverless:StartJobRun"]]),
        .init(
            method: "pass-role-to-game-fleet", principal: "gamelift.amazonaws.com",
            actions: [["gamelift:CreateFleet", "gamelift:CreateContainerFleet"]]),
        .init(
            method: "pass-role-to-flink-application", principal: "kinesisanalytics.amazonaws.com",
            actions: [["kinesisanalytics:CreateApplication"], ["kinesisanalytics:StartApplication"]]),
        .init(
            method: "pass-role-to-workflow-run", principal: "omics.amazonaws.com", actions: [["omics:StartRun"]]),
        .init(
            method: "pass-role-to-code-interpreter", principal: "bedrock-agentcore.amazonaws.com",
            actions: [
                ["bedrock-agentcore:CreateCodeInterpreter"],
                ["bedrock-agentcore:InvokeCodeInterpreter"],
            ]),
        .init(
            method: "pass-role-to-agent", principal: "bedrock-agentcore.amazonaws.com",
            actions: [
                ["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:UpdateAgentRuntime"],
                ["bedrock-agentcore:InvokeAgentRuntime"],
            ]),
    ]

    /// The services that use a role for one fixed job of their own, so that whoever passes it makes them do nothing else.
    ///
    /// Source: the page of each service's user guide on its role: Amazon VPC (flow logs), AWS CloudTrail (CloudWatch Logs), AWS
    /// Config, Amazon RDS (enhanced monitoring).
    static let withoutWay: Set<String> = [
        "vpc-flow-logs.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "build.apprunner.amazonaws.com",
    ]

    /// Whether it is known what a service does with a role that is passed to it.
    static func isModeled(_ principal: String) -> Bool {
        withoutWay.contains(principal) || all.contains { $0.principal == principal }
    }
}

/// A way to run something of one's own in a workload of a kind that is not read. A role that trusts the service may be what
/// such a workload runs under.
struct UnreadWorkload {
    var kind: String
    var principal: String
    /// Each of them suffices.
    var actions: [String]

    static let all: [UnreadWorkload] = [
        .init(
            kind: "launch templates", principal: "ec2.amazonaws.com",
            actions: ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
        .init(
            kind: "EMR clusters", principal: "ec2.amazonaws.com",
            actions: ["elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:AddInstanceGroups"]),
        .init(kind: "ECS tasks", principal: "ecs-tasks.amazonaws.com", actions: ["ecs:ExecuteCommand"]),
        .init(kind: "Batch job definitions", principal: "ecs-tasks.amazonaws.com", actions: ["batch:SubmitJob"]),
        .init(
            kind: "Glue development endpoints, sessions and jobs", principal: "glue.amazonaws.com",
            actions: ["glue:UpdateDevEndpoint", "glue:RunStatement"]),
        .init(
            kind: "SageMaker notebooks", principal: "sagemaker.amazonaws.com",
            actions: [
                "sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl",
                "sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:UpdateNotebookInstanceLifecycleConfig",
                "sagemaker:UpdateNotebookInstance",
            ]),
        .init(kind: "state machines", principal: "states.amazonaws.com", actions: ["states:UpdateStateMachine"]),
        .init(
            kind: "App Runner services", principal: "tasks.apprunner.amazonaws.com",
            actions: ["apprunner:UpdateService"]),
        .init(
            kind: "stack sets", principal: "cloudformation.amazonaws.com",
            actions: ["cloudformation:UpdateStackSet", "cloudformation:CreateStackInstances"]),
        .init(
            kind: "data pipelines", principal: "datapipeline.amazonaws.com",
            actions: ["datapipeline:PutPipelineDefinition"]),
        .init(
            kind: "Flink applications", principal: "kinesisanalytics.amazonaws.com",
            actions: ["kinesisanalytics:UpdateApplication"]),
        .init(
            kind: "AgentCore runtimes and code interpreters", principal: "bedrock-agentcore.amazonaws.com",
            actions: ["bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore:UpdateAgentRuntime"]),
        .init(
            kind: "automation documents", principal: "ssm.amazonaws.com",
            actions: ["ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"]),
    ]
}

/// A way to run something of one's own in a workload that exists, and so under its role.
struct WorkloadTakeover {
    var method: String
    /// All of them are needed, on the workload itself.
    var actions: [String]

    static let ofInstances: [WorkloadTakeover] = [
        .init(method: "command-on-instance", actions: ["ssm:SendCommand"]),
        .init(method: "session-on-instance", actions: ["ssm:StartSession"]),
        .init(method: "key-on-instance", actions: ["ec2-instance-connect:SendSSHPublicKey"]),
        .init(
            method: "user-data-of-instance",
            actions: ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"]),
    ]
    static let ofFunctions: [WorkloadTakeover] = [
        .init(method: "code-of-function", actions: ["lambda:UpdateFunctionCode"]),
        .init(method: "layers-of-function", actions: ["lambda:UpdateFunctionConfiguration"]),
    ]
    static let ofStacks: [WorkloadTakeover] = [
        .init(method: "update-stack", actions: ["cloudformation:UpdateStack"]),
        .init(
            method: "change-set-of-stack",
            actions: ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    ]
    static let ofProjects: [WorkloadTakeover] = [
        .init(method: "build-of-project", actions: ["codebuild:StartBuild"]),
        .init(method: "batch-build-of-project", actions: ["codebuild:StartBuildBatch"]),
        .init(method: "source-of-project", actions: ["codebuild:UpdateProject"]),
    ]
}

extension Escalations {
    /// What ``Landscape/escalations()`` knows of services and of what runs in them, as sentences.
    public static var modeled: String {
        let services = Set(ComputeService.all.map(\.principal)).sorted().joined(separator: ", ")
        let fixed = ComputeService.withoutWay.sorted().joined(separator: ", ")
        let actions =
            [
                WorkloadTakeover.ofInstances, WorkloadTakeover.ofFunctions, WorkloadTakeover.ofStacks,
                WorkloadTakeover.ofProjects,
            ].joined().flatMap(\.actions).uniqued.joined(separator: ", ")
        let ways = ComputeService.all.map(\.method).joined(separator: ", ")
        let unread = UnreadWorkload.all.map(\.kind).joined(separator: ", ")
        return """
            Roles passed to these services are modeled: \(services), by the methods \(ways); these services do nothing else \
            with a role than their own job: \(fixed). Of what exists, EC2 instances, Lambda functions, CloudFormation stacks \
            and CodeBuild projects are read, which \(actions) change. Not read are \(unread).
            """
    }
}
