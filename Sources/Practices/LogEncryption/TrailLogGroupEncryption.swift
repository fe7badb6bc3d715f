import AWSClient
import Basics
import Inventory
import Posture

extension LogEncryption {
    /// The copy of the log in CloudWatch Logs needs a KMS key as much as the files in S3 do.
    static let trailLogGroupEncryption = Condition(
        About(
            id: "trail-log-group-encrypted",
            title: "CloudTrail log groups should be encrypted with a KMS key",
            practice: .logEncryption, severity: .medium,
            risk: """
                Any principal that can read the log group can read the events, even if the log files in Amazon S3 \
                require the key.
                """,
            judges: """
                CloudWatch Logs always encrypts log groups with an AWS owned key. Only a KMS key limits which \
                principals can read them.
                """,
            remedy: "Associate a KMS key with the log group. It applies to newly ingested data.",
            sources: ["Amazon CloudWatch Logs User Guide: Encrypt log data in CloudWatch Logs using AWS KMS"]),
        each: .trailLogGroups, \.kmsKeyID, isNot: nil, fact: "kmsKeyId",
        pass: "The log group is encrypted with a KMS key", fail: "The log group is not encrypted with a KMS key",
        examples: [
            .unknown("the log group belongs to another account") {
                $0.hold(trails: .sample)
                $0[.trailLogGroups][LogGroup.sample.logGroupARN] = .elsewhere(.describeLogGroups)
            },
            .unknown("the trails cannot be listed") { $0[.trails]["us-east-1"] = .denied(.describeTrails) },
        ])
}
