import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// A service calls with the same principal for every customer: only the source tells on whose behalf it calls.
struct RoleTrustServiceSource: Check {
    let about = About(
        id: "iam-role-trust-service-source",
        title: "Roles of services that say for whom they ask demand it",
        practice: .permissions, severity: .high,
        risk: "A service can be made to use the role for another customer, who names it in a resource of theirs.",
        judges: """
            Roles are judged that trust a service of which AWS's documentation says that it tells for whom it assumes a \
            role: \(Self.services.keys.sorted().joined(separator: ", ")). Each of their statements must demand aws:SourceArn \
            or aws:SourceAccount with accounts that are written out, or aws:SourceOrgID or aws:SourceOrgPaths. Other \
            services, such as EC2, Lambda and CloudTrail, do not tell it: a role that demanded it could not be used.
            """,
        remedy: "Add a condition that aws:SourceAccount equals your account, or better aws:SourceArn the one resource.",
        references: [.prowler("iam_role_cross_service_confused_deputy_prevention")],
        sources: ["IAM User Guide: The confused deputy problem"] + Set(Self.services.values).sorted(),
        reads: [.identities])

    /// By the first part of the service's name, the page that says that its roles' trust policies can demand the source.
    private static let services: [String: String] = [
        "airflow-env": "Amazon MWAA User Guide: Cross-service confused deputy prevention",
        "appstream": "Amazon AppStream 2.0 Administration Guide: Cross-service confused deputy prevention",
        "autoscaling": "Amazon EC2 Auto Scaling User Guide: Cross-service confused deputy prevention",
        "bedrock": "Amazon Bedrock User Guide: Cross-service confused deputy prevention",
        "codebuild": "AWS CodeBuild User Guide: Cross-service confused deputy prevention",
        "datasync": "AWS DataSync User Guide: Cross-service confused deputy prevention",
        "datazone": "Amazon SageMaker Unified Studio Administrator Guide: AmazonSageMakerDomainService role",
        "ecs-tasks": "Amazon ECS Developer Guide: Amazon ECS task IAM role",
        "fis": "AWS Fault Injection Service User Guide: IAM roles for AWS FIS experiments",
        "frauddetector": "Amazon Fraud Detector User Guide: Confused deputy prevention",
        "iot": "AWS IoT Core Developer Guide: Cross-service confused deputy prevention",
        "logs": "Amazon CloudWatch Logs User Guide: Confused deputy prevention",
        "personalize": "Amazon Personalize Developer Guide: Cross-service confused deputy prevention",
        "pipes": "Amazon EventBridge User Guide: Cross-service confused deputy prevention in EventBridge Pipes",
        "sagemaker": "Amazon SageMaker AI Developer Guide: Cross-service confused deputy prevention",
        "scheduler": "Amazon EventBridge Scheduler User Guide: Confused deputy prevention",
        "ssm": "AWS Systems Manager User Guide: Cross-service confused deputy prevention",
        "states": "AWS Step Functions Developer Guide: Creating an IAM role for your state machine",
        "transfer": "AWS Transfer Family User Guide: Cross-service confused deputy prevention",
        "vpc-flow-logs": "Amazon VPC User Guide: IAM role for publishing flow logs to CloudWatch Logs",
    ]

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeRoleTrust { role, statements in
            let admitting = statements.compactMap { statement in
                Self.serviceThatTells(in: statement).map { (statement, $0) }
            }
            guard !admitting.isEmpty else { return nil }
            guard let (open, service) = admitting.first(where: { !$0.0.demandsSource }) else {
                return .pass("The services must say for whom they ask", role.trustEvidence)
            }
            return .fail("\(open.title) lets \(service) assume the role for anybody", open.evidence)
        }
    }

    private static func serviceThatTells(in statement: Statement) -> String? {
        statement.namedPrincipals.lazy.compactMap { principal -> String? in
            guard case .service(let name) = principal else { return nil }
            return services[String(name.lowercased().prefix { $0 != "." })] == nil ? nil : name
        }.first
    }

    var examples: [Example] {
        [
            .passes("the service must name the account") {
                $0.hold(trust: SampleTrust.of(flowLogs, #"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .passes("the service must name a resource of the account") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs,
                        #"{"ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"}}"#))
            },
            .passes("the service must name an account of the organisation") {
                $0.hold(trust: SampleTrust.of(flowLogs, #"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the service need not say for whom it asks") { $0.hold(trust: SampleTrust.of(flowLogs)) },
            .fails("the service may name a resource of any account") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs, #"{"ArnLike": {"aws:SourceArn": "arn:aws:ec2:*:*:vpc-flow-log/*"}}"#)
                )
            },
            .fails("the service must name the account where it names one") {
                $0.hold(
                    trust: SampleTrust.of(
                        flowLogs, #"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .unknown("the trust policy is no policy") { $0.hold(roles: [.sample { $0.trustPolicy = .unreadable }]) },
            .unknown("the roles cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var flowLogs: String { #"{"Service": "vpc-flow-logs.amazonaws.com"}"# }
}

extension Statement {
    /// Whether the statement applies only to requests on behalf of certain accounts.
    fileprivate var demandsSource: Bool {
        if let arns = pinnedValues(of: "aws:SourceArn"), arns.allSatisfy({ ARN($0)?.accountID != nil }) {
            return true
        }
        for (key, prefix) in [("aws:SourceAccount", ""), ("aws:SourceOrgID", "o-"), ("aws:SourceOrgPaths", "o-")] {
            guard let values = pinnedValues(of: key) else { continue }
            if values.allSatisfy({ $0.prefix { $0 != "/" }.isWrittenOut && $0.hasPrefix(prefix) }) { return true }
        }
        return false
    }
}

extension Substring {
    /// Whether it has neither wildcards nor variables.
    fileprivate var isWrittenOut: Bool { !isEmpty && !contains { "*?$".contains($0) } }
}
