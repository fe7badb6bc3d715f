import Posture

/// The customer's data: storage, databases, their encryption keys, and their copies.
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
