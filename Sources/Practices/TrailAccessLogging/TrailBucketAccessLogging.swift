import AWSClient
import Basics
import Inventory
import Posture

/// Access logs show who read or deleted the trail's files.
struct TrailBucketAccessLogging: Check {
    let about = About(
        id: "trail-bucket-access-logging",
        title: "Server access logging is on for every trail bucket",
        practice: .trailAccessLogging, severity: .medium,
        risk: "Somebody reads the log to learn what you can see, or deletes parts of it, and leaves no trace.",
        remedy: "Enable server access logging on the trail's bucket, to another bucket of the same account and region.",
        references: [
            .prowler("cloudtrail_logs_s3_bucket_access_logging_enabled"), .securityHub("CloudTrail.7"),
            .cis("1.4", "3.6"), .cis("3.0", "3.4"), .cis("5.0", "3.4"),
            .config("s3-bucket-logging-enabled"),
        ],
        sources: ["Amazon S3 User Guide: Logging requests with server access logging"],
        reads: [.trails, .bucketLogging])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            guard let logging = try bucket.logging.value else {
                return .fail(
                    "Server access logging is off", Evidence("LoggingEnabled", .null, from: .getBucketLogging))
            }
            return .pass("Access is logged to \(logging.targetBucket)", logging.evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("access is logged to another bucket") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .fails("access logging is off") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.logging = .known(nil) })
            },
            .unknown("the bucket's logging cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.logging = .denied(.getBucketLogging) })
            },
            .unknown("the bucket belongs to another account") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.logging = .elsewhere(.listBuckets) })
            },
        ]
    }
}

extension BucketLogging {
    var evidence: [Evidence] {
        [
            Evidence("TargetBucket", .string(targetBucket), from: .getBucketLogging),
            Evidence("TargetPrefix", .string(targetPrefix), from: .getBucketLogging),
        ]
    }
}
