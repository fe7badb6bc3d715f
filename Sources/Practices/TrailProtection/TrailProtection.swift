import Posture

/// Access to the trail buckets is limited, and deletions leave versions behind.
enum TrailProtection {
    static let checks: [any Check] = [
        TrailBucketNotPublic(),
        AccountBlocksPublicAccess(),
        TrailBucketPolicySource(),
        BucketTLSOnly.ofTrails,
        bucketVersioning,
        TrailBucketMFADelete(),
        TrailBucketAccess(),
        TrailControl(),
    ]
}
