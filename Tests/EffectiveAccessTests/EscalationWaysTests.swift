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
        ("ssm:StartSession", "session-on-instance"),
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

    @Test func whatIsModeledIsListed() {
        for word in [
            "lambda.amazonaws.com", "pass-role-to-image", "lambda:UpdateFunctionConfiguration", "launch templates",
        ] {
            #expect(Escalations.modeled.contains(word))
        }
    }

    private func account(_ build: (inout SmallAccount) -> Void) -> Escalations {
        SmallAccount(build).landscape.escalations()
    }
}
