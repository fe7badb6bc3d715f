import AWSClient
import Inventory
import Posture

/// With a KMS key of its own the log can be read only by those who may use the key too.
struct TrailEncryption: Check {
    let about = About(
        id: "cloudtrail-kms-encryption",
        title: "Every trail encrypts its log files with a KMS key",
        practice: .logEncryption,
        severity: .medium,
        risk: "Whoever can read the bucket can read the log: there is no second lock, and no record of who opened it.",
        remedy: "Give the trail a symmetric KMS key of the bucket's region whose policy admits CloudTrail.",
        references: [
            .prowler("cloudtrail_kms_encryption_enabled"), .securityHub("CloudTrail.2"),
            .cis("1.4", "3.7"), .cis("3.0", "3.5"), .cis("5.0", "3.5"),
            .config("cloud-trail-encryption-enabled"),
        ],
        sources: ["AWS CloudTrail User Guide: Encrypting CloudTrail log files with AWS KMS keys (SSE-KMS)"],
        reads: [.trails])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeTrails { trail in
            let evidence = Evidence("KmsKeyId", JSONValue(trail.keyReference), from: .describeTrails)
            return trail.keyReference == nil
                ? .fail("Log files are not encrypted with a KMS key", evidence)
                : .pass("Log files are encrypted with a KMS key", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the trail has a key") { $0.hold(trails: .sample) },
            .fails("the trail has none") { $0.hold(trails: .sample { $0.keyReference = nil }) },
            .unknown("the trails cannot be listed") { $0.trailARNs["us-east-1"] = .denied(.describeTrails) },
        ]
    }
}
