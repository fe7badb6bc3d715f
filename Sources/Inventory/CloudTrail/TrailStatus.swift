import AWSClient
public import FoundationEssentials

/// Answer of `GetTrailStatus`: whether the trail is logging, and whether its deliveries succeed.
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
}

extension Facet {
    public static let trailStatus = FacetOf<ByName<TrailStatus>>.each(
        "trailStatus", of: [.trails], at: Account.trailPlaces, { trail, _ in CloudTrail.getTrailStatus(trail: trail) }
    ) { (answers: [TrailStatus]) throws(Unknown) in
        try answers.only(.getTrailStatus).withoutEmptyErrors
    }
}

extension TrailStatus {
    /// The status without errors that are empty strings: an empty string means no error.
    fileprivate var withoutEmptyErrors: TrailStatus {
        var status = self
        for error in [
            \TrailStatus.latestDeliveryError, \.latestDigestDeliveryError, \.latestCloudWatchLogsDeliveryError,
        ] where status[keyPath: error]?.isEmpty == true {
            status[keyPath: error] = nil
        }
        return status
    }
}

extension TrailStatus: Sampled {
    /// Logging for a month; the last delivery was a few minutes ago.
    public static var sample: TrailStatus {
        let now = Account.sample.readAt
        return TrailStatus(
            isLogging: true, latestDeliveryTime: now.addingTimeInterval(-300),
            latestDigestDeliveryTime: now.addingTimeInterval(-2_400),
            latestCloudWatchLogsDeliveryTime: now.addingTimeInterval(-300),
            startLoggingTime: now.addingTimeInterval(-30 * 86_400))
    }

    /// Stopped; the last delivery was ten days ago.
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
