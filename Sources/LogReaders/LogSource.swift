/// The logs that Parapet reads, as rules name them.
public enum LogSource: String, Sendable, Hashable, CaseIterable {
    case cloudTrail = "cloudtrail"
    case s3Access = "s3-access"
    case vpcFlow = "vpc-flow"

    /// The field with the time of the event.
    public var timeField: String {
        switch self {
        case .cloudTrail: "eventTime"
        case .s3Access: "time"
        case .vpcFlow: "start"
        }
    }

    /// The field that identifies an event that was delivered twice. None for S3's access logs, in which the lines of
    /// one request that deletes many objects share its identifier.
    public var identityField: String? {
        switch self {
        case .cloudTrail: "eventID"
        case .s3Access, .vpcFlow: nil
        }
    }

    /// The fields that say who acted. The first of these that a record has counts: calls of services, web identities and
    /// users of IAM Identity Center have no ARN (CloudTrail User Guide, "CloudTrail userIdentity element").
    public var actorFields: [String] {
        switch self {
        case .cloudTrail:
            [
                "userIdentity.arn", "userIdentity.onBehalfOf.userId", "userIdentity.invokedBy", "userIdentity.userName",
                "userIdentity.principalId", "userIdentity.type", "sourceIPAddress",
            ]
        case .s3Access: ["requester", "remote_ip"]
        case .vpcFlow: ["interface-id", "tgw-attachment-id", "resource-id", "srcaddr"]
        }
    }

    /// Stands for what a call is about, which each call names by a parameter of its own. No record has a field of this name.
    public static let target = "(target)"

    /// The request parameters by which calls name what they are about, the most telling first.
    public static let targetParameters = [
        "trailName", "bucketName", "secretId", "keyId", "functionName", "groupId", "instanceId", "userName", "roleName",
        "groupName", "policyArn", "policyName", "roleArn", "snapshotId", "imageId", "vpcId", "logGroupName",
        "dBInstanceIdentifier", "detectorId", "name", "resourceArn", "arn", "id",
    ]

    /// The fields in the place of one that a record does not have, when records are grouped or shown: the others that say
    /// who acted, if it is the first of these, and those that say what a call is about, if it is ``target``.
    public func fields(insteadOf field: String) -> [String] {
        switch field {
        case actorFields[0]: Array(actorFields.dropFirst())
        case Self.target where self == .cloudTrail: Self.targetParameters.map { "requestParameters.\($0)" }
        default: []
        }
    }
}
