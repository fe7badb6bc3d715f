import AWSClient
import Basics
import Inventory
import Posture

/// If the target bucket does not accept log delivery, access logs are lost without an error.
struct AccessLogTarget: Check {
    let about = About(
        id: "trail-bucket-access-logging-target",
        title: "Access log target buckets should exist and accept log delivery",
        practice: .trailAccessLogging, severity: .medium,
        risk: """
            Amazon S3 reports no error if access logs cannot be delivered: logging appears enabled, but requests are \
            not recorded.
            """,
        judges: """
            The target must be a bucket of this account and not the CloudTrail bucket itself (logging loop). It must \
            allow logging.s3.amazonaws.com under the prefix, by its policy or by an access control list that grants \
            WRITE and READ_ACP to the S3 log delivery group; a deny statement in the policy or in a resource control \
            policy takes precedence. If the result depends on a condition key whose value cannot be determined in \
            advance, for example aws:SourceOrgPaths, or the organization policies cannot be read, the finding is not \
            determined. The target must be in the Region of the CloudTrail bucket, without Object Lock default \
            retention and Requester Pays, and with default encryption by Amazon S3 managed keys (AES256). AWS supports \
            no other encryption here: AWS managed KMS keys, and keys that do not allow log delivery, fail; a customer \
            managed key that allows it is not determined. CloudTrail buckets without access logging are evaluated by \
            trail-bucket-access-logging.
            """,
        remedy: """
            Select an existing bucket as the target. Its policy must allow logging.s3.amazonaws.com to put objects \
            under the prefix, with the CloudTrail bucket as aws:SourceArn. Use default encryption with SSE-S3, and \
            neither default retention nor Requester Pays.
            """,
        sources: [
            "Amazon S3 User Guide: Enabling Amazon S3 server access logging",
            "Amazon S3 User Guide: Logging requests with server access logging",
        ],
        reads: [
            .trails, .bucketLogging, .loggingTargetPolicy, .loggingTargetACL, .loggingTargetEncryption,
            .loggingTargetKeyPolicy, .loggingTargetObjectLock, .loggingTargetPayer, .organization,
            .organizationPolicies,
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
            return .fail("Access logs are delivered to the bucket itself (logging loop)", logging.evidence)
        }
        let target = reading.account.bucket(logging.targetBucket)
        guard !target.isMissing else {
            return .fail("Target bucket \(target.name) does not exist", logging.evidence)
        }
        if case .unknown(let unknown) = target.region.state, unknown.reason == .anotherAccount {
            return .fail("Target bucket \(target.name) does not belong to this account", logging.evidence)
        }
        let place = "\(target.name)/\(logging.targetPrefix)"
        let obstacles = AccessLogObstacles(between: bucket, and: target, in: reading)
        let settings = logging.evidence + obstacles.evidence
        if let obstacle = obstacles.found.first {
            return .fail("Access logs cannot be delivered: the target \(obstacle)", settings)
        }
        let delivery = AccessLogDelivery(from: bucket, to: target, as: logging, in: reading)
        let admission = try delivery.admission()
        switch admission {
        case .denied(let evidence):
            return .fail("Target bucket policy denies log delivery to \(place)", settings + evidence)
        case .deniedByOrganization(let evidence):
            return .fail("A resource control policy denies log delivery to \(place)", settings + evidence)
        case .notMentioned(let evidence):
            return .fail("Target bucket does not allow log delivery to \(place)", settings + evidence)
        case .byPolicy(let evidence), .byACL(let evidence):
            if let doubt = obstacles.doubts.first { throw doubt }
            let means = if case .byACL = admission { " by its access control list" } else { "" }
            return .pass("Target bucket allows log delivery to \(place)\(means)", settings + evidence)
        }
    }
}
