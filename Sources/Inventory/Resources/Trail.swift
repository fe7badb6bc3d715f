public import FoundationEssentials

/// A CloudTrail trail, as `DescribeTrails` shows it, with what further calls tell of it.
public struct Trail: Sendable, Codable {
    public var arn: String
    public var name: String
    public var homeRegion: String
    public var isMultiRegion: Bool
    /// Created by the organisation's management account for all its members.
    public var isOrganizationTrail: Bool
    /// `LogFileValidationEnabled`: signed digests are written.
    public var validatesLogFiles: Bool
    public var bucketName: String
    public var keyPrefix: String?
    /// `KmsKeyId`: an id, alias or ARN, where log files are encrypted with a KMS key.
    public var keyReference: String?
    public var logGroupARN: String?

    public var status: Fact<TrailStatus> = .notCollected
    public var eventSelectors: Fact<EventSelectors> = .notCollected

    public init(
        arn: String, name: String, homeRegion: String, isMultiRegion: Bool, isOrganizationTrail: Bool,
        validatesLogFiles: Bool, bucketName: String, keyPrefix: String? = nil, keyReference: String? = nil,
        logGroupARN: String? = nil
    ) {
        self.arn = arn
        self.name = name
        self.homeRegion = homeRegion
        self.isMultiRegion = isMultiRegion
        self.isOrganizationTrail = isOrganizationTrail
        self.validatesLogFiles = validatesLogFiles
        self.bucketName = bucketName
        self.keyPrefix = keyPrefix
        self.keyReference = keyReference
        self.logGroupARN = logGroupARN
    }

    /// The account that owns the trail: another one for an organisation trail seen from a member.
    public var accountID: String {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count > 4 ? String(fields[4]) : ""
    }

    /// Whether the trail records what happens in `region`.
    public func covers(_ region: String) -> Bool {
        isMultiRegion || homeRegion == region
    }
}

/// What `GetTrailStatus` says: whether the trail logs, and whether what it logs arrives.
public struct TrailStatus: Sendable, Codable {
    public var isLogging: Bool
    /// The S3 error of the last failed delivery, such as `NoSuchBucket`; absent while deliveries succeed.
    public var latestDeliveryError: String?
    public var latestDeliveryTime: Date?
    public var latestDigestDeliveryError: String?
    public var latestDigestDeliveryTime: Date?
    public var latestCloudWatchLogsDeliveryError: String?
    public var latestCloudWatchLogsDeliveryTime: Date?
    public var startLoggingTime: Date?

    public init(
        isLogging: Bool, latestDeliveryError: String? = nil, latestDeliveryTime: Date? = nil,
        latestDigestDeliveryError: String? = nil, latestDigestDeliveryTime: Date? = nil,
        latestCloudWatchLogsDeliveryError: String? = nil, latestCloudWatchLogsDeliveryTime: Date? = nil,
        startLoggingTime: Date? = nil
    ) {
        self.isLogging = isLogging
        self.latestDeliveryError = latestDeliveryError
        self.latestDeliveryTime = latestDeliveryTime
        self.latestDigestDeliveryError = latestDigestDeliveryError
        self.latestDigestDeliveryTime = latestDigestDeliveryTime
        self.latestCloudWatchLogsDeliveryError = latestCloudWatchLogsDeliveryError
        self.latestCloudWatchLogsDeliveryTime = latestCloudWatchLogsDeliveryTime
        self.startLoggingTime = startLoggingTime
    }
}
