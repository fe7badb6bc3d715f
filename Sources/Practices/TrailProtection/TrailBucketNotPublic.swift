import AWSClient
import Basics
import Inventory
import Posture

/// A public trail bucket shows the world who does what in the account, and may let the world rewrite it.
struct TrailBucketNotPublic: Check {
    let about = About(
        id: "trail-bucket-not-public",
        title: "No trail bucket is public",
        practice: .trailProtection, severity: .critical,
        risk: """
            The log names every user, role, address and resource: a map for attackers. Where the world may also write, \
            the log proves nothing any more.
            """,
        judges: """
            The bucket is public by its policy, or by an access control list that names AllUsers or AuthenticatedUsers. \
            RestrictPublicBuckets takes the effect from a public policy, IgnorePublicAcls from public lists; set for \
            the bucket or for the account, either suffices. A policy is public in Amazon S3's own sense: it names \
            everybody and no condition pins down who calls.
            """,
        remedy: """
            Remove the public statement or grant, then switch on all four block public access settings for the bucket \
            and for the account.
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
                ? .fail("The bucket policy lets everybody in, and no block restricts it", access.evidence)
                : .fail("The access control list lets everybody in, and no block ignores it", access.evidence)
        }
    }
}
