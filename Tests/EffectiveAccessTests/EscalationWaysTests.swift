import EffectiveAccess
import IAMPolicy
import Inventory
import Testing

/// The ways through services and through what exists, and what leaves it open whether there is one.
@Suite struct EscalationWaysTests {
    static let id = SmallAccount.id

    /// Actions with which bob passes an administrator's role to a service that trusts it, and the method.
    static let passing: [(actions: String, service: String, method: String)] = [
        (
            "autoscaling:CreateLaunchConfiguration autoscaling:CreateAutoScalingGroup", "ec2",
            "pass-role-to-auto-scaling"
        ),
        (
            "autoscaling:CreateLaunchConfiguration autoscaling:UpdateAutoScalingGroup", "ec2",
            "pass-role-to-auto-scaling"
        ),
        ("ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate", "ec2", "pass-role-to-launch-template"),
        ("ec2:CreateLaunchTemplate autoscaling:CreateAutoScalingGroup", "ec2", "pass-role-to-launch-template"),
        ("ec2:RequestSpotInstances", "ec2", "pass-role-to-spot-instance"),
        ("ec2:ReplaceIamInstanceProfileAssociation", "ec2", "pass-role-to-existing-instance"),
        ("ec2:AssociateIamInstanceProfile", "ec2", "pass-role-to-existing-instance"),
        ("imagebuilder:CreateInfrastructureConfiguration imagebuilder:CreateImage", "ec2", "pass-role-to-image"),
        ("lambda:UpdateFunctionConfiguration", "lambda", "pass-role-to-existing-function"),
        ("codebuild:UpdateProject", "codebuild", "pass-role-to-existing-project"),
        ("codebuild:StartBuild", "codebuild", "pass-role-to-build-override"),
        ("codebuild:StartBuildBatch", "codebuild", "pass-role-to-build-override"),
        ("lambda:CreateFunction lambda:InvokeAsync", "lambda", "pass-role-to-function"),
        ("synthetics:CreateCanary synthetics:StartCanary", "lambda", "pass-role-to-canary"),
        ("states:TestState", "states", "pass-role-to-state-test"),
        ("cloudformation:UpdateStack", "cloudformation", "pass-role-to-existing-stack"),
        ("cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet", "cloudformation", "pass-role-to-change-set"),
        (
            "cloudformation:CreateStackSet cloudformation:CreateStackInstances", "cloudformation",
            "pass-role-to-stack-set"
        ),
        ("cloudformation:UpdateStackSet", "cloudformation", "pass-role-to-existing-stack-set"),
        ("ecs:RunTask", "ecs-tasks", "pass-role-to-task-override"),
        ("ecs:RegisterTaskDefinition ecs:CreateService", "ecs-tasks", "pass-role-to-task"),
        ("states:UpdateStateMachine", "states", "pass-role-to-existing-state-machine"),
        ("sagemaker:UpdateNotebookInstance", "sagemaker", "pass-role-to-existing-notebook"),
        ("apprunner:CreateService", "tasks.apprunner", "pass-role-to-app"),
        ("apprunner:UpdateService", "tasks.apprunner", "pass-role-to-app"),
        ("braket:CreateJob", "braket", "pass-role-to-quantum-job"),
        (
            "emr-serverless:CreateApplication emr-serverless:StartJobRun", "emr-serverless",
            "pass-role-to-emr-serverless"
        ),
        ("gamelift:CreateBuild gamelift:CreateFleet", "gamelift", "pass-role-to-game-fleet"),
        (
            "kinesisanalytics:CreateApplication kinesisanalytics:StartApplication", "kinesisanalytics",
            "pass-role-to-flink-application"
        ),
        ("omics:CreateWorkflow omics:StartRun", "omics", "pass-role-to-workflow-run"),
        (
            "bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:InvokeCodeInterpreter", "bedrock-agentcore",
            "pass-role-to-code-interpreter"
        ),
        (
            "bedrock-agentcore:CreateAgentRuntime bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore",
            "pass-role-to-agent"
        ),
    ]

    @Test(arguments: passing)
    func aRoleIsPassed(way: (actions: String, service: String, method: String)) {
        let found = account { small in
            small.add(user: "bob", allow("iam:PassRole"), allow(way.actions))
            small.add(role: "admin", trust: trust("\(way.service).amazonaws.com"), allow("*"))
            small.holdWorkloads(under: "worker")
        }
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == [way.method], "\(way.actions)")
        #expect(path?.gain.isAdministration == true)
        // Without the right to pass the role there is no way, though there may be one by what is not read.
        let without = account { small in
            small.add(user: "bob", allow(way.actions))
            small.add(role: "admin", trust: trust("\(way.service).amazonaws.com"), allow("*"))
        }
        #expect(without.paths.isEmpty)
    }

    /// Actions that change something which exists and runs under an administrator's role.
    static let changing: [(actions: String, method: String)] = [
        ("lambda:UpdateFunctionConfiguration", "layers-of-function"),
        ("lambda:UpdateFunctionCode", "code-of-function"),
        ("codebuild:UpdateProject", "source-of-project"),
        ("codebuild:StartBuild", "build-of-project"),
        ("codebuild:StartBuildBatch", "batch-build-of-project"),
        ("cloudformation:UpdateStack", "update-stack"),
        ("codebuild:StartSandbox codebuild:StartCommandExecution", "sandbox-of-project"),
        ("codebuild:StartSandbox codebuild:StartSandboxConnection", "session-in-sandbox-of-project"),
        ("ssm:StartSession", "session-on-instance"),
        ("ssm:CreateAssociation", "association-on-instance"),
        ("ec2:CreateReplaceRootVolumeTask", "root-volume-of-instance"),
    ]

    @Test(arguments: changing)
    func whatExistsIsChanged(way: (actions: String, method: String)) {
        let found = account { small in
            small.add(user: "bob", allow(way.actions))
            small.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
            small.holdWorkloads(under: "admin")
        }
        #expect(found.paths.first?.steps.map(\.method) == [way.method])
    }

    /// Actions that change what is not read.
    static let unread: [(actions: String, service: String)] = [
        ("ec2:CreateLaunchTemplateVersion", "ec2"), ("ecs:ExecuteCommand", "ecs-tasks"),
        ("glue:UpdateDevEndpoint", "glue"), ("sagemaker:CreatePresignedNotebookInstanceUrl", "sagemaker"),
        ("sagemaker:UpdateNotebookInstanceLifecycleConfig", "sagemaker"), ("states:UpdateStateMachine", "states"),
        ("apprunner:UpdateService", "tasks.apprunner"), ("kinesisanalytics:UpdateApplication", "kinesisanalytics"),
        ("states:UpdateStateMachine", "states.us-east-1"), ("glue:StartJobRun", "glue"), ("glue:UpdateJob", "glue"),
        ("sagemaker:CreateStudioLifecycleConfig", "sagemaker"), ("sagemaker:UpdateCluster", "sagemaker"),
        ("sagemaker:UpdatePipeline", "sagemaker"), ("codepipeline:UpdatePipeline", "codepipeline"),
        ("imagebuilder:CreateImage", "ec2"), ("elasticmapreduce:AddInstanceFleet", "ec2"),
        ("airflow:CreateWebLoginToken", "airflow"), ("transfer:ImportSshPublicKey", "transfer"),
        ("iot:AttachPolicy", "credentials.iot"), ("rolesanywhere:CreateTrustAnchor", "rolesanywhere"),
        ("eks:AssociateAccessPolicy", "pods.eks"), ("gamelift:GetComputeAccess", "gamelift"),
        ("amplify:UpdateApp", "amplify"), ("servicecatalog:ProvisionProduct", "servicecatalog"),
        ("ssm:UpdateMaintenanceWindowTask", "ssm"),
        ("bedrock-agentcore:InvokeAgentRuntimeCommand", "bedrock-agentcore"),
        ("ssm:SendCommand", "ssm"), ("ssm:StartSession", "ssm"), ("ssm:CreateAssociation", "ssm"),
        ("deadline:CreateJob", "credentials.deadline"), ("deadline:AssumeQueueRoleForUser", "credentials.deadline"),
        ("appstream:CreateStreamingURL", "appstream"), ("greengrass:CreateDeployment", "credentials.iot"),
        ("greengrass:CreateDeployment", "greengrass"),
        ("fis:UpdateExperimentTemplate fis:StartExperiment", "fis"), ("apigateway:*", "apigateway"),
        ("apigateway:PATCH", "apigateway"), ("appsync:*", "appsync"), ("appsync:UpdateResolver", "appsync"),
        ("datazone:GetEnvironmentCredentials", "datazone"), ("emr-containers:StartJobRun", "pods.eks"),
    ]

    @Test(arguments: unread)
    func whatIsNotReadLeavesADoubt(way: (actions: String, service: String)) {
        let found = account { small in
            small.add(user: "bob", allow(way.actions))
            small.add(role: "admin", trust: trust("\(way.service).amazonaws.com"), allow("*"))
        }
        #expect(found.paths.isEmpty)
        #expect(found.undetermined.map(\.principal.name) == ["bob"])
        #expect(found.undetermined.first?.reason.reason == .notModeled)
        let harmless = account { small in
            small.add(user: "bob", allow(way.actions), allow("s3:*"))
            small.add(role: "worker", trust: trust("\(way.service).amazonaws.com"), allow("s3:GetObject"))
        }
        #expect(harmless.doubts.isEmpty, "the role can no more than he")
    }

    /// Actions that change what may run on instances.
    @Test(arguments: [
        "ssm:UpdateAssociation", "ssm:UpdateDocumentDefaultVersion", "codedeploy:CreateDeployment",
        "elasticbeanstalk:UpdateEnvironment", "ecs:RunTask", "eks:CreateAccessEntry",
        "cloud9:CreateEnvironmentMembership",
    ])
    func whatRunsOnInstancesLeavesADoubtIfThereIsOne(action: String) {
        func found(under role: String) -> Escalations {
            account { small in
                small.add(user: "bob", allow(action))
                small.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"))
                small.holdWorkloads(under: role)
            }
        }
        #expect(found(under: "admin").undetermined.map(\.principal.name) == ["bob"])
        #expect(found(under: "worker").doubts.isEmpty)
    }

    @Test func aCanaryLeavesADoubtIfThereIsOne() {
        func found(_ function: String) -> Escalations {
            account { small in
                small.add(user: "bob", allow("synthetics:UpdateCanary synthetics:StartCanary"))
                small.add(role: "admin", trust: trust("lambda.amazonaws.com"), allow("*"))
                small.account[.functions]["us-east-1"] = .known([
                    Function(
                        functionARN: "arn:aws:lambda:us-east-1:\(Self.id):function:\(function)",
                        role: SmallAccount.role("admin"))
                ])
            }
        }
        #expect(found("cwsyn-shop-1").undetermined.map(\.principal.name) == ["bob"])
        #expect(found("shop").doubts.isEmpty)
    }

    @Test(arguments: ["cognito-idp:AdminCreateUser", "cognito-idp:AdminSetUserPassword"])
    func theUsersOfAnIdentityPoolLeaveADoubt(action: String) {
        let found = account { small in
            small.add(user: "bob", allow(action))
            small.add(
                role: "admin",
                trust: federation(
                    "cognito-identity.amazonaws.com", "sts:AssumeRoleWithWebIdentity",
                    if: #"""
                        {"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}}
                        """#), allow("*"))
        }
        #expect(found.undetermined.map(\.principal.name) == ["bob"])
    }

    /// Actions that may hand a role to a service in a way that is not modeled.
    static let handing: [(actions: String, service: String)] = [
        ("ssm:CreateActivation", "ssm"), ("ssm:RegisterTaskWithMaintenanceWindow", "ssm"),
        ("ssm:StartChangeRequestExecution", "ssm"), ("ssm:CreateAssociation", "ssm"),
        ("config:PutRemediationConfigurations", "ssm"),
        ("codebuild:CreateProject codebuild:CreateWebhook", "codebuild"),
        ("codebuild:CreateProject codebuild:StartSandbox", "codebuild"),
        ("sagemaker:CreateModel sagemaker:CreateEndpoint", "sagemaker"),
        ("sagemaker:CreateTransformJob", "sagemaker"), ("sagemaker:CreateCluster", "sagemaker"),
        ("sagemaker:CreatePipeline", "sagemaker"), ("sagemaker:CreateUserProfile", "sagemaker"),
        ("sagemaker:CreateMonitoringSchedule", "sagemaker"), ("eks:CreateNodegroup", "ec2"),
        ("elasticbeanstalk:CreateEnvironment", "ec2"), ("gamelift:CreateGameServerGroup", "ec2"),
        ("cloud9:CreateEnvironmentEC2", "ec2"), ("deadline:CreateFleet", "ec2"),
        ("batch:CreateComputeEnvironment", "ec2"), ("iam:AddRoleToInstanceProfile ec2:StartInstances", "ec2"),
        ("ecs:RegisterTaskDefinition events:PutTargets", "ecs-tasks"),
        ("ecs:CreateExpressGatewayService", "ecs-tasks"), ("emr-serverless:StartSession", "emr-serverless"),
        ("glue:CreateJob glue:StartWorkflowRun", "glue"), ("lambda:CreateFunction lambda:Put*", "lambda"),
        ("lambda:CreateCapacityProvider", "lambda"), ("omics:StartRunBatch", "omics"),
        ("bedrock-agentcore:CreateBrowser", "bedrock-agentcore"), ("*:CreateEnvironment", "ec2"),
        ("states:ValidateStateMachineDefinition", "states.eu-west-1"),
    ]

    @Test(arguments: handing)
    func passingAMorePowerfulRoleIsOpenIfSomethingElseMayTakeIt(way: (actions: String, service: String)) {
        func found(_ actions: String, passing: String = "iam:PassRole") -> Escalations {
            account { small in
                small.add(user: "bob", allow(passing), allow(actions))
                small.add(role: "admin", trust: trust("\(way.service).amazonaws.com"), allow("*"))
            }
        }
        let open = found(way.actions)
        #expect(open.paths.isEmpty)
        #expect(open.undetermined.map(\.principal.name) == ["bob"])
        // What only looks, takes away, or is another service's hands nothing over.
        #expect(found("*:Get* *:List* *:Delete* s3:* dynamodb:PutItem").doubts.isEmpty)
    }

    @Test(arguments: [
        ("lambda:CreateFunction", "lambda"), ("lambda:InvokeFunction", "lambda"), ("ec2:RunInstances", "ec2"),
        ("states:StartExecution", "states"), ("glue:CreateJob", "glue"),
        ("cloudformation:CreateChangeSet", "cloudformation"),
    ])
    func oneStepOfSeveralHandsNothingOver(action: String, service: String) {
        let found = account { small in
            small.add(user: "bob", allow("iam:PassRole"), allow(action))
            small.add(role: "admin", trust: trust("\(service).amazonaws.com"), allow("*"), profile: false)
        }
        #expect(found.paths.isEmpty)
        #expect(found.doubts.isEmpty)
    }

    @Test func anInstanceProfileOfAnotherRoleIsTaken() {
        let found = account { small in
            small.add(
                user: "bob",
                allow("iam:PassRole ec2:RunInstances iam:AddRoleToInstanceProfile iam:RemoveRoleFromInstanceProfile"))
            small.add(role: "admin", trust: trust("ec2.amazonaws.com"), allow("*"), profile: false)
            small.add(role: "worker", trust: trust("ec2.amazonaws.com"))
        }
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == ["pass-role-to-instance"])
        #expect(path?.steps[0].calls.map(\.action).contains("iam:RemoveRoleFromInstanceProfile") == true)
    }

    @Test(arguments: [
        (
            "states.us-east-1.amazonaws.com", "states:CreateStateMachine states:StartExecution",
            "pass-role-to-state-machine"
        ),
        ("Lambda.amazonaws.com", "lambda:CreateFunction lambda:InvokeFunction", "pass-role-to-function"),
        ("ec2.amazonaws.com.cn", "ec2:RunInstances", "pass-role-to-instance"),
    ])
    func theServiceOfATrustPolicyIsKnownInEverySpelling(service: String, actions: String, method: String) {
        let found = account { small in
            small.add(user: "bob", allow("iam:PassRole"), allow(actions))
            small.add(role: "admin", trust: trust(service), allow("*"))
        }
        #expect(found.paths.first { $0.principal.name == "bob" }?.steps.map(\.method) == [method])
    }

    @Test func passingAMorePowerfulRoleToAServiceThatIsNotModeledIsOpen() {
        func found(_ service: String, role: String, _ actions: String) -> Escalations {
            account { small in
                small.add(user: "bob", allow("iam:PassRole"), allow(actions))
                small.add(role: "worker", trust: trust(service), allow(role))
            }
        }
        let open = found("unheard-of.amazonaws.com", role: "*", "unheard-of:Create*")
        #expect(open.paths.isEmpty)
        #expect(open.undetermined.map(\.principal.name) == ["bob"])
        #expect(open.undetermined.first?.reason.explanation.contains("unheard-of.amazonaws.com") == true)
        #expect(
            found("unheard-of.amazonaws.com", role: "s3:Get*", "s3:*").doubts.isEmpty, "the role can no more than he")
        #expect(found("unheard-of.amazonaws.com", role: "*", "iam:ListRoles").doubts.isEmpty, "he uses no service")
        #expect(found("vpc-flow-logs.amazonaws.com", role: "*", "ec2:CreateFlowLogs").doubts.isEmpty, "it runs nothing")
    }

    @Test(arguments: [
        ("iam:DeleteUserPermissionsBoundary", "delete-user-permissions-boundary"),
        ("iam:PutUserPermissionsBoundary", "put-user-permissions-boundary"),
    ])
    func aBoundaryOfOneselfIsRemoved(action: String, method: String) {
        let found = account {
            $0.add(policy: "limit", allow("s3:* \(action)"))
            $0.add(user: "bob", allow("*"), boundary: "limit")
        }
        #expect(found.paths.map { $0.steps.map(\.method) } == [[method]])
        #expect(found.paths.first?.gain.isAdministration == true)
        let kept = account {
            $0.add(policy: "limit", allow("s3:*"))
            $0.add(user: "bob", allow("*"), boundary: "limit")
        }
        #expect(kept.paths.isEmpty)
        let withoutMore = account {
            $0.add(policy: "limit", allow("s3:* \(action)"))
            $0.add(user: "bob", allow("s3:GetObject \(action)"), boundary: "limit")
        }
        #expect(withoutMore.paths.isEmpty)
    }

    @Test(arguments: [
        ("iam:DeleteRolePermissionsBoundary", "delete-role-permissions-boundary"),
        ("iam:PutRolePermissionsBoundary", "put-role-permissions-boundary"),
    ])
    func theBoundaryOfARoleThatHeCanAssumeIsRemoved(action: String, method: String) {
        let found = account {
            $0.add(policy: "limit", allow("s3:GetObject"))
            $0.add(user: "bob", allow(action), allow("sts:AssumeRole"))
            $0.add(role: "deploy", trust: trust("arn:aws:iam::\(Self.id):root"), allow("*"), boundary: "limit")
        }
        #expect(found.paths.first { $0.principal.name == "bob" }?.steps.map(\.method) == [method, "assume-role"])
    }

    /// What bob's boundary allows besides `s3:*`, how he opens it, and what he can do then.
    static let boundaries: [(allowed: String, older: [String], methods: [String]?)] = [
        (allow("iam:CreatePolicyVersion", on: SmallAccount.policy("limit")), [], ["create-policy-version"]),
        (
            allow("iam:SetDefaultPolicyVersion", on: SmallAccount.policy("limit")), [allow("*")],
            ["set-default-policy-version"]
        ),
        (
            allow("iam:SetDefaultPolicyVersion", on: SmallAccount.policy("limit")), [allow("s3:GetObject")], nil
        ),
        (
            allow(
                "iam:PutUserPermissionsBoundary",
                if: #"{"StringEquals": {"iam:PermissionsBoundary": "\#(SmallAccount.policy("wide"))"}}"#), [],
            ["put-user-permissions-boundary"]
        ),
        (
            allow(
                "iam:PutUserPermissionsBoundary",
                if: #"{"StringEquals": {"iam:PermissionsBoundary": "\#(SmallAccount.policy("narrow"))"}}"#), [], nil
        ),
        (allow("iam:CreatePolicyVersion", on: SmallAccount.policy("wide")), [], nil),
    ]

    @Test(arguments: boundaries)
    func aBoundaryIsRewrittenOrReplacedByAWiderOne(way: (allowed: String, older: [String], methods: [String]?)) {
        let found = account {
            $0.add(policy: "limit", allow("s3:*"), way.allowed, older: way.older)
            $0.add(policy: "wide", allow("*"))
            $0.add(policy: "narrow", allow("s3:GetObject"))
            $0.add(user: "bob", allow("*"), boundary: "limit")
        }
        #expect(found.paths.first?.steps.map(\.method) == way.methods)
        if way.methods != nil { #expect(found.paths.first?.gain.isAdministration == true) }
        #expect(found.doubts.isEmpty)
    }

    @Test func aPolicyIsWrittenAndTheBoundaryDeleted() {
        let found = account {
            $0.add(policy: "limit", allow("s3:* iam:PutUserPolicy iam:DeleteUserPermissionsBoundary"))
            $0.add(
                user: "bob", allow("s3:* iam:PutUserPolicy iam:DeleteUserPermissionsBoundary"), boundary: "limit")
        }
        #expect(
            found.paths.first?.steps.map(\.method) == ["put-user-policy", "delete-user-permissions-boundary"])
        #expect(found.paths.first?.gain.isAdministration == true)
    }

    static let provider = "arn:aws:iam::\(id):saml-provider/office"

    @Test(
        arguments: [
            ("iam:UpdateSAMLProvider", ["update-saml-provider"]),
            ("iam:DeleteSAMLProvider iam:CreateSAMLProvider", ["replace-saml-provider"]),
            ("iam:CreateSAMLProvider", nil),
        ] as [(String, [String]?)])
    func anIdentityProviderIsReplaced(actions: String, methods: [String]?) {
        let found = account {
            $0.add(user: "bob", allow(actions))
            $0.add(
                role: "admin",
                trust: federation(
                    Self.provider, "sts:AssumeRoleWithSAML",
                    if: #"{"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}"#), allow("*"))
        }
        #expect(found.paths.first?.steps.map(\.method) == methods)
        // Whether the provider is there is not read: whoever may create it may be able to.
        #expect(found.doubts.isEmpty == (methods != nil))
    }

    /// Bob's statement, and the trust policy of an administrator's role.
    @Test(arguments: [
        (allow("s3:*", if: #"{"StringEquals": {"aws:PrincipalTag/team": "data"}}"#), trust("lambda.amazonaws.com")),
        (allow("s3:*", on: "arn:aws:s3:::${aws:PrincipalTag/team}"), trust("lambda.amazonaws.com")),
        (deny("s3:*", if: #"{"StringNotEquals": {"aws:principaltag/team": "data"}}"#), trust("lambda.amazonaws.com")),
        (
            allow("sts:AssumeRole"),
            trust(SmallAccount.user("bob"), if: #"{"StringEquals": {"aws:PrincipalTag/team": "admin"}}"#)
        ),
    ])
    func whoCanChangeTheTagsOnWhichItsPermissionsDependLeavesADoubt(statement: String, trust: String) {
        func found(_ actions: String) -> Escalations {
            account {
                $0.add(user: "bob", allow(actions, on: SmallAccount.user("bob")), statement)
                $0.add(role: "admin", trust: trust, allow("*"), profile: false)
            }
        }
        let open = found("iam:TagUser")
        #expect(open.paths.isEmpty)
        #expect(open.undetermined.map(\.principal.name) == ["bob"])
        #expect(open.undetermined.first?.reason.detail.contains("can change its own tags") == true)
        #expect(found("iam:ListUserTags").doubts.isEmpty)
    }

    @Test func whatIsGainedWithoutMFAIsToldBesideAnAdministratorsRoleWithMFA() {
        let found = account {
            $0.add(user: "bob", allow("sts:AssumeRole iam:PassRole lambda:CreateFunction lambda:InvokeFunction"))
            $0.add(
                role: "admin",
                trust: trust(SmallAccount.user("bob"), if: #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#),
                allow("*"), profile: false)
            $0.add(role: "worker", trust: trust("lambda.amazonaws.com"), allow("s3:*"), profile: false)
        }
        let path = found.paths.first { $0.principal.name == "bob" }
        #expect(path?.steps.map(\.method) == ["pass-role-to-function"])
        #expect(path?.gain.isAdministration == false)
        #expect(path?.isCertain == true)
    }

    /// Actions on identity providers and pools, and who is trusted.
    @Test(arguments: [
        (
            "iam:AddClientIDToOpenIDConnectProvider",
            "arn:aws:iam::\(id):oidc-provider/token.actions.githubusercontent.com"
        ),
        (
            "iam:UpdateOpenIDConnectProviderThumbprint",
            "arn:aws:iam::\(id):oidc-provider/token.actions.githubusercontent.com"
        ),
        ("cognito-identity:SetIdentityPoolRoles iam:PassRole", "cognito-identity.amazonaws.com"),
        ("cognito-identity:UpdateIdentityPool", "cognito-identity.amazonaws.com"),
        (
            "eks:AssociateAccessPolicy",
            "arn:aws:iam::\(id):oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E"
        ),
    ])
    func whoeverVouchesForUsersLeavesADoubt(actions: String, provider: String) {
        let found = account {
            $0.add(user: "bob", allow(actions))
            $0.add(role: "admin", trust: federation(provider, "sts:AssumeRoleWithWebIdentity"), allow("*"))
        }
        #expect(found.paths.isEmpty)
        #expect(found.undetermined.map(\.principal.name) == ["bob"])
    }

    @Test func permissionSetsLeaveADoubt() {
        func found(_ actions: String, _ organization: Organization?) -> Escalations {
            account {
                $0.add(user: "bob", allow(actions))
                $0.add(
                    role: "AWSReservedSSO_Admin", trust: federation(Self.provider, "sts:AssumeRoleWithSAML"), allow("*")
                )
                $0.changeRole("AWSReservedSSO_Admin") { $0.path = "/aws-reserved/sso.amazonaws.com/" }
                $0.account[.organization] = .known(organization)
            }
        }
        let member = Organization(id: "o-a1b2c3d4e5", masterAccountID: "111122223333")
        let management = Organization(id: "o-a1b2c3d4e5", masterAccountID: Self.id)
        #expect(found("sso:PutInlinePolicyToPermissionSet", member).undetermined.count == 1)
        #expect(found("*:CreateGroupMembership", management).undetermined.count == 1)
        #expect(found("*:CreateGroupMembership", member).undetermined.isEmpty, "no delegated administrator by name")
        #expect(found("sso:List*", management).doubts.isEmpty)
    }

    @Test(arguments: [
        [#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#, allow("iam:*")],
        [#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::nothing"}"#],
    ])
    func anAdministratorBySeveralStatementsIsNoneThatOtherChecksTell(statements: [String]) {
        let found = account { $0.add(user: "bob", statements.joined(separator: ", ")) }
        #expect(found.administrators.isEmpty)
        #expect(found.paths.first?.gain.isAdministration == true)
    }

    /// Being an administrator with MFA is no doubt; what else leads there without is.
    @Test func anAdministratorsRoleWithMFALeavesNoDoubt() {
        func found(_ actions: String) -> Escalations {
            account {
                $0.add(user: "bob", allow("sts:AssumeRole \(actions)"))
                $0.add(
                    role: "admin",
                    trust: trust(
                        "arn:aws:iam::\(Self.id):root", if: #"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#),
                    allow("*"))
                $0.add(role: "states", trust: trust("states.amazonaws.com"), allow("*"))
            }
        }
        #expect(found("s3:GetObject").doubts.isEmpty)
        #expect(found("states:UpdateStateMachine").undetermined.map(\.principal.name) == ["bob"])
    }

    /// Policies of common jobs in an account that has powerful roles which trust services.
    @Test(arguments: [
        allow("*:Get* *:List* *:Describe*"),
        allow("s3:* dynamodb:* sqs:* sns:* logs:* cloudwatch:*"),
        allow("lambda:InvokeFunction lambda:UpdateFunctionCode states:StartExecution ecr:* s3:PutObject"),
        allow("iam:PassRole", on: SmallAccount.role("worker")) + ", "
            + allow("lambda:* logs:PutLogEvents ecs:UpdateService ecs:RegisterTaskDefinition"),
        allow("iam:PassRole iam:Get* iam:List* s3:*"),
        allow("iam:CreateServiceLinkedRole iam:ChangePassword ec2:* rds:*"),
        allow("iam:CreateAccessKey iam:UpdateLoginProfile", on: "arn:aws:iam::*:user/${aws:username}"),
    ])
    func commonJobsPass(statements: String) {
        let found = account { small in
            small.add(user: "bob", statements)
            for service in ["lambda", "ecs-tasks", "glue", "ssm", "sagemaker", "cloudformation"] {
                small.add(role: "admin-\(service)", trust: trust("\(service).amazonaws.com"), allow("*"))
            }
            small.add(
                role: "worker", trust: trust("lambda.amazonaws.com"), allow("logs:PutLogEvents lambda:GetFunction"))
        }
        #expect(found.paths.map(\.principal.name) == [])
        #expect(found.doubts.isEmpty)
    }

    @Test func noWayLeadsThroughWhatOnlyAWSChanges() {
        let found = account {
            $0.add(
                user: "bob",
                allow("iam:PutRolePolicy iam:UpdateAssumeRolePolicy sts:AssumeRole iam:CreatePolicyVersion"))
            $0.add(role: "AWSReservedSSO_Admin", trust: trust("arn:aws:iam::\(Self.id):root"), allow("s3:*"))
            $0.changeRole("AWSReservedSSO_Admin") { $0.path = "/aws-reserved/sso.amazonaws.com/" }
        }
        #expect(found.paths.isEmpty)
        #expect(found.doubts.isEmpty)
    }

    @Test func aPolicyThatNobodyHoldsIsJudgedByItsDocument() {
        let small = SmallAccount {
            $0.add(policy: "passes", allow("iam:PassRole lambda:CreateFunction lambda:InvokeFunction"))
            $0.add(policy: "grows", allow("iam:AttachUserPolicy iam:AttachRolePolicy"))
            $0.add(policy: "reads", allow("s3:GetObject"))
            $0.add(policy: "held", allow("iam:PutUserPolicy"))
            $0.detachAll(but: "held")
        }
        let found = small.landscape.unattachedPolicies().judged
        #expect(found.map(\.policy.policyName) == ["passes", "grows", "reads"])
        #expect(found.map { $0.path?.steps.first?.method } == ["pass-role-to-function", "attach-user-policy", nil])
    }

    @Test func anUnattachedPolicyThatMayHandARoleOverIsOpen() {
        let small = SmallAccount {
            $0.add(policy: "tests", allow("iam:PassRole ssm:CreateActivation"))
            $0.add(policy: "commands", allow("ecs:ExecuteCommand"))
            $0.detachAll(but: "")
        }
        let found = small.landscape.unattachedPolicies().judged
        #expect(found.map { $0.undetermined?.reason } == [.notModeled, nil])
    }

    @Test func whatIsModeledIsListed() {
        for word in [
            "lambda.amazonaws.com", "pass-role-to-image", "lambda:UpdateFunctionConfiguration", "launch templates",
            "elasticbeanstalk", "IAMFullAccess", "identity pools", "canaries", "managed nodes", "deadline:CreateJob",
            "appstream:CreateStreamingURL", "resolvers of AppSync",
        ] {
            #expect(Escalations.modeled.contains(word))
        }
    }

    private func account(_ build: (inout SmallAccount) -> Void) -> Escalations {
        SmallAccount(build).landscape.escalations()
    }
}
