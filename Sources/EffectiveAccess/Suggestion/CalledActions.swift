/// Maps a recorded call to the IAM actions that it needs. Most operations have the name of their action; the tables
/// here hold the exceptions.
///
/// Source: Service Authorization Reference, each service's "Actions" and their API operations; Amazon S3 User Guide, "Required
/// permissions for Amazon S3 API operations"; AWS Lambda Developer Guide, "Logging Lambda API calls with CloudTrail".
enum CalledActions {
    /// The actions, such as `s3:ListBucket`; none if the call needs no permission.
    static func of(_ call: RecordedCall) -> [String] {
        let actions = own(of: call)
        return actions + (actions.isEmpty ? [] : further(of: call).filter { !actions.contains($0) })
    }

    private static func own(of call: RecordedCall) -> [String] {
        let service = prefix(of: call.source)
        let name = unversioned(call.name, service)
        if free.contains("\(service):\(name)") || freeServices.contains(service) { return [] }
        if service == "apigateway" { return ["apigateway:\(verb(of: name))"] }
        // All operations on objects of a directory bucket are made in a session.
        if service == "s3express",
            CalledResources.isAboutObjects(name) || name == "HeadBucket" || name == "ListParts"
                || ["MultipartUpload", "UploadPart"].contains(where: { name.firstRange(of: $0) != nil })
        {
            return ["s3express:CreateSession"]
        }
        if service == "s3", call.parameter("versionId") != nil, let actions = versioned[name] {
            return actions.map { "s3:\($0)" }
        }
        if service == "s3", creating.contains(name) {
            return ["s3:PutObject"] + needed(by: headers, of: call)
        }
        if service == "s3", name == "CreateBucket" { return ["s3:CreateBucket"] + needed(by: bucketHeaders, of: call) }
        return exceptions["\(service):\(name)"] ?? ["\(service):\(name)"]
    }

    /// The actions that the call needs besides its own for the tags and the source identity that it sets.
    ///
    /// Source: Service Authorization Reference, "Dependent actions"; Amazon EC2 User Guide, "Grant permission to tag Amazon
    /// EC2 resources during creation"; Amazon S3 API Reference, "CreateBucket"; IAM User Guide, "Pass session tags in AWS
    /// STS" and "Monitor and control actions taken with assumed roles".
    private static func further(of call: RecordedCall) -> [String] {
        let service = prefix(of: call.source)
        switch service {
        case "sts":
            let isTagged = call.hasParameter(beginning: "tags") || call.hasParameter(beginning: "transitiveTagKeys")
            return (isTagged ? ["sts:TagSession"] : [])
                + (call.hasParameter(beginning: "sourceIdentity") ? ["sts:SetSourceIdentity"] : [])
        case "s3" where ["DeleteObject", "DeleteObjects", "PutObjectRetention"].contains(call.name):
            let bypasses = call.parameter("x-amz-bypass-governance-retention")?.lowercased() == "true"
            return bypasses ? ["s3:BypassGovernanceRetention"] : []
        case "ec2":
            // The tags in a launch template are those of what is launched from it later.
            let isTagged = call.parameters.keys.map { $0.lowercased() }.contains {
                $0.contains("tagspecification") && !$0.contains("launchtemplatedata")
            }
            return isTagged ? ["ec2:CreateTags"] : []
        default:
            guard ["Create", "Register", "Run", "Put"].contains(where: call.name.hasPrefix), hasTags(call) else {
                return []
            }
            if service == "iam" {
                let kind = call.name.dropFirst("Create".count)
                return ["iam:Tag\(kind == "VirtualMFADevice" ? "MFADevice" : kind)"]
            }
            return tagging[service].map { ["\(service):\($0)"] } ?? []
        }
    }

    private static func hasTags(_ call: RecordedCall) -> Bool {
        call.parameters.contains { path, values in
            path.lowercased().split(separator: ".").prefix(2).contains { ["tags", "taglist"].contains($0) }
                && !values.allSatisfy(\.isEmpty)
        }
    }

    /// The actions, by service, that tag a resource while it is created.
    private static let tagging = [
        "cloudtrail": "AddTags", "dynamodb": "TagResource", "ecr": "TagResource", "ecs": "TagResource",
        "eks": "TagResource", "elasticfilesystem": "TagResource", "elasticloadbalancing": "AddTags",
        "events": "TagResource", "kms": "TagResource", "lambda": "TagResource", "logs": "TagResource",
        "rds": "AddTagsToResource", "s3": "TagResource", "s3express": "TagResource", "secretsmanager": "TagResource",
        "sns": "TagResource", "sqs": "TagQueue", "ssm": "AddTagsToResource", "states": "TagResource",
    ]

    /// The prefix of the service's actions.
    static func prefix(of source: String) -> String {
        let host = source.split(separator: ".").first.map(String.init) ?? source
        if source.hasSuffix(".marketplace.amazonaws.com") || host == "marketplacecommerceanalytics" {
            return "aws-marketplace"
        }
        return prefixes[host] ?? host
    }

    /// The action prefixes of services whose event source begins with another label.
    private static let prefixes: [String: String] = [
        "monitoring": "cloudwatch", "email": "ses", "tagging": "tag", "streams": "dynamodb", "runtime": "sagemaker",
        "iotdata": "iot", "data": "iot", "opensearchserverless": "aoss", "appstream2": "appstream",
        "bedrock-runtime": "bedrock", "bedrock-agent": "bedrock", "bedrock-agent-runtime": "bedrock",
        "application-insights": "applicationinsights", "cloudcontrolapi": "cloudformation",
        "kinesisvideoarchivedmedia": "kinesisvideo",
        "route53recoverycontrolconfig": "route53-recovery-control-config",
        "models": "lex", "pinpoint": "mobiletargeting", "sso-oauth": "sso-oauth", "mgh": "mgh",
        "serverlessrepo": "serverlessrepo",
        "cloudsearchdomain": "cloudsearch", "macie2": "macie2", "elasticfilesystem": "elasticfilesystem",
    ]

    /// Services for signing in, whose calls need no permission.
    private static let freeServices: Set<String> = ["signin", "sso-oauth"]

    private static let free: Set<String> = [
        "sts:GetCallerIdentity", "sts:GetSessionToken", "sso:Authenticate",
        "sso:Federate", "sso:ListAccountRoles", "sso:GetRoleCredentials", "sso:Logout",
    ]

    /// Removes the API version that Lambda and CloudFront append to the name.
    private static func unversioned(_ name: String, _ service: String) -> String {
        guard service == "lambda" || service == "cloudfront" else { return name }
        let digits = service == "lambda" ? 8 : 10
        var rest = name[...]
        // The second version of an operation: `UpdateFunctionCode20150331v2`.
        if let mark = rest.lastIndex(of: "v") {
            let number = rest[rest.index(after: mark)...]
            if !number.isEmpty, number.allSatisfy(\.isNumber) { rest = rest[..<mark] }
        }
        let tail = rest.suffix(digits)
        guard tail.count == digits, tail.hasPrefix("20"), tail.allSatisfy({ $0.isNumber || $0 == "_" }) else {
            return name
        }
        return String(rest.dropLast(digits))
    }

    /// The HTTP method of a call: API Gateway's actions are named after these.
    private static func verb(of name: String) -> String {
        let verbs = [
            ("Get", "GET"), ("Export", "GET"), ("Create", "POST"), ("Import", "POST"), ("Test", "POST"),
            ("Generate", "POST"), ("Update", "PATCH"), ("Put", "PUT"), ("Reimport", "PUT"), ("Tag", "PUT"),
            ("Delete", "DELETE"), ("Flush", "DELETE"), ("Untag", "DELETE"), ("Reset", "DELETE"),
        ]
        return verbs.first { name.hasPrefix($0.0) }?.1 ?? "POST"
    }

    /// S3 operations that need another action if the request names a version.
    private static let versioned: [String: [String]] = [
        "GetObject": ["GetObjectVersion"], "HeadObject": ["GetObjectVersion"], "DeleteObject": ["DeleteObjectVersion"],
        "GetObjectAcl": ["GetObjectVersionAcl"], "PutObjectAcl": ["PutObjectVersionAcl"],
        "GetObjectTagging": ["GetObjectVersionTagging"], "PutObjectTagging": ["PutObjectVersionTagging"],
        "DeleteObjectTagging": ["DeleteObjectVersionTagging"], "GetObjectTorrent": ["GetObjectVersionTorrent"],
        "GetObjectAttributes": ["GetObjectVersion", "GetObjectVersionAttributes"],
    ]

    /// The operations that write an object, and the headers that need a further permission.
    ///
    /// Source: Amazon S3 API Reference, "PutObject", "CopyObject", and "CreateMultipartUpload", on permissions.
    private static let creating: Set<String> = [
        "PutObject", "CopyObject", "CreateMultipartUpload", "InitiateMultipartUpload", "PostObject",
    ]
    private static let headers: [(header: String, action: String)] = [
        ("x-amz-acl", "s3:PutObjectAcl"), ("x-amz-grant-", "s3:PutObjectAcl"),
        ("x-amz-tagging", "s3:PutObjectTagging"), ("x-amz-object-lock-legal-hold", "s3:PutObjectLegalHold"),
        ("x-amz-object-lock-mode", "s3:PutObjectRetention"),
        ("x-amz-object-lock-retain-until-date", "s3:PutObjectRetention"),
    ]

    /// The headers of CreateBucket that need further permissions.
    ///
    /// Source: Amazon S3 API Reference, "CreateBucket", on permissions.
    private static let bucketHeaders: [(header: String, action: String)] = [
        ("x-amz-acl", "s3:PutBucketAcl"), ("x-amz-grant-", "s3:PutBucketAcl"),
        ("x-amz-bucket-object-lock-enabled", "s3:PutBucketObjectLockConfiguration"),
        ("x-amz-bucket-object-lock-enabled", "s3:PutBucketVersioning"),
        ("x-amz-object-ownership", "s3:PutBucketOwnershipControls"),
    ]

    private static func needed(by headers: [(header: String, action: String)], of call: RecordedCall) -> [String] {
        headers.filter { call.hasParameter(beginning: $0.header) }.map(\.action).uniqued
    }

    private static let exceptions: [String: [String]] = {
        var exceptions: [String: [String]] = [
            "lambda:Invoke": ["lambda:InvokeFunction"], "lambda:InvokeWithResponseStream": ["lambda:InvokeFunction"],
            "lambda:InvokeAsync": ["lambda:InvokeFunction"], "kms:ReEncrypt": ["kms:ReEncryptFrom", "kms:ReEncryptTo"],
            "dynamodb:TransactGetItems": ["dynamodb:GetItem"],
            "dynamodb:TransactWriteItems": [
                "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
            ],
            "dynamodb:ExecuteStatement": [
                "dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
            ],
            "bedrock:Converse": ["bedrock:InvokeModel"],
            "bedrock:ConverseStream": ["bedrock:InvokeModelWithResponseStream"],
            "s3:DeleteObjects": ["s3:DeleteObject"],
            "s3:GetObjectAttributes": ["s3:GetObject", "s3:GetObjectAttributes"],
        ]
        for (action, operations) in s3 { for name in operations { exceptions["s3:\(name)"] = ["s3:\(action)"] } }
        return exceptions
    }()

    private static let s3: [String: [String]] = [
        "ListBucket": ["ListObjects", "ListObjectsV2", "HeadBucket"], "ListBucketVersions": ["ListObjectVersions"],
        "ListAllMyBuckets": ["ListBuckets"], "GetObject": ["HeadObject", "SelectObjectContent"],
        "PutObject": [
            "CreateMultipartUpload", "InitiateMultipartUpload", "UploadPart", "UploadPartCopy",
            "CompleteMultipartUpload", "PostObject",
        ],
        "ListMultipartUploadParts": ["ListParts"], "ListBucketMultipartUploads": ["ListMultipartUploads"],
        "GetEncryptionConfiguration": ["GetBucketEncryption"],
        "PutEncryptionConfiguration": ["PutBucketEncryption", "DeleteBucketEncryption"],
        "GetLifecycleConfiguration": ["GetBucketLifecycle", "GetBucketLifecycleConfiguration"],
        "PutLifecycleConfiguration": [
            "PutBucketLifecycle", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle",
        ],
        "GetReplicationConfiguration": ["GetBucketReplication"],
        "PutReplicationConfiguration": ["PutBucketReplication", "DeleteBucketReplication"],
        "GetBucketCORS": ["GetBucketCors"], "PutBucketCORS": ["PutBucketCors", "DeleteBucketCors"],
        "PutBucketTagging": ["DeleteBucketTagging"],
        "GetBucketPublicAccessBlock": ["GetPublicAccessBlock"],
        "PutBucketPublicAccessBlock": [
            "PutPublicAccessBlock", "DeletePublicAccessBlock", "DeleteBucketPublicAccessBlock",
        ],
        "PutAccountPublicAccessBlock": ["DeleteAccountPublicAccessBlock"],
        "GetAccelerateConfiguration": ["GetBucketAccelerateConfiguration"],
        "PutAccelerateConfiguration": ["PutBucketAccelerateConfiguration"],
        "GetAnalyticsConfiguration": ["GetBucketAnalyticsConfiguration", "ListBucketAnalyticsConfigurations"],
        "PutAnalyticsConfiguration": ["PutBucketAnalyticsConfiguration", "DeleteBucketAnalyticsConfiguration"],
        "GetInventoryConfiguration": ["GetBucketInventoryConfiguration", "ListBucketInventoryConfigurations"],
        "PutInventoryConfiguration": ["PutBucketInventoryConfiguration", "DeleteBucketInventoryConfiguration"],
        "GetMetricsConfiguration": ["GetBucketMetricsConfiguration", "ListBucketMetricsConfigurations"],
        "PutMetricsConfiguration": ["PutBucketMetricsConfiguration", "DeleteBucketMetricsConfiguration"],
        "GetIntelligentTieringConfiguration": ["GetBucketIntelligentTieringConfiguration"],
        "GetBucketNotification": ["GetBucketNotificationConfiguration"],
        "PutBucketNotification": ["PutBucketNotificationConfiguration"],
        "GetBucketObjectLockConfiguration": ["GetObjectLockConfiguration"],
        "PutBucketObjectLockConfiguration": ["PutObjectLockConfiguration"],
        "PutBucketOwnershipControls": ["DeleteBucketOwnershipControls"],
    ]
}
