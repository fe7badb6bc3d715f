import AWSClient
import Basics
import Inventory
import Posture

/// One leaked key exposes all log files that it encrypted; rotation limits the amount.
struct TrailKeyRotation: Check {
    let about = About(
        id: "trail-key-rotation",
        title: "KMS keys used by trails should have automatic rotation enabled",
        practice: .logEncryption, severity: .high,
        risk: """
            Without rotation, compromised key material exposes all log files that were ever encrypted with the key.
            """,
        judges: """
            AWS managed keys are rotated every year and pass. A customer managed key must have automatic rotation \
            enabled. Keys with imported key material, keys in a custom key store and asymmetric keys do not support it \
            and fail.
            """,
        remedy: """
            Enable automatic rotation. If the key does not support it, use a symmetric key with key material from AWS \
            KMS.
            """,
        sources: ["AWS KMS Developer Guide: Rotate AWS KMS keys"],
        reads: [.trails, .keyDescription, .keyRotation])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let description = try key.description.value
            guard description.keyManager != "AWS" else {
                return .pass("The key is an AWS managed key, which is rotated every year", description.kind)
            }
            let origin = description.origin ?? "AWS_KMS"
            guard origin == "AWS_KMS" else {
                return .fail(
                    "Key material of origin \(origin) does not support automatic rotation", description.kind)
            }
            let spec = description.keySpec ?? "SYMMETRIC_DEFAULT"
            guard spec == "SYMMETRIC_DEFAULT" else {
                return .fail("A key with key spec \(spec) does not support automatic rotation", description.kind)
            }
            let rotation = try key.rotation.value
            let period = rotation.rotationPeriodInDays ?? 365
            let evidence =
                description.kind + [
                    Evidence("KeyRotationEnabled", .bool(rotation.keyRotationEnabled), from: .getKeyRotationStatus),
                    Evidence("RotationPeriodInDays", JSON(rotation.rotationPeriodInDays), from: .getKeyRotationStatus),
                ]
            return rotation.keyRotationEnabled
                ? .pass("Automatic rotation every \(period) days is enabled", evidence)
                : .fail("Automatic rotation is disabled", evidence)
        }
    }
}

extension KeyDescription {
    fileprivate var kind: [Evidence] {
        [
            Evidence("KeyManager", .string(keyManager), from: .describeKey),
            Evidence("Origin", JSON(origin), from: .describeKey),
            Evidence("KeySpec", JSON(keySpec), from: .describeKey),
        ]
    }
}
