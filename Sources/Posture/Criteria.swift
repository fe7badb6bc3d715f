import Basics
public import FoundationEssentials

/// The inputs of an evaluation besides the inventory: the moment and the user's settings.
public struct Criteria: Sendable {
    /// The moment at which ages are measured.
    public var now: Date
    public var settings: Settings

    public init(now: Date, settings: Settings = Settings()) {
        self.now = now
        self.settings = settings
    }

    /// Whole days from `date` to ``now``; 0 for a date in the future.
    public func days(since date: Date) -> Int {
        Self.wholeDays(now.timeIntervalSince(date))
    }

    /// Whole days from ``now`` to `date`; 0 for a date in the past.
    public func days(until date: Date) -> Int {
        Self.wholeDays(date.timeIntervalSince(now))
    }

    /// Converts seconds to whole days: 0 if they are negative, and never more than ten thousand years.
    private static func wholeDays(_ seconds: TimeInterval) -> Int {
        Int(min(max(0, seconds / 86_400), 3_660_000))
    }

    /// Hours from `date` to ``now``; 0 for a date in the future.
    public func hours(since date: Date) -> Double {
        max(0, now.timeIntervalSince(date) / 3_600)
    }

    /// 2026-01-01T00:00:00Z with the default settings, for examples.
    public static let sample = Criteria(now: Date(timeIntervalSince1970: 1_767_225_600))

    /// The moment `days` days before ``now``.
    public func daysAgo(_ days: Int) -> Date {
        now.addingTimeInterval(-86_400 * Double(days))
    }

    /// The moment `hours` hours before ``now``.
    public func hoursAgo(_ hours: Int) -> Date {
        now.addingTimeInterval(-3_600 * Double(hours))
    }
}

/// The thresholds and exceptions that a user can set; the defaults are those of the CIS AWS Foundations Benchmark if it
/// has one.
public struct Settings: Sendable, Codable, Hashable {
    /// The maximum age of an active access key, in days.
    public var accessKeyMaximumAgeDays = 90
    /// The maximum time for which a key or password may be unused, in days.
    public var unusedCredentialDays = 45
    /// The time for which the root user must not have been used, in days.
    public var rootUseDays = 90
    /// The maximum age of the latest delivery of a logging trail, in hours.
    public var trailDeliveryHours = 24
    public var passwordMinimumLength = 14
    public var passwordMaximumAgeDays = 90
    public var passwordReusePrevention = 24
    /// The required entities: sources that are allowed to reach certain ports although they are wide.
    public var allowedIngress: [AllowedIngress] = []
    /// The ids of other accounts that are treated as the account's own.
    public var trustedAccounts: [String] = []
    /// The maximum time for which a permission may be unused, in days.
    public var unusedPermissionDays = 90

    /// The ARN of the bucket to which fixes let new flow logs deliver, optionally with a folder.
    public var flowLogBucket: String?
    /// The name of the bucket to which fixes let access logs of trail buckets be delivered.
    public var accessLogBucket: String?
    /// The name of the CloudWatch Logs group to which fixes let new flow logs deliver instead of a bucket.
    public var flowLogGroup: String?
    /// The ARN of the role with which flow logs write into ``flowLogGroup``; fixes create one if it is absent.
    public var flowLogRole: String?
    /// The name of the bucket that fixes create for the trail of an account without one.
    public var trailBucket: String?
    /// The ARN of the KMS key with which fixes encrypt trails.
    public var trailKey: String?
    /// The break-glass users, which are for emergencies and which fixes do not change: names or ARNs, in which `*` and
    /// `?` are wildcards.
    public var breakGlass: [String] = []
    /// The place in which fixes hand over secrets, such as new access keys: the absolute path of a folder, or
    /// `secretsmanager:` with the prefix of names in AWS Secrets Manager; `nil` for nowhere.
    public var handOver: String?
    /// How long fixes leave disabled keys and users before they delete them, in days; `nil` for ``deletionWait``.
    public var deletionWaitingDays: Int?
    /// The groups to which fixes move the policies of users, with the users: names, in which `*` and `?` are wildcards; `nil`
    /// if the fix chooses.
    public var userGroups: [String: [String]]?

    /// Unless ``deletionWaitingDays`` says otherwise: a monthly job would have missed the key.
    public static let deletionWait = 35

    /// The principals authorized to access the trails and their buckets; `nil` if the setting is absent.
    public var trailAccess: TrailAccess?

    public init() {}

    /// The names in the configuration file.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case accessKeyMaximumAgeDays = "access-key-maximum-age-days"
        case unusedCredentialDays = "unused-credential-days"
        case rootUseDays = "root-use-days"
        case trailDeliveryHours = "trail-delivery-hours"
        case passwordMinimumLength = "password-minimum-length"
        case passwordMaximumAgeDays = "password-maximum-age-days"
        case passwordReusePrevention = "password-reuse-prevention"
        case allowedIngress = "allowed-ingress"
        case trailAccess = "trail-access"
        case trustedAccounts = "trusted-accounts"
        case unusedPermissionDays = "unused-permission-days"
        case breakGlass = "break-glass"
        case flowLogBucket = "flow-log-bucket"
        case accessLogBucket = "access-log-bucket"
        case flowLogGroup = "flow-log-group"
        case flowLogRole = "flow-log-role"
        case trailBucket = "trail-bucket"
        case trailKey = "trail-key"
        case handOver = "hand-over"
        case deletionWaitingDays = "deletion-waiting-days"
        case userGroups = "user-groups"
    }
}

/// A number in the settings that a check compares with its facts.
struct Threshold: Sendable {
    /// The name in the configuration file.
    var name: String
    var value: Int
    var isDefault: Bool
    /// Whether a lower value is stricter: a maximum time, not a minimum length.
    var isMaximum: Bool

    var evidence: Evidence { Evidence(name, .int(value), from: isDefault ? .default : .settings) }

    /// The references to catalogues whose threshold differs, so that the check might give another verdict under it,
    /// each with that threshold.
    func differing(_ status: Finding.Status, from references: [Reference]) -> [(reference: Reference, limit: Int)] {
        references.compactMap { reference in
            guard let limit = reference.limit, limit != value else { return nil }
            let isStricter = isMaximum ? value < limit : value > limit
            return status == .fail && isStricter || status == .pass && !isStricter ? (reference, limit) : nil
        }
    }
}

extension Settings {
    /// The threshold of a name in the configuration file; `nil` if the name is not that of a threshold.
    func threshold(_ name: String) -> Threshold? {
        let thresholds: [CodingKeys: KeyPath<Settings, Int>] = [
            .accessKeyMaximumAgeDays: \.accessKeyMaximumAgeDays, .unusedCredentialDays: \.unusedCredentialDays,
            .rootUseDays: \.rootUseDays, .trailDeliveryHours: \.trailDeliveryHours,
            .passwordMinimumLength: \.passwordMinimumLength, .passwordMaximumAgeDays: \.passwordMaximumAgeDays,
            .passwordReusePrevention: \.passwordReusePrevention, .unusedPermissionDays: \.unusedPermissionDays,
        ]
        guard let path = CodingKeys(rawValue: name).flatMap({ thresholds[$0] }) else { return nil }
        let value = self[keyPath: path]
        return Threshold(
            name: name, value: value, isDefault: value == Settings()[keyPath: path],
            isMaximum: path != \.passwordMinimumLength && path != \.passwordReusePrevention && path != \.rootUseDays)
    }
}

/// A required entity: a source that is allowed to reach certain ports.
public struct AllowedIngress: Sendable, Codable, Hashable {
    /// A CIDR, a prefix list's id, or `*`.
    public var source: String
    /// Ports and port ranges, such as `443` or `8000-8099`; empty means every port.
    public var ports: [String]
    /// The security groups to which this applies, by id or name; empty means all.
    public var groups: [String]
    /// The reason why this is needed; it is shown as evidence.
    public var reason: String?

    public init(source: String, ports: [String] = [], groups: [String] = [], reason: String? = nil) {
        self.source = source
        self.ports = ports
        self.groups = groups
        self.reason = reason
    }
}

/// The principals authorized to access the trails and their buckets: lists of ARNs, in which `*` and `?` are wildcards.
public struct TrailAccess: Sendable, Codable, Hashable {
    /// The principals that are allowed to read log files.
    public var readers: [String] = []
    /// The principals, besides CloudTrail, that are allowed to write objects into the bucket.
    public var writers: [String] = []
    /// The principals that are allowed to delete objects, or the bucket.
    public var deleters: [String] = []
    /// The principals that are allowed to change the bucket: its policy, versioning, lifecycle, encryption and so on.
    public var administrators: [String] = []
    /// The principals that are allowed to stop, change or delete the trail.
    public var trailAdministrators: [String] = []

    public init() {}

    /// The names in the configuration file.
    public enum CodingKeys: String, CodingKey, CaseIterable {
        case readers
        case writers
        case deleters
        case administrators
        case trailAdministrators = "trail-administrators"
    }
}
