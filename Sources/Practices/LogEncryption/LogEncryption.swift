import Posture

/// The log is encrypted at rest with a working key that only CloudTrail and the log's readers can use.
enum LogEncryption {
    static let checks: [any Check] = [
        trailEncryption,
        BucketDefaultEncryption.ofTrails,
        TrailKeyEnabled(),
        TrailKeyRotation(),
        KeyNotPublic.ofTrails,
        TrailKeyEncryptionContext(),
        DecryptersAreReaders(),
        trailLogGroupEncryption,
    ]
}
