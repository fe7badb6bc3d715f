import AWSClient
import Basics
import Inventory
import Posture

/// What one key encrypted in many years, one leak of it opens.
struct TrailKeyRotation: Check {
    let about = About(
        id: "trail-key-rotation",
        title: "Every key that a trail encrypts with rotates by itself",
        practice: .logEncryption, severity: .high,
        risk: "Key material that never changes opens, once known, all that was ever encrypted with it.",
        judges: """
            Keys that AWS manages rotate every year. A customer managed key must have automatic rotation on; one with \
            imported material, in a custom key store, or of an asymmetric kind cannot have it and fails.
            """,
        remedy: "Enable automatic rotation; where the key cannot rotate, give the trail a symmetric key of AWS KMS.",
        sources: ["AWS KMS Developer Guide: Rotate AWS KMS keys"],
        reads: [.trails, .keyDescription, .keyRotation])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailKeys) { key throws(Unknown) in
            let description = try key.description.value
            guard description.keyManager != "AWS" else {
                return .pass("AWS manages the key and rotates it every year", description.kind)
            }
            let origin = description.origin ?? "AWS_KMS"
            guard origin == "AWS_KMS" else {
                return .fail(
                    "The key's material comes from \(origin) and cannot rotate by itself", description.kind)
            }
            let spec = description.keySpec ?? "SYMMETRIC_DEFAULT"
            guard spec == "SYMMETRIC_DEFAULT" else {
                return .fail("A key of the kind \(spec) cannot rotate by itself", description.kind)
            }
            let rotation = try key.rotation.value
            let period = rotation.rotationPeriodInDays ?? 365
            let evidence =
                description.kind + [
                    Evidence("KeyRotationEnabled", .bool(rotation.keyRotationEnabled), from: .getKeyRotationStatus),
                    Evidence("RotationPeriodInDays", JSON(rotation.rotationPeriodInDays), from: .getKeyRotationStatus),
                ]
            return rotation.keyRotationEnabled
                ? .pass("The key rotates every \(period) days", evidence)
                : .fail("Automatic rotation is off", evidence)
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
