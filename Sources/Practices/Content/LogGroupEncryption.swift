import Basics
import Inventory
import Posture

extension Content {
    /// Only a KMS key limits who can read a log group beside IAM.
    static let logGroupEncryption = Condition(
        About(
            id: "log-group-encryption",
            title: "CloudWatch Logs log groups should be encrypted with a KMS key",
            practice: .content, severity: .low,
            risk:
                "Anyone who is allowed to read the log group can read it: no permission to use a key stands in the way.",
            judges: "CloudWatch Logs always encrypts with a key of its own; a KMS key is needed besides.",
            remedy: "Associate a KMS key with the log group; it applies to what arrives from then on.",
            references: [
                .prowler("cloudwatch_log_group_kms_encryption_enabled"), .config("cloudwatch-log-group-encrypted"),
            ],
            sources: ["Amazon CloudWatch Logs User Guide: Encrypt log data in CloudWatch Logs using AWS KMS"],
            impliedBy: ["trail-log-group-encrypted"]),
        each: .logGroups, \.kmsKeyID, isNot: nil, fact: "kmsKeyId",
        pass: "The log group is encrypted with a KMS key", fail: "The log group has no KMS key")
}
