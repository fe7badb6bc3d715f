import Basics
import Inventory
import Posture

extension Content {
    /// Only a KMS key limits access to a log group in addition to IAM.
    static let logGroupEncryption = Condition(
        About(
            id: "log-group-encryption",
            title: "CloudWatch Logs log groups should be encrypted with a KMS key",
            practice: .content, severity: .low,
            risk:
                """
                Any principal that is allowed to read the log group can read its data: access to a KMS key is not \
                required as well.
                """,
            judges: """
                CloudWatch Logs always encrypts log groups with an AWS owned key. This check requires a KMS key.
                """,
            remedy: "Associate a KMS key with the log group. It applies to newly ingested data.",
            references: [
                .prowler("cloudwatch_log_group_kms_encryption_enabled"), .config("cloudwatch-log-group-encrypted"),
            ],
            sources: ["Amazon CloudWatch Logs User Guide: Encrypt log data in CloudWatch Logs using AWS KMS"],
            impliedBy: ["trail-log-group-encrypted"]),
        each: .logGroups, \.kmsKeyID, isNot: nil, fact: "kmsKeyId",
        pass: "The log group is encrypted with a KMS key", fail: "The log group is not encrypted with a KMS key")
}
