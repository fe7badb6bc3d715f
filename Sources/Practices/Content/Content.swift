import Posture

/// The customer's data: storage, databases, the keys that encrypt them, and the copies of them.
enum Content {
    static let checks: [any Check] = [
        databaseEncryption,
        BucketTLSOnly.ofAll,
        BucketDefaultEncryption.ofAll,
        bucketVersioning,
        bucketMFADelete,
        BucketAccessLogging.ofAll,
        KeyNotPublic.ofAll,
        keyRotation,
        KeyNotPendingDeletion(),
        logGroupEncryption,
    ]
}
