import Basics

/// The requests to which resource control policies apply.
///
/// The policies do not limit a service that is not listed. If AWS has added one since, the evaluation shows access that
/// the policies deny, but it overlooks none.
///
/// Source: AWS Organizations User Guide, "Resource control policies (RCPs)", sections "List of AWS services that support
/// RCPs" and "Resources and entities not restricted by RCPs", as of September 2026.
enum ResourceControlScope {
    /// The prefixes of the services' actions.
    private static let services: Set<String> = [
        "aoss", "appconfig", "appstream", "autoscaling", "autoscaling-plans", "budgets", "clouddirectory", "cloudfront",
        "cloudsearch", "cloudtrail-data", "codeartifact", "codebuild", "codecommit", "codepipeline", "cognito-identity",
        "cognito-idp", "comprehend", "comprehendmedical", "compute-optimizer", "cost-optimization-hub", "dax", "dsql",
        "dynamodb", "ecr", "ecr-public", "events", "firehose", "fis", "fms", "gamelift", "health", "inspector-scan",
        "kendra", "kinesisvideo", "kms", "logs", "memorydb", "networkmonitor", "notifications", "opensearch",
        "pca-connector-ad", "personalize", "polly", "pricing", "resource-groups", "rolesanywhere", "s3",
        "secretsmanager", "servicediscovery", "signin", "sqs", "sts", "support", "swf", "textract",
        "timestream-influxdb", "transcribe", "transfer", "translate", "wafv2", "workspaces", "xray",
    ]

    /// - Parameter action: In lower case.
    static func covers(action: String, on resource: String, by caller: Caller) -> Bool {
        guard !caller.isServiceLinkedRole, action != "kms:retiregrant", let colon = action.firstIndex(of: ":"),
            services.contains(String(action[..<colon]))
        else { return false }
        // A service can assume its service-linked role, whatever the policies say.
        if case .service = caller, ARN(resource)?.resource.hasPrefix("role/aws-service-role/") ?? false { return false }
        return true
    }
}
