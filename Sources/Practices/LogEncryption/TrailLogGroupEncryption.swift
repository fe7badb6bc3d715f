import AWSClient
import Basics
import Inventory
import Posture

extension LogEncryption {
    /// The copy of the log in CloudWatch Logs needs the same second lock as the files in S3.
    static let trailLogGroupEncryption = Condition(
        About(
            id: "trail-log-group-encrypted",
            title: "Every log group that a trail delivers to is encrypted with a KMS key",
            practice: .logEncryption, severity: .medium,
            risk: "Whoever may read the log group reads the log, although the files in S3 demand the key.",
            judges: "CloudWatch Logs always encrypts with a key of its own; only a KMS key limits who can read.",
            remedy: "Associate a KMS key with the log group; it applies to what arrives from then on.",
            sources: ["Amazon CloudWatch Logs User Guide: Encrypt log data in CloudWatch Logs using AWS KMS"]),
        each: .trailLogGroups, \.kmsKeyID, isNot: nil, fact: "kmsKeyId",
        pass: "The log group is encrypted with a KMS key", fail: "The log group has no KMS key",
        examples: [
            .unknown("the log group belongs to another account") {
                $0.hold(trails: .sample)
                $0[.trailLogGroups][LogGroup.sample.logGroupARN] = .elsewhere(.describeLogGroups)
            },
            .unknown("the trails cannot be listed") { $0[.trails]["us-east-1"] = .denied(.describeTrails) },
        ])
}
