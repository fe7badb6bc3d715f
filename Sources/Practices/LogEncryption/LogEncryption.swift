import Posture

/// The log is encrypted at rest with a key that is sound, and that is CloudTrail's and the readers' alone.
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
