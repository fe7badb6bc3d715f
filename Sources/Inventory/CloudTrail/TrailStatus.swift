import AWSClient
public import FoundationEssentials

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

extension Facet {
    public static let trailStatus = FacetOf.each(
        "trailStatus", of: [.trails], at: Account.trailPlaces, { trail, _ in CloudTrail.getTrailStatus(trail: trail) }
    ) { answers throws(Unknown) in
        TrailStatus(try answers.only(.getTrailStatus))
    }
}

extension TrailStatus {
    fileprivate init(_ answer: GetTrailStatusAnswer) {
        self.init(
            isLogging: answer.isLogging, latestDeliveryError: answer.latestDeliveryError?.nonEmpty,
            latestDeliveryTime: answer.latestDeliveryTime,
            latestDigestDeliveryError: answer.latestDigestDeliveryError?.nonEmpty,
            latestDigestDeliveryTime: answer.latestDigestDeliveryTime,
            latestCloudWatchLogsDeliveryError: answer.latestCloudWatchLogsDeliveryError?.nonEmpty,
            latestCloudWatchLogsDeliveryTime: answer.latestCloudWatchLogsDeliveryTime,
            startLoggingTime: answer.startLoggingTime)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}

extension TrailStatus: Sampled {
    /// Logging for a month, everything delivered a few minutes ago.
    public static var sample: TrailStatus {
        let now = Account.sample.readAt
        return TrailStatus(
            isLogging: true, latestDeliveryTime: now.addingTimeInterval(-300),
            latestDigestDeliveryTime: now.addingTimeInterval(-2_400),
            latestCloudWatchLogsDeliveryTime: now.addingTimeInterval(-300),
            startLoggingTime: now.addingTimeInterval(-30 * 86_400))
    }

    /// Stopped, and silent for ten days.
    public static var stopped: TrailStatus {
        let then = Account.sample.readAt.addingTimeInterval(-10 * 86_400)
        return .sample {
            $0.isLogging = false
            $0.latestDeliveryTime = then
            $0.latestDigestDeliveryTime = then
            $0.latestCloudWatchLogsDeliveryTime = then
        }
    }
}
