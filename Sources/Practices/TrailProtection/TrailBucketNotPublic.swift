import AWSClient
import Basics
import Inventory
import Posture

/// A public trail bucket reveals all activity in the account to anyone, and may let anyone change the log.
struct TrailBucketNotPublic: Check {
    let about = About(
        id: "trail-bucket-not-public",
        title: "CloudTrail buckets should not be public",
        practice: .trailProtection, severity: .critical,
        risk: """
            Public logs expose users, roles, IP addresses and resources to attackers. If the bucket is also publicly \
            writable, log integrity is lost.
            """,
        judges: """
            A bucket is public by its policy, or by an access control list with a grant to AllUsers or \
            AuthenticatedUsers. RestrictPublicBuckets overrides a public policy, and IgnorePublicAcls overrides public \
            access control lists, set for the bucket or for the account. A policy is public if it \
            allows any principal and no condition limits the caller, as defined by Amazon S3, or to the VPC endpoints \
            of an account or organization, or to a user ID.
            """,
        remedy: """
            Remove the public statement or grant, then enable all four Block Public Access settings for the bucket and \
            for the account.
            """,
        references: [
            .prowler("cloudtrail_logs_s3_bucket_is_not_publicly_accessible"), .securityHub("CloudTrail.6"),
            .cis("1.4", "3.3"),
        ],
        sources: ["Amazon S3 User Guide: Blocking public access to your Amazon S3 storage"],
        reads: [
            .trails, .bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .accountPublicAccessBlock,
        ])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let access = PublicAccess(to: bucket, of: reading)
            let isOpenByPolicy = access.hasPublicPolicy && !access.restrictsPublicBuckets
            let isOpenByACL = access.hasPublicGrants && !access.ignoresPublicACLs
            let isOpen = try (isOpenByPolicy || isOpenByACL).value
            guard isOpen else { return .pass(access.protection, access.evidence) }
            return (try? isOpenByPolicy.value) == true
                ? .fail(
                    "Bucket policy allows public access and Block Public Access does not restrict it", access.evidence)
                : .fail(
                    "Access control list allows public access and Block Public Access does not ignore it",
                    access.evidence)
        }
    }
}
