import Inventory

/// A service that runs code under a role that its caller chooses.
///
/// Source: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation"; each service's page in the Service
/// Authorization Reference for the actions that depend on iam:PassRole.
struct ComputeService {
    var method: String
    /// The principal that the role must trust.
    var principal: String
    /// The actions needed: one of each list.
    var actions: [[String]]
    /// The kind of existing workload that the actions are made on; `nil` if they create one, or if existing ones are
    /// not read.
    var existing: Workload.Kind?

    static let instances = "ec2.amazonaws.com"

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
                    "lambda:InvokeFunction", "lambda:InvokeAsync", "lambda:CreateEventSourceMapping",
                    "lambda:AddPermission", "lambda:CreateFunctionUrlConfig",
                ],
            ]),
        .init(
            method: "pass-role-to-existing-function", principal: "lambda.amazonaws.com",
            actions: [["lambda:UpdateFunctionConfiguration"]], existing: .function),
        .init(
            method: "pass-role-to-canary", principal: "lambda.amazonaws.com",
            actions: [["synthetics:CreateCanary"], ["synthetics:StartCanary"]]),
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
            method: "pass-role-to-build-override", principal: "codebuild.amazonaws.com",
            actions: [["codebuild:StartBuild", "codebuild:StartBuildBatch"]], existing: .project),
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
            method: "pass-role-to-state-test", principal: "states.amazonaws.com", actions: [["states:TestState"]]),
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

    /// The services that use a role for one fixed task of their own. A principal that passes them a role cannot make
    /// them do anything else.
    ///
    /// Source: the page of each service's user guide on its role: Amazon VPC (flow logs), AWS CloudTrail (CloudWatch Logs), AWS
    /// Config, Amazon RDS (enhanced monitoring).
    static let withoutWay: Set<String> = [
        "vpc-flow-logs.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com",
        "monitoring.rds.amazonaws.com",
        "build.apprunner.amazonaws.com",
    ]

    /// The prefixes of the services that can pass a role to a service principal, besides the service that the principal
    /// is named after.
    ///
    /// Source: Service Authorization Reference, the actions that depend on iam:PassRole; the API references of the services for the
    /// role that they take.
    private static let otherTakers: [String: Set<String>] = [
        instances: [
            "autoscaling", "batch", "cloud9", "datapipeline", "deadline", "ecs", "eks", "elasticbeanstalk",
            "elasticmapreduce", "gamelift", "imagebuilder", "opsworks", "pcs",
        ],
        "ecs-tasks.amazonaws.com": ["batch", "ecs", "events", "pipes", "proton", "scheduler"],
        "lambda.amazonaws.com": ["synthetics"],
        "cloudformation.amazonaws.com": [
            "codeconnections", "codepipeline", "codestar-connections", "proton", "servicecatalog", "ssm-quicksetup",
        ],
        "codebuild.amazonaws.com": ["proton"],
        "glue.amazonaws.com": ["databrew", "datazone", "lakeformation"],
        "sagemaker.amazonaws.com": ["datazone", "redshift", "sagemaker-geospatial"],
        "ssm.amazonaws.com": ["config", "ssm-incidents", "ssm-quicksetup"],
        "cognito-identity.amazonaws.com": [], "eks.amazonaws.com": [], "pods.eks.amazonaws.com": ["eks"],
        "tasks.apprunner.amazonaws.com": ["apprunner"],
    ]

    /// The prefixes of the services that can pass a role to a service principal; `nil` if they are not known, so that
    /// any service may be one.
    static func takers(of principal: String) -> Set<String>? {
        guard otherTakers[principal] != nil || all.contains(where: { $0.principal == principal }) else { return nil }
        return (otherTakers[principal] ?? []).union([String(principal.prefix { $0 != "." })])
    }

    /// The actions, in lower case, of methods with several actions that do nothing without the others: actions that
    /// create a resource that has to be started, and actions that start it.
    static let partial: Set<String> = {
        let alone = Set(all.filter { $0.actions.count == 1 }.flatMap { $0.actions.joined() })
        // Actions that have an effect alone: they change an existing resource, or create a notebook instance, which
        // starts at once with the scripts that it is given.
        let changing = [
            ":Update", ":Put", ":Register", ":Modify", ":AddPermission", ":CreateNotebookInstance",
        ]
        return Set(
            all.filter { $0.actions.count > 1 }.flatMap { $0.actions.joined() }.filter { action in
                !alone.contains(action) && !changing.contains { action.contains($0) }
            }.map { $0.lowercased() })
    }()

    /// The beginnings, in lower case, of the names of actions that only read or remove.
    static let idleVerbs = [
        "get", "list", "describe", "batchget", "batchdescribe", "search", "view", "lookup", "query", "scan", "select",
        "delete", "stop", "terminate", "cancel", "tag", "untag", "disable", "deregister",
    ]

    /// The principal of a service without its Region, and without the suffix of another partition:
    /// `states.us-east-1.amazonaws.com` is `states.amazonaws.com`.
    ///
    /// Source: IAM User Guide, "AWS JSON policy elements: Principal", on service principals.
    static func general(_ principal: String) -> String {
        let labels = principal.lowercased().split(separator: ".")
        guard let domain = labels.firstIndex(of: "amazonaws") else { return principal.lowercased() }
        let name = labels[..<domain].filter { label in
            let words = label.split(separator: "-")
            return words.count < 3 || words[words.count - 1].contains { !$0.isNumber }
        }
        return (name + ["amazonaws", "com"]).joined(separator: ".")
    }
}

/// A way to run the actor's own code in a workload of a kind that is not read. Such a workload may run under any role
/// that trusts the service.
struct UnreadWorkload {
    var kind: String
    var principal: String
    /// The actions, each of which suffices.
    var actions: [String]
    /// What it runs on, if that is read, so that only the roles of existing ones count.
    var host: Host?

    enum Host {
        case instances
        /// The functions that CloudWatch Synthetics creates for canaries.
        case canaries
    }

    /// The service principal that stands for roles of permission sets.
    static let identityCenter = "sso.amazonaws.com"

    /// The service behind an identity provider: Cognito identity pools, or the pods of an EKS cluster; `nil` for any
    /// other.
    static func principal(ofProvider name: String) -> String? {
        if name == "cognito-identity.amazonaws.com" { return name }
        return name.contains("oidc-provider/oidc.eks.") ? "pods.eks.amazonaws.com" : nil
    }

    static let all: [UnreadWorkload] = [
        .init(
            kind: "launch templates", principal: ComputeService.instances,
            actions: ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
        .init(
            kind: "EMR clusters", principal: ComputeService.instances,
            actions: [
                "elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:AddInstanceGroups",
                "elasticmapreduce:AddInstanceFleet", "elasticmapreduce:StartNotebookExecution",
            ]),
        .init(
            kind: "image pipelines", principal: ComputeService.instances,
            actions: [
                "imagebuilder:CreateImage", "imagebuilder:CreateImagePipeline", "imagebuilder:UpdateImagePipeline",
                "imagebuilder:UpdateInfrastructureConfiguration",
            ]),
        .init(
            kind: "State Manager associations and Systems Manager documents", principal: ComputeService.instances,
            actions: [
                "ssm:UpdateAssociation", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion",
                "ssm:RegisterTaskWithMaintenanceWindow", "ssm:UpdateMaintenanceWindowTask",
            ], host: .instances),
        .init(
            kind: "CodeDeploy applications", principal: ComputeService.instances,
            actions: ["codedeploy:CreateDeployment"],
            host: .instances),
        .init(
            kind: "Elastic Beanstalk environments", principal: ComputeService.instances,
            actions: ["elasticbeanstalk:UpdateEnvironment", "elasticbeanstalk:CreateEnvironment"],
            host: .instances),
        .init(
            kind: "ECS clusters on instances", principal: ComputeService.instances,
            actions: ["ecs:RunTask", "ecs:StartTask", "ecs:ExecuteCommand"], host: .instances),
        .init(
            kind: "clusters of Kubernetes on instances", principal: ComputeService.instances,
            actions: ["eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:UpdateAccessEntry"],
            host: .instances),
        .init(
            kind: "Cloud9 environments", principal: ComputeService.instances,
            actions: ["cloud9:CreateEnvironmentMembership", "cloud9:UpdateEnvironmentMembership"], host: .instances),
        .init(
            kind: "canaries", principal: "lambda.amazonaws.com",
            actions: ["synthetics:UpdateCanary", "synthetics:StartCanaryDryRun"], host: .canaries),
        .init(
            kind: "Kubernetes service accounts", principal: "pods.eks.amazonaws.com",
            actions: [
                "eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "eks:UpdateAccessEntry",
                "eks:AssociateIdentityProviderConfig", "emr-containers:StartJobRun",
                "emr-containers:CreateManagedEndpoint",
            ]),
        .init(kind: "ECS tasks", principal: "ecs-tasks.amazonaws.com", actions: ["ecs:ExecuteCommand"]),
        .init(kind: "Batch job definitions", principal: "ecs-tasks.amazonaws.com", actions: ["batch:SubmitJob"]),
        .init(
            kind: "Glue development endpoints, sessions and jobs", principal: "glue.amazonaws.com",
            actions: [
                "glue:UpdateDevEndpoint", "glue:RunStatement", "glue:StartJobRun", "glue:UpdateJob",
                "glue:CreateTrigger", "glue:UpdateTrigger",
            ]),
        .init(
            kind: "SageMaker notebooks, Studio domains, clusters and pipelines", principal: "sagemaker.amazonaws.com",
            actions: [
                "sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker:CreatePresignedDomainUrl",
                "sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:UpdateNotebookInstanceLifecycleConfig",
                "sagemaker:UpdateNotebookInstance", "sagemaker:CreateStudioLifecycleConfig",
                "sagemaker:UpdateUserProfile", "sagemaker:UpdateDomain", "sagemaker:UpdateSpace", "sagemaker:CreateApp",
                "sagemaker:StartSession", "sagemaker:UpdateCluster", "sagemaker:UpdateClusterSoftware",
                "sagemaker:UpdatePipeline", "sagemaker:StartPipelineExecution",
            ]),
        .init(kind: "state machines", principal: "states.amazonaws.com", actions: ["states:UpdateStateMachine"]),
        .init(
            kind: "App Runner services", principal: "tasks.apprunner.amazonaws.com",
            actions: ["apprunner:UpdateService"]),
        .init(
            kind: "stack sets", principal: "cloudformation.amazonaws.com",
            actions: ["cloudformation:UpdateStackSet", "cloudformation:CreateStackInstances"]),
        .init(
            kind: "pipelines of CodePipeline", principal: "codepipeline.amazonaws.com",
            actions: ["codepipeline:UpdatePipeline"]),
        .init(
            kind: "Amplify apps", principal: "amplify.amazonaws.com",
            actions: ["amplify:UpdateApp", "amplify:UpdateBranch", "amplify:StartJob"]),
        .init(
            kind: "Service Catalog products", principal: "servicecatalog.amazonaws.com",
            actions: ["servicecatalog:CreateProvisioningArtifact", "servicecatalog:ProvisionProduct"]),
        .init(
            kind: "data pipelines", principal: "datapipeline.amazonaws.com",
            actions: ["datapipeline:PutPipelineDefinition"]),
        .init(
            kind: "Flink applications", principal: "kinesisanalytics.amazonaws.com",
            actions: ["kinesisanalytics:UpdateApplication", "kinesisanalytics:CreateApplicationPresignedUrl"]),
        .init(
            kind: "Airflow environments", principal: "airflow.amazonaws.com",
            actions: [
                "airflow:CreateCliToken", "airflow:CreateWebLoginToken", "airflow:InvokeRestApi",
                "airflow:UpdateEnvironment",
            ]),
        .init(
            kind: "game server fleets", principal: "gamelift.amazonaws.com",
            actions: ["gamelift:GetComputeAccess", "gamelift:GetInstanceAccess"]),
        .init(
            kind: "AgentCore runtimes and code interpreters", principal: "bedrock-agentcore.amazonaws.com",
            actions: [
                "bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore:UpdateAgentRuntime",
                "bedrock-agentcore:InvokeAgentRuntimeCommand",
            ]),
        .init(
            kind: "automation documents", principal: "ssm.amazonaws.com",
            actions: [
                "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion", "ssm:UpdateMaintenanceWindowTask",
                "ssm:UpdateAssociation",
            ]),
        // Hybrid nodes, and instances under Default Host Management, run with a role that Systems Manager assumes.
        .init(
            kind: "managed nodes of Systems Manager", principal: "ssm.amazonaws.com",
            actions: ["ssm:SendCommand", "ssm:StartSession", "ssm:CreateAssociation", "ssm:CreateAssociationBatch"]),
        .init(
            kind: "file transfer users", principal: "transfer.amazonaws.com",
            actions: ["transfer:ImportSshPublicKey", "transfer:UpdateUser"]),
        .init(
            kind: "role aliases of devices", principal: "credentials.iot.amazonaws.com",
            actions: [
                "iot:AttachPolicy", "iot:AttachPrincipalPolicy", "iot:RegisterThing", "iot:CreateProvisioningClaim",
            ]),
        .init(
            kind: "core devices of Greengrass", principal: "credentials.iot.amazonaws.com",
            actions: ["greengrass:CreateDeployment", "iot:CreateJob"]),
        .init(
            kind: "groups of Greengrass", principal: "greengrass.amazonaws.com",
            actions: ["greengrass:CreateDeployment"]),
        .init(
            kind: "farms of Deadline Cloud", principal: "credentials.deadline.amazonaws.com",
            actions: [
                "deadline:CreateJob", "deadline:CreateQueueEnvironment", "deadline:UpdateQueueEnvironment",
                "deadline:AssumeQueueRoleForUser", "deadline:AssumeQueueRoleForRead",
                "deadline:AssumeQueueRoleForWorker", "deadline:AssumeFleetRoleForRead",
                "deadline:AssumeFleetRoleForWorker",
            ]),
        .init(
            kind: "streaming instances of AppStream", principal: "appstream.amazonaws.com",
            actions: [
                "appstream:CreateStreamingURL", "appstream:CreateImageBuilderStreamingURL",
                "appstream:CreateAppBlockBuilderStreamingURL", "appstream:Stream", "appstream:CreateUser",
                "appstream:BatchAssociateUserStack",
            ]),
        .init(
            kind: "experiment templates", principal: "fis.amazonaws.com",
            actions: ["fis:UpdateExperimentTemplate"]),
        .init(
            kind: "integrations of API Gateway", principal: "apigateway.amazonaws.com",
            actions: ["apigateway:PATCH", "apigateway:POST", "apigateway:PUT"]),
        .init(
            kind: "resolvers of AppSync", principal: "appsync.amazonaws.com",
            actions: [
                "appsync:CreateResolver", "appsync:UpdateResolver", "appsync:CreateFunction", "appsync:UpdateFunction",
                "appsync:UpdateDataSource",
            ]),
        .init(
            kind: "environments of DataZone", principal: "datazone.amazonaws.com",
            actions: ["datazone:GetEnvironmentCredentials", "datazone:GetIamPortalLoginUrl"]),
        .init(
            kind: "trust anchors of Roles Anywhere", principal: "rolesanywhere.amazonaws.com",
            actions: ["rolesanywhere:CreateTrustAnchor", "rolesanywhere:UpdateTrustAnchor"]),
        .init(
            kind: "identity pools", principal: "cognito-identity.amazonaws.com",
            actions: [
                "cognito-identity:UpdateIdentityPool", "cognito-identity:SetIdentityPoolRoles",
                "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
            ]),
        .init(
            kind: "users of identity pools", principal: "cognito-identity.amazonaws.com",
            actions: [
                "cognito-idp:AdminCreateUser", "cognito-idp:AdminSetUserPassword", "cognito-idp:AdminConfirmSignUp",
                "cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminUpdateUserAttributes",
                "cognito-idp:AdminLinkProviderForUser", "cognito-idp:CreateIdentityProvider",
                "cognito-idp:UpdateIdentityProvider", "cognito-idp:CreateUserImportJob", "cognito-idp:UpdateUserPool",
            ]),
        .init(
            kind: "permission sets and groups of IAM Identity Center", principal: identityCenter,
            actions: [
                "sso:AttachManagedPolicyToPermissionSet", "sso:PutInlinePolicyToPermissionSet",
                "sso:AttachCustomerManagedPolicyReferenceToPermissionSet", "sso:CreateAccountAssignment",
                "sso:PutPermissionsBoundaryToPermissionSet", "sso:DeletePermissionsBoundaryFromPermissionSet",
                "identitystore:CreateGroupMembership", "sso-directory:AddMemberToGroup",
            ]),
    ]
}

/// A way to run the actor's own code in an existing workload, and so under its role.
struct WorkloadTakeover {
    var method: String
    /// The actions, all of which are needed, on the workload itself.
    var actions: [String]

    static let ofInstances: [WorkloadTakeover] = [
        .init(method: "command-on-instance", actions: ["ssm:SendCommand"]),
        .init(method: "session-on-instance", actions: ["ssm:StartSession"]),
        .init(method: "association-on-instance", actions: ["ssm:CreateAssociation"]),
        .init(method: "key-on-instance", actions: ["ec2-instance-connect:SendSSHPublicKey"]),
        .init(method: "root-volume-of-instance", actions: ["ec2:CreateReplaceRootVolumeTask"]),
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
        .init(method: "sandbox-of-project", actions: ["codebuild:StartSandbox", "codebuild:StartCommandExecution"]),
        .init(
            method: "session-in-sandbox-of-project",
            actions: ["codebuild:StartSandbox", "codebuild:StartSandboxConnection"]),
    ]
}

extension Escalations {
    /// The services and workloads that ``Landscape/escalations()`` models, as sentences.
    public static var modeled: String {
        let services = Set(ComputeService.all.map(\.principal)).sorted().joined(separator: ", ")
        let fixed = ComputeService.withoutWay.sorted().joined(separator: ", ")
        let actions =
            [
                WorkloadTakeover.ofInstances, WorkloadTakeover.ofFunctions, WorkloadTakeover.ofStacks,
                WorkloadTakeover.ofProjects,
            ].joined().flatMap(\.actions).uniqued.joined(separator: ", ")
        let ways = ComputeService.all.map(\.method).joined(separator: ", ")
        let unread = UnreadWorkload.all.map { "\($0.kind) (\($0.actions.joined(separator: ", ")))" }
            .joined(separator: "; ")
        let prefixes = Set(ComputeService.all.compactMap { ComputeService.takers(of: $0.principal) }.joined()).sorted()
        let policies = AWSPolicy.all.map(\.name).joined(separator: ", ")
        return """
            Roles passed to these services are modeled: \(services), by the methods \(ways); any other action of \
            \(prefixes.joined(separator: ", ")), but for what only looks or takes away, may hand a role over too. These \
            services do nothing else with a role than their own job: \(fixed). Of what exists, EC2 instances, Lambda \
            functions, CloudFormation stacks and CodeBuild projects are read, which \(actions) change. Not read are \(unread). \
            Of AWS's policies \(policies) and those in use can be attached; what others allow is not known, but for those \
            whose names say that they only read.
            """
    }
}
