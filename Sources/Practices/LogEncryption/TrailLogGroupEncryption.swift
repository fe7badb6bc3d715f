import AWSClient
import Inventory
import Posture

/// The copy of the log in CloudWatch Logs needs the same second lock as the files in S3.
struct TrailLogGroupEncryption: Check {
    let about = About(
        id: "trail-log-group-encrypted",
        title: "Every log group that a trail delivers to is encrypted with a KMS key",
        practice: .logEncryption,
        severity: .medium,
        risk: "Whoever may read the log group reads the log, although the files in S3 demand the key.",
        judges: "CloudWatch Logs always encrypts with a key of its own; only a KMS key limits who can read.",
        remedy: "Associate a KMS key with the log group; it applies to what arrives from then on.",
        references: [
            .prowler("cloudwatch_log_group_kms_encryption_enabled"), .config("cloudwatch-log-group-encrypted"),
        ],
        sources: ["Amazon CloudWatch Logs User Guide: Encrypt log data in CloudWatch Logs using AWS KMS"],
        reads: [.trails, .trailLogGroups])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let unlisted = try reading.judge(reading.trailARNs) { _, _ in [] }
        return Set(reading.trails.compactMap(\.logGroupARN)).sorted().map { arn in
            Verdict(on: .logGroup(arn: arn), in: region(of: arn)) { () throws(Unknown) in
                let group = try (reading.logGroups[arn] ?? .notCollected).value
                let evidence = Evidence("kmsKeyId", JSONValue(group.keyARN), from: .describeLogGroups)
                return group.keyARN == nil
                    ? .fail("The log group has no KMS key", evidence)
                    : .pass("The log group is encrypted with a KMS key", evidence)
            }
        } + unlisted
    }

    private func region(of arn: String) -> String? {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count > 3 ? String(fields[3]) : nil
    }

    var examples: [Example] {
        [
            .passes("the log group has a key") { $0.deliver(to: .known(.sample)) },
            .fails("the log group has none") { $0.deliver(to: .known(.sample { $0.keyARN = nil })) },
            .unknown("the log group cannot be read") { $0.deliver(to: .denied(.describeLogGroups)) },
            .unknown("the log group belongs to another account") { $0.deliver(to: .elsewhere(.describeLogGroups)) },
            .unknown("the trails cannot be listed") { $0.trailARNs["us-east-1"] = .denied(.describeTrails) },
        ]
    }
}

extension Account {
    /// The sample trail, which delivers to this log group.
    fileprivate mutating func deliver(to group: Fact<LogGroup>) {
        hold(trails: .sample)
        logGroups[LogGroup.sample.arn] = group
    }
}
