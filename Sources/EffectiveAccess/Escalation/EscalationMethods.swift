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

    static let all: [ComputeService] = [
        .init(method: "pass-role-to-instance", principal: "ec2.amazonaws.com", actions: [["ec2:RunInstances"]]),
        .init(
            method: "pass-role-to-auto-scaling", principal: "ec2.amazonaws.com",
            actions: [["autoscaling:CreateLaunchConfiguration"], ["autoscaling:CreateAutoScalingGroup"]]),
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
            method: "pass-role-to-stack", principal: "cloudformation.amazonaws.com",
            actions: [["cloudformation:CreateStack"]]),
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
            method: "pass-role-to-task", principal: "ecs-tasks.amazonaws.com",
            actions: [
                ["ecs:RegisterTaskDefinition"],
                ["ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"],
            ]),
        .init(
            method: "pass-role-to-batch-job", principal: "ecs-tasks.amazonaws.com",
            actions: [["batch:RegisterJobDefinition"], ["batch:SubmitJob"]]),
        .init(
            method: "pass-role-to-notebook", principal: "sagemaker.amazonaws.com",
            actions: [["sagemaker:CreateNotebookInstance"], ["sagemaker:CreatePresignedNotebookInstanceUrl"]]),
        .init(
            method: "pass-role-to-training", principal: "sagemaker.amazonaws.com",
            actions: [["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"]]),
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
            method: "pass-role-to-schedule", principal: "scheduler.amazonaws.com",
            actions: [["scheduler:CreateSchedule"]]),
        .init(
            method: "pass-role-to-automation", principal: "ssm.amazonaws.com",
            actions: [["ssm:StartAutomationExecution"]]),
        .init(
            method: "pass-role-to-app", principal: "tasks.apprunner.amazonaws.com",
            actions: [["apprunner:CreateService"]]),
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
        .init(method: "code-of-function", actions: ["lambda:UpdateFunctionCode"])
    ]
    static let ofStacks: [WorkloadTakeover] = [
        .init(method: "update-stack", actions: ["cloudformation:UpdateStack"]),
        .init(
            method: "change-set-of-stack",
            actions: ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    ]
    static let ofProjects: [WorkloadTakeover] = [
        .init(method: "build-of-project", actions: ["codebuild:StartBuild"])
    ]
}
