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

    /// The field that identifies an event, to recognize a second delivery of it. S3 access logs have none: all lines of
    /// one request that deletes many objects share its request ID.
    public var identityField: String? {
        switch self {
        case .cloudTrail: "eventID"
        case .s3Access, .vpcFlow: nil
        }
    }

    /// The fields that identify the actor. The first one that a record has counts. Calls of services, web identities
    /// and users of IAM Identity Center have no ARN (CloudTrail User Guide, "CloudTrail userIdentity element").
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

    /// Stands for the target of a call, which each API names by a parameter of its own. No record has a field of this
    /// name.
    public static let target = "(target)"

    /// The request parameters that name the target of a call, as paths, the most specific first.
    public static let targetParameters = [
        "trailName", "bucketName", "secretId", "keyId", "functionName", "groupId", "instanceId", "userName", "roleName",
        "groupName", "policyArn", "policyName", "roleArn", "snapshotId", "imageId", "vpcId", "logGroupName",
        "dBInstanceIdentifier", "detectorId", "DeleteFlowLogsRequest.FlowLogId.content",
        "instancesSet.items.instanceId",
        "name", "resourceArn", "arn", "id",
    ]

    /// The fields to use if a record lacks `field`, when records are grouped or shown. For the first actor field they
    /// are the other actor fields. For ``target`` they are the parameters that name the target.
    public func fields(insteadOf field: String) -> [String] {
        switch field {
        case actorFields[0]: Array(actorFields.dropFirst())
        case Self.target where self == .cloudTrail: Self.targetParameters.map { "requestParameters.\($0)" }
        default: []
        }
    }
}
