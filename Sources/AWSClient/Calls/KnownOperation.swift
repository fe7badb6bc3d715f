public import Basics

/// An operation that a plan can name: its effect, and the encoding of its parameters on the wire.
///
/// Source of names and shapes: the API Reference of each service.
public struct KnownOperation: Sendable {
    public enum Effect: Sendable {
        case reads
        /// Idempotent if sending the request twice has the same effect as sending it once.
        case writes(isIdempotent: Bool)
    }

    public let operation: Operation
    public let effect: Effect
    /// The error codes by which AWS says that the resource does not exist.
    let absent: Set<String>
    let answerElements: [String]
    /// HTTP method, for Amazon S3.
    private let method: String
    private let subresource: String?
    /// Permissions needed in addition to the operation's own, such as `iam:PassRole`.
    let alsoNeeds: [String]

    public var permissions: [String] { [operation.permission] + alsoNeeds }

    private init(
        _ operation: Operation, _ effect: Effect, absent: Set<String> = [], answer: [String] = [],
        method: String = "POST", subresource: String? = nil, alsoNeeds: [String] = []
    ) {
        self.operation = operation
        self.effect = effect
        self.absent = absent
        answerElements = answer
        self.method = method
        self.subresource = subresource
        self.alsoNeeds = alsoNeeds
    }

    /// - Throws: ``Failure`` if no known operation has the call's name.
    public init(of call: APICall) throws(Failure) {
        guard let known = Self.byName[call.name] else {
            throw Failure(
                "\(call.name) cannot be sent", why: "it is no operation that Parapet's fixes use",
                advice: "make the plan again")
        }
        self = known
    }

    public var isWrite: Bool { if case .writes = effect { true } else { false } }

    private static let byName = Dictionary(
        uniqueKeysWithValues: all.map { ("\($0.operation.service.signingName):\($0.operation.name)", $0) })

    private static func read(
        _ operation: Operation, absent: String..., answer: String..., subresource: String? = nil
    ) -> KnownOperation {
        KnownOperation(
            operation, .reads, absent: Set(absent), answer: answer, method: "GET", subresource: subresource)
    }

    /// Creates a write that sets a value and can therefore be sent twice.
    private static func set(
        _ operation: Operation, method: String = "PUT", subresource: String? = nil, alsoNeeds: [String] = []
    ) -> KnownOperation {
        KnownOperation(
            operation, .writes(isIdempotent: true), method: method, subresource: subresource, alsoNeeds: alsoNeeds)
    }

    private static func once(_ operation: Operation, alsoNeeds: [String] = []) -> KnownOperation {
        KnownOperation(operation, .writes(isIdempotent: false), alsoNeeds: alsoNeeds)
    }

    /// All operations that plans can name. No other operation can be sent; each fix declares which of them its plans
    /// use.
    public static let all: [KnownOperation] = [
        // AWS IAM
        read(.getAccountPasswordPolicy, absent: "NoSuchEntity"),
        set(.updateAccountPasswordPolicy), set(.deleteAccountPasswordPolicy),
        read(.listAccessKeys), set(.updateAccessKey),
        read(.getAccessKeyLastUsed), once(.createAccessKey), set(.deleteAccessKey),
        read(.getUser, absent: "NoSuchEntity"), set(.deleteUser),
        read(.getLoginProfile, absent: "NoSuchEntity"), once(.createLoginProfile), set(.deleteLoginProfile),
        read(.listSSHPublicKeys), set(.updateSSHPublicKey), set(.deleteSSHPublicKey),
        read(.listSigningCertificates), set(.updateSigningCertificate), set(.deleteSigningCertificate),
        read(.listServiceSpecificCredentials), set(.updateServiceSpecificCredential),
        set(.deleteServiceSpecificCredential),
        read(.listMFADevices), set(.deactivateMFADevice),
        read(.getPolicy, absent: "NoSuchEntity"), read(.getPolicyVersion, absent: "NoSuchEntity"),
        read(.listPolicyVersions), once(.createPolicyVersion), set(.setDefaultPolicyVersion),
        set(.deletePolicyVersion),
        read(.listAttachedGroupPolicies, absent: "NoSuchEntity"), read(.listAttachedUserPolicies),
        read(.getGroup, absent: "NoSuchEntity"), read(.listGroupsForUser),
        read(.getUserPolicy, absent: "NoSuchEntity"), read(.getGroupPolicy, absent: "NoSuchEntity"),
        once(.createGroup), once(.deleteGroup), set(.attachGroupPolicy), set(.detachGroupPolicy),
        set(.putGroupPolicy), set(.deleteGroupPolicy), set(.addUserToGroup), set(.removeUserFromGroup),
        set(.attachUserPolicy), set(.detachUserPolicy), set(.putUserPolicy), set(.deleteUserPolicy),
        read(.getRole, absent: "NoSuchEntity"), read(.getRolePolicy, absent: "NoSuchEntity"),
        once(.createRole), once(.deleteRole), set(.putRolePolicy), set(.deleteRolePolicy),
        // AWS CloudTrail
        read(.getTrail, absent: "TrailNotFoundException"), read(.getTrailStatus), read(.getEventSelectors),
        set(.updateTrail), set(.startLogging), set(.stopLogging), set(.putEventSelectors),
        once(.createTrail), once(.deleteTrail),
        // Amazon S3
        read(.getBucketLocation, absent: "NoSuchBucket", answer: "LocationConstraint", subresource: "location"),
        set(.createBucket), set(.deleteBucket, method: "DELETE"),
        read(
            .getBucketEncryption, absent: "ServerSideEncryptionConfigurationNotFoundError",
            answer: "ServerSideEncryptionConfiguration", subresource: "encryption"),
        set(.putBucketEncryption, subresource: "encryption"),
        set(.deleteBucketEncryption, method: "DELETE", subresource: "encryption"),
        read(.getBucketPolicy, absent: "NoSuchBucketPolicy", subresource: "policy"),
        set(.putBucketPolicy, subresource: "policy"),
        set(.deleteBucketPolicy, method: "DELETE", subresource: "policy"),
        read(
            .getBucketVersioning, answer: "VersioningConfiguration", "GetBucketVersioningResponse",
            subresource: "versioning"),
        set(.putBucketVersioning, subresource: "versioning"),
        read(
            .getPublicAccessBlock, absent: "NoSuchPublicAccessBlockConfiguration",
            answer: "PublicAccessBlockConfiguration", subresource: "publicAccessBlock"),
        set(.putPublicAccessBlock, subresource: "publicAccessBlock"),
        set(.deletePublicAccessBlock, method: "DELETE", subresource: "publicAccessBlock"),
        read(.getBucketLogging, answer: "BucketLoggingStatus", subresource: "logging"),
        set(.putBucketLogging, subresource: "logging"),
        // AWS KMS
        read(.getKeyRotationStatus), set(.enableKeyRotation), set(.disableKeyRotation),
        // A key that is created twice is two keys; an alias is taken once.
        once(.createKey, alsoNeeds: ["kms:TagResource"]), once(.createAlias),
        read(.describeKey, absent: "NotFoundException"), set(.enableKey), set(.disableKey), read(.getKeyPolicy),
        set(.putKeyPolicy),
        // AWS Secrets Manager
        read(.describeSecret, absent: "ResourceNotFoundException"), once(.createSecret), set(.putSecretValue),
        once(.deleteSecret),
        // Amazon EC2
        read(.describeSecurityGroupRules),
        once(.authorizeSecurityGroupIngress), once(.revokeSecurityGroupIngress),
        read(.describeFlowLogs),
        once(.createFlowLogs), once(.deleteFlowLogs),
        // AWS Resource Groups Tagging API
        read(.getResources),
        // Amazon CloudWatch Logs
        read(.describeLogGroups), once(.createLogGroup), once(.deleteLogGroup),
    ]

    // MARK: - Wire format

    func encoded(_ call: APICall) throws(Failure) -> (parameters: [String: JSON], binding: RESTBinding) {
        guard let object = call.parameters.object else {
            throw Failure(
                "\(call.name) cannot be sent", why: "its parameters are no object", advice: "make the plan again")
        }
        var parameters = Dictionary(object.members.map { ($0.name, $0.value) }) { _, last in last }
        switch operation.service.wireProtocol {
        case .ec2:
            return (Self.ec2Names(.object(JSON.Object(parameters))).asDictionary, RESTBinding())
        case .restXML:
            let owner = parameters.removeValue(forKey: "ExpectedBucketOwner")?.text
            guard let bucket = parameters.removeValue(forKey: "Bucket")?.text, !bucket.isEmpty, parameters.count <= 1,
                // Only the creation of a bucket has no owner, because the bucket does not exist yet.
                (owner == nil) == (operation == .createBucket)
            else {
                throw Failure(
                    "\(call.name) cannot be sent", why: "it does not name a bucket, its owner and one configuration",
                    advice: "make the plan again")
            }
            return (
                parameters.mapValues(Self.s3Names),
                RESTBinding(
                    method: method, bucket: bucket, query: subresource.map { [.init($0, "")] } ?? [],
                    headers: owner.map { [.init("x-amz-expected-bucket-owner", $0)] } ?? [])
            )
        case .awsJSON, .query, .restJSON: return (parameters, RESTBinding())
        }
    }

    /// Replaces the plural name of a list by the singular that Amazon S3 uses on the wire.
    private static func s3Names(_ value: JSON) -> JSON {
        guard let object = value.object else { return value }
        return .members(object.members.map { .init($0.name == "Rules" ? "Rule" : $0.name, $0.value) })
    }

    /// Wire names of lists that Amazon EC2 names differently than the AWS CLI reference.
    private static let ec2ListNames = [
        "ResourceIds": "ResourceId", "FlowLogIds": "FlowLogId", "Filters": "Filter", "Values": "Value",
        "SecurityGroupRuleIds": "SecurityGroupRuleId", "TagSpecifications": "TagSpecification", "Tags": "Tag",
        "UserIdGroupPairs": "Groups",
    ]

    private static func ec2Names(_ value: JSON) -> JSON {
        switch value {
        case .object(let object):
            .members(object.members.map { .init(ec2ListNames[$0.name] ?? $0.name, ec2Names($0.value)) })
        case .array(let elements): .array(elements.map(ec2Names))
        default: value
        }
    }
}

extension JSON {
    fileprivate var asDictionary: [String: JSON] {
        Dictionary((object?.members ?? []).map { ($0.name, $0.value) }) { _, last in last }
    }
}

extension Operation {
    public static let updateAccountPasswordPolicy = Operation(.iam, "UpdateAccountPasswordPolicy")
    public static let deleteAccountPasswordPolicy = Operation(.iam, "DeleteAccountPasswordPolicy")
    public static let listAccessKeys = Operation(.iam, "ListAccessKeys")
    public static let updateAccessKey = Operation(.iam, "UpdateAccessKey")
    public static let getAccessKeyLastUsed = Operation(.iam, "GetAccessKeyLastUsed")
    public static let createAccessKey = Operation(.iam, "CreateAccessKey")
    public static let deleteAccessKey = Operation(.iam, "DeleteAccessKey")
    public static let getUser = Operation(.iam, "GetUser")
    public static let deleteUser = Operation(.iam, "DeleteUser")
    public static let getLoginProfile = Operation(.iam, "GetLoginProfile")
    public static let createLoginProfile = Operation(.iam, "CreateLoginProfile")
    public static let deleteLoginProfile = Operation(.iam, "DeleteLoginProfile")
    public static let listSSHPublicKeys = Operation(.iam, "ListSSHPublicKeys")
    public static let updateSSHPublicKey = Operation(.iam, "UpdateSSHPublicKey")
    public static let deleteSSHPublicKey = Operation(.iam, "DeleteSSHPublicKey")
    public static let listSigningCertificates = Operation(.iam, "ListSigningCertificates")
    public static let updateSigningCertificate = Operation(.iam, "UpdateSigningCertificate")
    public static let deleteSigningCertificate = Operation(.iam, "DeleteSigningCertificate")
    public static let listServiceSpecificCredentials = Operation(.iam, "ListServiceSpecificCredentials")
    public static let updateServiceSpecificCredential = Operation(.iam, "UpdateServiceSpecificCredential")
    public static let deleteServiceSpecificCredential = Operation(.iam, "DeleteServiceSpecificCredential")
    public static let listMFADevices = Operation(.iam, "ListMFADevices")
    public static let deactivateMFADevice = Operation(.iam, "DeactivateMFADevice")
    public static let getPolicy = Operation(.iam, "GetPolicy")
    public static let getPolicyVersion = Operation(.iam, "GetPolicyVersion")
    public static let listPolicyVersions = Operation(.iam, "ListPolicyVersions")
    public static let createPolicyVersion = Operation(.iam, "CreatePolicyVersion")
    public static let setDefaultPolicyVersion = Operation(.iam, "SetDefaultPolicyVersion")
    public static let deletePolicyVersion = Operation(.iam, "DeletePolicyVersion")
    public static let listAttachedGroupPolicies = Operation(.iam, "ListAttachedGroupPolicies")
    public static let listAttachedUserPolicies = Operation(.iam, "ListAttachedUserPolicies")
    public static let getGroup = Operation(.iam, "GetGroup")
    public static let listGroupsForUser = Operation(.iam, "ListGroupsForUser")
    public static let getUserPolicy = Operation(.iam, "GetUserPolicy")
    public static let getGroupPolicy = Operation(.iam, "GetGroupPolicy")
    public static let createGroup = Operation(.iam, "CreateGroup")
    public static let deleteGroup = Operation(.iam, "DeleteGroup")
    public static let attachGroupPolicy = Operation(.iam, "AttachGroupPolicy")
    public static let detachGroupPolicy = Operation(.iam, "DetachGroupPolicy")
    public static let putGroupPolicy = Operation(.iam, "PutGroupPolicy")
    public static let deleteGroupPolicy = Operation(.iam, "DeleteGroupPolicy")
    public static let addUserToGroup = Operation(.iam, "AddUserToGroup")
    public static let removeUserFromGroup = Operation(.iam, "RemoveUserFromGroup")
    public static let attachUserPolicy = Operation(.iam, "AttachUserPolicy")
    public static let detachUserPolicy = Operation(.iam, "DetachUserPolicy")
    public static let putUserPolicy = Operation(.iam, "PutUserPolicy")
    public static let deleteUserPolicy = Operation(.iam, "DeleteUserPolicy")
    public static let getRole = Operation(.iam, "GetRole")
    public static let getRolePolicy = Operation(.iam, "GetRolePolicy")
    public static let createRole = Operation(.iam, "CreateRole")
    public static let deleteRole = Operation(.iam, "DeleteRole")
    public static let putRolePolicy = Operation(.iam, "PutRolePolicy")
    public static let deleteRolePolicy = Operation(.iam, "DeleteRolePolicy")

    public static let getTrail = Operation(.cloudTrail, "GetTrail")
    public static let createTrail = Operation(.cloudTrail, "CreateTrail")
    public static let deleteTrail = Operation(.cloudTrail, "DeleteTrail")
    public static let startLogging = Operation(.cloudTrail, "StartLogging")
    public static let stopLogging = Operation(.cloudTrail, "StopLogging")
    public static let putEventSelectors = Operation(.cloudTrail, "PutEventSelectors")

    public static let createBucket = Operation(.s3, "CreateBucket")
    public static let deleteBucket = Operation(.s3, "DeleteBucket")
    public static let putBucketEncryption = Operation(
        .s3, "PutBucketEncryption", permission: "s3:PutEncryptionConfiguration")
    public static let deleteBucketEncryption = Operation(
        .s3, "DeleteBucketEncryption", permission: "s3:PutEncryptionConfiguration")
    public static let putBucketPolicy = Operation(.s3, "PutBucketPolicy")
    public static let deleteBucketPolicy = Operation(.s3, "DeleteBucketPolicy")
    public static let putBucketVersioning = Operation(.s3, "PutBucketVersioning")
    public static let putPublicAccessBlock = Operation(
        .s3, "PutPublicAccessBlock", permission: "s3:PutBucketPublicAccessBlock")
    public static let deletePublicAccessBlock = Operation(
        .s3, "DeletePublicAccessBlock", permission: "s3:PutBucketPublicAccessBlock")
    public static let putBucketLogging = Operation(.s3, "PutBucketLogging")

    public static let enableKeyRotation = Operation(.kms, "EnableKeyRotation")
    public static let createKey = Operation(.kms, "CreateKey")
    public static let createAlias = Operation(.kms, "CreateAlias")
    public static let enableKey = Operation(.kms, "EnableKey")
    public static let disableKey = Operation(.kms, "DisableKey")
    public static let putKeyPolicy = Operation(.kms, "PutKeyPolicy")
    public static let createLogGroup = Operation(.cloudWatchLogs, "CreateLogGroup")
    public static let deleteLogGroup = Operation(.cloudWatchLogs, "DeleteLogGroup")
    public static let disableKeyRotation = Operation(.kms, "DisableKeyRotation")

    public static let authorizeSecurityGroupIngress = Operation(.ec2, "AuthorizeSecurityGroupIngress")
    public static let revokeSecurityGroupIngress = Operation(.ec2, "RevokeSecurityGroupIngress")
    public static let deleteFlowLogs = Operation(.ec2, "DeleteFlowLogs")
}
