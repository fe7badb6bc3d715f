import AWSClient
import Basics
import Inventory
import Posture

extension LogEncryption {
    /// With a KMS key, reading the log also requires permission to use the key.
    static let trailEncryption = Condition(
        About(
            id: "cloudtrail-kms-encryption",
            title: "Trails should be encrypted with a KMS key (SSE-KMS)",
            practice: .logEncryption, severity: .medium,
            risk:
                """
                Any principal that can read the bucket can read the log files. With SSE-KMS, kms:Decrypt is also \
                required, and CloudTrail records each use of the key.
                """,
            remedy: """
                Configure a symmetric KMS key in the Region of the bucket, with a key policy that allows CloudTrail to \
                encrypt.
                """,
            references: [
                .prowler("cloudtrail_kms_encryption_enabled"), .securityHub("CloudTrail.2"),
                .cis("1.4", "3.7"), .cis("3.0", "3.5"), .cis("5.0", "3.5"),
                .config("cloud-trail-encryption-enabled"),
            ],
            sources: ["AWS CloudTrail User Guide: Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)"]),
        each: .trails, \.kmsKeyID, isNot: nil, fact: "KmsKeyId",
        pass: "Log files are encrypted with a KMS key", fail: "Log files are not encrypted with a KMS key")
}
