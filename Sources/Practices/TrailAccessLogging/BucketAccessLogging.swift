import AWSClient
import Basics
import Inventory
import Posture

/// Access logs show which principal read or deleted an object: one check for trail buckets, one for all buckets.
struct BucketAccessLogging: Check {
    static let ofTrails = BucketAccessLogging(
        .trailBuckets, with: .bucketLogging, "trail-bucket-access-logging",
        title: "CloudTrail buckets should have server access logging enabled", .trailAccessLogging, .medium,
        risk: "Reads and deletions of log files are not recorded.",
        references: [
            .prowler("cloudtrail_logs_s3_bucket_access_logging_enabled"), .securityHub("CloudTrail.7"),
            .cis("1.4", "3.6"), .cis("3.0", "3.4"), .cis("5.0", "3.4"),
        ])

    static let ofAll = BucketAccessLogging(
        .buckets, with: .everyBucketLogging, "s3-bucket-access-logging",
        title: "S3 buckets should have server access logging enabled", .content, .low,
        risk: "Reads, changes and deletions of the bucket's objects are not recorded.",
        references: [.securityHub("S3.9"), .config("s3-bucket-logging-enabled")],
        impliedBy: "trail-bucket-access-logging")

    let about: About
    private let each: Each<Bucket>

    private init(
        _ each: Each<Bucket>, with logging: Facet, _ id: String, title: String, _ practice: Practice,
        _ severity: Severity, risk: String, references: [Reference], impliedBy: String? = nil
    ) {
        self.each = each
        about = About(
            id: id, title: title, practice: practice, severity: severity, risk: risk,
            remedy: """
                Enable server access logging on the bucket, with a target bucket in the same account and Region.
                """,
            references: references,
            sources: ["Amazon S3 User Guide: Logging requests with server access logging"],
            reads: each.reads.union([logging]), impliedBy: Set([impliedBy].compactMap(\.self)))
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(each) { bucket throws(Unknown) in
            guard let logging = try bucket.logging.value else {
                return .fail(
                    "Server access logging is disabled", Evidence("LoggingEnabled", .null, from: .getBucketLogging))
            }
            return .pass("Server access logging is enabled (target: \(logging.targetBucket))", logging.evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("server access logging has another bucket as target") { each.hold(&$0, .sample) },
            .fails("server access logging is disabled") { each.hold(&$0, .sample { $0.logging = .known(nil) }) },
            .unknown("the logging configuration of the bucket cannot be read") {
                each.hold(&$0, .sample { $0.logging = .denied(.getBucketLogging) })
            },
            .unknown("the bucket belongs to another account") {
                each.hold(&$0, .sample { $0.logging = .elsewhere(.listBuckets) })
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
