import AWSClient
import Basics
import Inventory
import Posture

/// Default encryption applies to objects that are uploaded without encryption headers: one check for trail buckets,
/// which receive digest files this way, and one for all buckets.
struct BucketDefaultEncryption: Check {
    static let ofTrails = BucketDefaultEncryption(
        .trailBuckets, with: .bucketEncryption, "trail-bucket-default-encryption",
        title: "CloudTrail buckets should have default encryption", .logEncryption, .medium)

    static let ofAll = BucketDefaultEncryption(
        .buckets, with: .everyBucketEncryption, "s3-bucket-default-encryption",
        title: "S3 buckets should have default encryption", .content, .low,
        references: [.prowler("s3_bucket_default_encryption"), .cis("1.4", "2.1.1")],
        impliedBy: "trail-bucket-default-encryption")

    let about: About
    private let each: Each<Bucket>

    private init(
        _ each: Each<Bucket>, with encryption: Facet, _ id: String, title: String, _ practice: Practice,
        _ severity: Severity, references: [Reference] = [], impliedBy: String? = nil
    ) {
        self.each = each
        about = About(
            id: id, title: title, practice: practice, severity: severity,
            risk: """
                Objects that were uploaded before 2023 without encryption headers can be stored unencrypted. Since then, \
                S3 encrypts each new object at least with its own keys.
                """,
            judges: """
                Any default encryption passes, with Amazon S3 managed keys or with AWS KMS keys; the evidence lists \
                it. The encryption of the log files with the key of the trail is evaluated by \
                cloudtrail-kms-encryption.
                """,
            remedy:
                """
                Configure default encryption on the bucket, with a KMS key if access to the objects should be \
                limited.
                """,
            references: references,
            sources: [
                "Amazon S3 User Guide: Setting default server-side encryption behavior for Amazon S3 buckets"
            ],
            reads: each.reads.union([encryption]), impliedBy: Set([impliedBy].compactMap(\.self)))
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(each) { bucket throws(Unknown) in
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
            .passes("objects are encrypted with a KMS key") { each.hold(&$0, .sample) },
            .passes("objects are encrypted with Amazon S3's keys") {
                each.hold(&$0, .sample { $0.encryption = .known(BucketEncryption(sseAlgorithm: "AES256")) })
            },
            .fails("there is no default encryption") { each.hold(&$0, .sample { $0.encryption = .known(nil) }) },
            .unknown("the encryption of the bucket cannot be read") {
                each.hold(&$0, .sample { $0.encryption = .denied(.getBucketEncryption) })
            },
        ]
    }
}
