/// The logs that Parapet reads, as rules name them.
public enum LogSource: String, Sendable, Hashable, CaseIterable {
    case cloudTrail = "cloudtrail"
    case s3Access = "s3-access"
    case vpcFlow = "vpc-flow"

    /// The field with the moment of the event.
    public var timeField: String {
        switch self {
        case .cloudTrail: "eventTime"
        case .s3Access: "time"
        case .vpcFlow: "start"
        }
    }

    /// The field by which an event that was delivered twice is known again. None for S3's access logs: the lines of one
    /// request that deletes many objects share its id.
    public var identityField: String? {
        switch self {
        case .cloudTrail: "eventID"
        case .s3Access, .vpcFlow: nil
        }
    }
}
