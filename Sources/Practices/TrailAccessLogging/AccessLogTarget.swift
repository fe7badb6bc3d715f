import AWSClient
import Basics
import Inventory
import Posture

/// Access logs that are sent to a bucket that does not take them are lost without a word.
struct AccessLogTarget: Check {
    let about = About(
        id: "trail-bucket-access-logging-target",
        title: "The bucket that receives a trail bucket's access logs exists and admits them",
        practice: .trailAccessLogging, severity: .medium,
        risk: """
            Amazon S3 reports no error where it cannot deliver access logs: logging looks as if it were on, and nothing \
            is recorded.
            """,
        judges: """
            The target must be a bucket of this account and not the trail bucket itself, which would log its own logs. \
            It must admit logging.s3.amazonaws.com under the prefix, by its policy or by an access control list that \
            gives S3's log delivery group WRITE and READ_ACP; a denial in the policy prevails. Where either rests on a \
            condition key whose value in the delivery cannot be foreseen, aws:SourceOrgID for example, the answer is \
            unknown. Trail buckets without access logging are another check's matter.
            """,
        remedy: """
            Name an existing bucket as the target, and let logging.s3.amazonaws.com put objects under the prefix in its \
            policy, for the trail bucket as aws:SourceArn.
            """,
        references: [.securityHub("S3.9"), .config("s3-bucket-logging-enabled")],
        sources: ["Amazon S3 User Guide: Enabling Amazon S3 server access logging"],
        reads: [.trails, .bucketLogging, .loggingTargetPolicy, .loggingTargetACL])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            guard let logging = try bucket.logging.value else { return nil }
            return try judge(logging, of: bucket, in: reading)
        }
    }

    private func judge(
        _ logging: BucketLogging, of bucket: Bucket, in reading: Reading
    ) throws(Unknown) -> Judgement {
        guard logging.targetBucket != bucket.name else {
            return .fail("The bucket receives its own access logs, which then log themselves", logging.evidence)
        }
        let target = reading.account.bucket(logging.targetBucket)
        guard !target.isKnownToBeMissing else {
            return .fail("The target \(target.name) does not exist in this account", logging.evidence)
        }
        let delivery = AccessLogDelivery(from: bucket.name, to: target, under: logging.targetPrefix, in: reading)
        let place = "\(target.name)/\(logging.targetPrefix)"
        switch try delivery.admission() {
        case .byPolicy(let evidence):
            return .pass("Log delivery is admitted to \(place)", logging.evidence + evidence)
        case .byACL(let evidence):
            return .pass("Log delivery is admitted to \(place) by the access control list", logging.evidence + evidence)
        case .denied(let evidence):
            return .fail("The target's policy denies log delivery to \(place)", logging.evidence + evidence)
        case .notMentioned(let evidence):
            return .fail("The target does not admit log delivery to \(place)", logging.evidence + evidence)
        }
    }
}

extension Bucket {
    fileprivate var isKnownToBeMissing: Bool {
        if case .unknown(let unknown) = region.state { unknown.reason == .notFound } else { false }
    }
}
