import AWSClient
import Basics
import EffectiveAccess
import IAMPolicy
import Inventory
import Posture

/// Reading the log reveals all activity in the account; changing the bucket can destroy the log.
struct TrailBucketAccess: Check {
    let about = About(
        id: "trail-bucket-access",
        title: "Access to CloudTrail buckets should be limited to authorized principals",
        practice: .trailProtection, severity: .high,
        risk: """
            Log files disclose details of the account. Principals that can write, delete, or change the policy, \
            versioning, lifecycle or encryption can hide activity.
            """,
        judges: """
            Effective access of every user and role is evaluated: identity policies, groups, permissions boundaries, \
            organization policies and the bucket policy together. Conditional access counts as access. Principals that \
            are not listed under `trail-access` fail. If no principals are listed, the finding needs manual review, \
            with the access as evidence; public access, access of untrusted accounts, and access of every user of the \
            account fail in any case. AWS services and the root user are not evaluated.
            """,
        remedy: "Remove the listed permissions, or add authorized principals to `trail-access`.",
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
        AccessGroup(power: "write to the bucket", list: "writers", actions: ["s3:PutObject"], expected: \.writers),
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
            return try reviews.judgement(passing: "All principals with access are listed in `trail-access`")
        }
    }

    /// Two years, because folders can have different readers.
    private static let years = [2025, 2026]

    private static let areOfObjects: Set<String> = [
        "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion",
        "s3:BypassGovernanceRetention",
    ]
}
