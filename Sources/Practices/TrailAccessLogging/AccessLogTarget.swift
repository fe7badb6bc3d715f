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
            unknown. It must be in the trail bucket's region, have no default retention by Object Lock, not be set to \
            Requester Pays, and encrypt by default with Amazon S3's own keys (AES256): AWS supports no other encryption \
            here, so that AWS's KMS key and a key that does not admit log delivery fail, and a customer's key that does \
            is unknown. Trail buckets without access logging are another check's matter.
            """,
        remedy: """
            Name an existing bucket as the target, and let logging.s3.amazonaws.com put objects under the prefix in its \
            policy, for the trail bucket as aws:SourceArn. Give it default encryption with SSE-S3, no default retention, and \
            no Requester Pays.
            """,
        sources: [
            "Amazon S3 User Guide: Enabling Amazon S3 server access logging",
            "Amazon S3 User Guide: Logging requests with server access logging",
        ],
        reads: [
            .trails, .bucketLogging, .loggingTargetPolicy, .loggingTargetACL, .loggingTargetEncryption,
            .loggingTargetKeyPolicy, .loggingTargetObjectLock, .loggingTargetPayer,
        ])

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
        guard !target.isMissing else {
            return .fail("The target \(target.name) does not exist", logging.evidence)
        }
        if case .unknown(let unknown) = target.region.state, unknown.reason == .anotherAccount {
            return .fail("The target \(target.name) is not this account's", logging.evidence)
        }
        let place = "\(target.name)/\(logging.targetPrefix)"
        let obstacles = AccessLogObstacles(between: bucket, and: target, in: reading)
        let settings = logging.evidence + obstacles.evidence
        if let obstacle = obstacles.found.first {
            return .fail("Access logs cannot arrive: the target \(obstacle)", settings)
        }
        let delivery = AccessLogDelivery(from: bucket, to: target, as: logging, in: reading)
        let admission = try delivery.admission()
        switch admission {
        case .denied(let evidence):
            return .fail("The target's policy denies log delivery to \(place)", settings + evidence)
        case .notMentioned(let evidence):
            return .fail("The target does not admit log delivery to \(place)", settings + evidence)
        case .byPolicy(let evidence), .byACL(let evidence):
            if let doubt = obstacles.doubts.first { throw doubt }
            let means = if case .byACL = admission { " by the access control list" } else { "" }
            return .pass("Log delivery is admitted to \(place)\(means)", settings + evidence)
        }
    }
}
