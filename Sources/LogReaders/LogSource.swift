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

    /// The fields in the place of one that a record does not have, when records are grouped: the others that say who
    /// acted, if it is the first of these.
    public func fields(insteadOf field: String) -> [String] {
        field == actorFields[0] ? Array(actorFields.dropFirst()) : []
    }
}
