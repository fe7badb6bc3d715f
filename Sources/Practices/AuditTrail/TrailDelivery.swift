import AWSClient
import Basics
import Inventory
import Posture

/// A trail that is logging without delivering its files leaves no record.
struct TrailDelivery: Check {
    let about = About(
        id: "cloudtrail-delivery",
        title: "Trails should deliver log and digest files without errors",
        practice: .auditTrail, severity: .high,
        risk: """
            If the bucket was deleted or its policy changed, log delivery fails silently while the console still shows \
            the trail as logging.
            """,
        judges: """
            The bucket must exist, the trail must be logging, and its latest delivery must have no error and must not be \
            older than the limit. If log file validation is enabled, the same applies to digest files, which CloudTrail \
            delivers every hour even without events. A trail that was started within the limit and has not delivered yet \
            is not determined. A single-Region trail without any event for longer than the limit also fails, because \
            failed delivery cannot be distinguished from inactivity.
            """,
        remedy: """
            Fix the cause that the error names: the bucket, its policy, or the key policy. Start logging if the trail \
            is stopped.
            """,
        sources: [
            "AWS CloudTrail API Reference: GetTrailStatus",
            "AWS CloudTrail User Guide: Amazon S3 bucket policy for CloudTrail",
        ],
        reads: [.trails, .trailStatus, .bucketRegions],
        settings: ["trail-delivery-hours"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let limit = reading.settings.trailDeliveryHours
        return try reading.judgeEach(.trails) { trail throws(Unknown) in
            let region = reading[.bucketRegions][trail.s3BucketName]
            if case .unknown(let unknown) = region.state, unknown.reason == .notFound {
                return .fail(
                    "Bucket \(trail.s3BucketName) does not exist: log files are lost, or go to any account that creates it",
                    Evidence("S3BucketName", .string(trail.s3BucketName), from: .describeTrails),
                    Evidence("Code", "NoSuchBucket", from: .getBucketLocation))
            }
            let status = try trail.status.value
            guard status.isLogging else {
                return .fail(
                    "The trail is stopped: no log files are delivered",
                    Evidence("IsLogging", false, from: .getTrailStatus))
            }
            var deliveries = [status.logFileDelivery]
            if trail.logFileValidationEnabled { deliveries.append(status.digestDelivery) }
            let judgement = try Delivery.judge(deliveries, within: limit, by: reading)
            // The last delivery can have succeeded although the bucket has been deleted since.
            if judgement.status == .pass, case .unknown(let unknown) = region.state,
                unknown.reason != .anotherAccount
            {
                throw unknown
            }
            return judgement
        }
    }
}
