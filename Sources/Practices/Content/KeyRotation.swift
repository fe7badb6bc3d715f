import AWSClient
import Basics
import Inventory
import Posture

extension Content {
    /// One leaked key exposes all data that it encrypted; rotation limits the amount.
    static let keyRotation = Condition(
        About(
            id: "kms-key-rotation",
            title: "Customer managed KMS keys should have automatic rotation enabled",
            practice: .content, severity: .medium,
            risk: "Without rotation, compromised key material exposes all data that was ever encrypted with the key.",
            judges: """
                Usable customer managed keys that support automatic rotation are evaluated: symmetric encryption keys \
                with key material from AWS KMS.
                """,
            remedy: "Enable automatic key rotation.",
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
