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
}
