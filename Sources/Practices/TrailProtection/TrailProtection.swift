import Posture

/// Access to the trail buckets is limited, and deleted files can be restored from versions.
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
