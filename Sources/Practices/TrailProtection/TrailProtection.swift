import Posture

/// The trail's bucket lets in those who must be let in, and nobody deletes from it unnoticed.
enum TrailProtection {
    static let checks: [any Check] = [
        TrailBucketNotPublic(),
        TrailBucketPolicySource(),
        TrailBucketTLSOnly(),
        bucketVersioning,
        TrailBucketMFADelete(),
        TrailBucketAccess(),
        TrailControl(),
    ]
}
