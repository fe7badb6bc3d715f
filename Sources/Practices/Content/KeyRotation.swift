import AWSClient
import Basics
import Inventory
import Posture

extension Content {
    /// What one key encrypted in many years, one leak of it opens.
    static let keyRotation = Condition(
        About(
            id: "kms-key-rotation",
            title: "Customer managed KMS keys should have automatic rotation enabled",
            practice: .content, severity: .medium,
            risk: "Key material that never changes opens, once known, all that was ever encrypted with it.",
            judges: """
                Customer managed keys that are usable and can rotate by themselves are judged: symmetric encryption keys \
                with material of AWS KMS's.
                """,
            remedy: "Enable automatic rotation of the key.",
            references: [
                .prowler("kms_cmk_rotation_enabled"), .securityHub("KMS.4"),
                .cis("1.4", "3.8"), .cis("3.0", "3.6"), .cis("5.0", "3.6"),
                .config("cmk-backing-key-rotation-enabled"),
            ],
            sources: ["AWS KMS Developer Guide: Rotate AWS KMS keys"],
            reads: [.everyKeyRotation], impliedBy: ["trail-key-rotation"]),
        each: .rotatableKeys, \.rotation, \.keyRotationEnabled, is: true, not: false, fact: "KeyRotationEnabled",
        from: .getKeyRotationStatus, pass: "Automatic rotation is enabled", fail: "Automatic rotation is disabled",
        examples: [
            .unknown("one key cannot be described") {
                $0.hold(everyKey: .sample { $0.description = .denied(.describeKey) })
            }
        ])
}
