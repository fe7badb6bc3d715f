import Posture

/// Access to the trail buckets is limited, and deletions leave versions behind.
enum TrailProtection {
    static let checks: [any Check] = [
        TrailBucketNotPublic(),
        TrailBucketPolicySource(),
        BucketTLSOnly.ofTrails,
        bucketVersioning,
        TrailBucketMFADelete(),
        TrailBucketAccess(),
        TrailControl(),
    ]
}
