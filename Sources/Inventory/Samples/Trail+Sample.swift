import FoundationEssentials

extension Trail: Sampled {
    /// A trail of all regions that logs, signs digests, encrypts, and delivers to a bucket and a log group.
    public static var sample: Trail {
        var trail = Trail(
            arn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", name: "main", homeRegion: "us-east-1",
            isMultiRegion: true, isOrganizationTrail: false, validatesLogFiles: true, bucketName: Bucket.sample.name,
            keyReference: EncryptionKey.sample.reference, logGroupARN: LogGroup.sample.arn)
        trail.status = .known(.sample)
        trail.eventSelectors = .known(.sample)
        return trail
    }

    /// A second trail, of one region only.
    public static func sample(
        named name: String, in region: String, _ change: (inout Trail) -> Void = { _ in }
    ) -> Trail {
        .sample {
            $0.arn = "arn:aws:cloudtrail:\(region):123456789012:trail/\(name)"
            $0.name = name
            $0.homeRegion = region
            $0.isMultiRegion = false
            change(&$0)
        }
    }
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

extension EventSelectors: Sampled {
    /// All management events.
    public static var sample: EventSelectors {
        EventSelectors(basic: [EventSelector(readWriteType: .all, includesManagementEvents: true)])
    }
}
