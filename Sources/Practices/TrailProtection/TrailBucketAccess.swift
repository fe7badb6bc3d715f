import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// Reading the log reveals everything that happens; changing the bucket can destroy the log.
struct TrailBucketAccess: Check {
    let about = About(
        id: "trail-bucket-access",
        title: "Only those who are meant to can read, write, delete or change the trail buckets",
        practice: .trailProtection, severity: .high,
        risk: """
            Who reads the log knows the account; who writes, deletes, or changes policy, versioning, lifecycle or \
            encryption can hide what was done in it.
            """,
        judges: """
            Effective access counts: identity policies, groups, boundaries, organization policies and the bucket policy \
            together, for every user and role; access under a condition counts as access. Those who are not on the lists of \
            the setting trail-access fail. Without lists the finding is manual, with who has access as evidence; but \
            everybody, other accounts that are not trusted, and every user of the account at once fail in any case. AWS \
            services, and the account's root, are not counted.
            """,
        remedy: """
            Take the permission from whom the evidence names, statement by statement, or list them under trail-access.
            """,
        sources: [
            "AWS CloudTrail User Guide: Security best practices in AWS CloudTrail",
            "Amazon S3 User Guide: Required permissions for Amazon S3 API operations",
        ],
        reads: Landscape.reads.union([
            .trails, .bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .accountPublicAccessBlock,
        ]),
        settings: ["trail-access", "trusted-accounts"])

    static let groups: [AccessGroup] = [
        AccessGroup(
            power: "read log files", list: "readers", actions: ["s3:GetObject", "s3:GetObjectVersion"],
            expected: \.readers),
        AccessGroup(power: "write into the bucket", list: "writers", actions: ["s3:PutObject"], expected: \.writers),
        AccessGroup(
            power: "delete log files", list: "deleters",
            actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket"], expected: \.deleters),
        AccessGroup(
            power: "change the bucket", list: "administrators",
            actions: [
                "s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketVersioning",
                "s3:PutLifecycleConfiguration", "s3:PutEncryptionConfiguration", "s3:PutBucketPublicAccessBlock",
                "s3:PutBucketLogging", "s3:PutBucketOwnershipControls", "s3:PutReplicationConfiguration",
                "s3:PutBucketObjectLockConfiguration", "s3:BypassGovernanceRetention",
            ], expected: \.administrators),
    ]

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let objects = reading.sampleFiles(in: bucket, years: Self.years)
            let reviews = Self.groups.map { group in
                AccessReview(
                    of: group,
                    on: { action in
                        let arn = "arn:\(reading.partition):s3:::\(bucket.name)"
                        return Self.areOfObjects.contains(action) ? objects.map { "\(arn)/\($0)" } : [arn]
                    }, in: reading)
            }
            return try reviews.judgement(passing: "All who have access are on the lists of trail-access")
        }
    }

    /// Not every folder needs to have the same readers.
    private static let years = [2025, 2026]

    private static let areOfObjects: Set<String> = [
        "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
        "s3:BypassGovernanceRetention",
    ]
}
