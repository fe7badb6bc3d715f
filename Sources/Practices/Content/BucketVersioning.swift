import AWSClient
import Basics
import Inventory
import Posture

extension Content {
    /// Without versions, an overwritten or deleted object is lost.
    static let bucketVersioning = Condition(
        About(
            id: "s3-bucket-versioning",
            title: "S3 buckets should have versioning enabled",
            practice: .content, severity: .low,
            risk: "An attacker or a mistake can permanently overwrite or delete objects with ordinary requests.",
            remedy: "Enable versioning on the bucket. A lifecycle rule can expire old versions.",
            references: [
                .prowler("s3_bucket_object_versioning"), .securityHub("S3.14"), .config("s3-bucket-versioning-enabled"),
            ],
            sources: ["Amazon S3 User Guide: Retaining multiple versions of objects with S3 Versioning"],
            reads: [.everyBucketVersioning], impliedBy: ["trail-bucket-versioning"]),
        each: .buckets, \.versioning, \.status, is: "Enabled", not: "Suspended", fact: "Status",
        from: .getBucketVersioning, pass: "Versioning is enabled", fail: "Versioning is disabled",
        examples: [
            .fails("versioning was never enabled") {
                $0.hold(everyBucket: .sample { $0.versioning = .known(BucketVersioning()) })
            }
        ])
}
