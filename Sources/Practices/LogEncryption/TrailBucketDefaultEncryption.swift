import AWSClient
import Basics
import Inventory
import Posture

/// What else lands in the bucket, digests for example, is encrypted as the bucket says.
struct TrailBucketDefaultEncryption: Check {
    let about = About(
        id: "trail-bucket-default-encryption",
        title: "Every trail bucket has default encryption",
        practice: .logEncryption, severity: .medium,
        risk: "Objects that come without encryption of their own lie in the bucket as they came.",
        judges: """
            Any default suffices, with keys of Amazon S3's or of AWS KMS; the evidence names it. The trail's own key, \
            which its log files are encrypted with, is another check's matter.
            """,
        remedy: "Set default encryption on the bucket, with a KMS key where the objects' readers should be limited.",
        references: [.prowler("s3_bucket_default_encryption"), .cis("1.4", "2.1.1")],
        sources: [
            "Amazon S3 User Guide: Setting default server-side encryption behavior for Amazon S3 buckets"
        ],
        reads: [.trails, .bucketEncryption])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            guard let encryption = try bucket.encryption.value else {
                return .fail(
                    "The bucket has no default encryption", Evidence("SSEAlgorithm", .null, from: .getBucketEncryption))
            }
            return .pass(
                "The default encryption is \(encryption.sseAlgorithm)",
                Evidence("SSEAlgorithm", .string(encryption.sseAlgorithm), from: .getBucketEncryption),
                Evidence("KMSMasterKeyID", JSON(encryption.kmsMasterKeyID), from: .getBucketEncryption))
        }
    }

    var examples: [Example] {
        [
            .passes("objects are encrypted with a KMS key") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .passes("objects are encrypted with Amazon S3's keys") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.encryption = .known(BucketEncryption(sseAlgorithm: "AES256")) })
            },
            .fails("there is no default encryption") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.encryption = .known(nil) })
            },
            .unknown("the bucket's encryption cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.encryption = .denied(.getBucketEncryption) })
            },
        ]
    }
}
