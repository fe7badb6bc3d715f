import AWSClient
import Basics
import Inventory
import Posture

extension LogEncryption {
    /// With a KMS key of its own the log can be read only by those who may use the key too.
    static let trailEncryption = Condition(
        About(
            id: "cloudtrail-kms-encryption",
            title: "Every trail encrypts its log files with a KMS key",
            practice: .logEncryption, severity: .medium,
            risk:
                "Whoever can read the bucket can read the log: there is no second lock, and no record of who opened it.",
            remedy: "Give the trail a symmetric KMS key of the bucket's region whose policy admits CloudTrail.",
            references: [
                .prowler("cloudtrail_kms_encryption_enabled"), .securityHub("CloudTrail.2"),
                .cis("1.4", "3.7"), .cis("3.0", "3.5"), .cis("5.0", "3.5"),
                .config("cloud-trail-encryption-enabled"),
            ],
            sources: ["AWS CloudTrail User Guide: Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)"]),
        each: .trails, \.kmsKeyID, isNot: nil, fact: "KmsKeyId",
        pass: "Log files are encrypted with a KMS key", fail: "Log files are not encrypted with a KMS key")
}
