import AWSClient
import Basics
import Inventory
import Posture

extension TrailProtection {
    /// Without versions, an overwritten or deleted log file is lost.
    static let bucketVersioning = Condition(
        About(
            id: "trail-bucket-versioning",
            title: "CloudTrail buckets should have versioning enabled",
            practice: .trailProtection, severity: .medium,
            risk: """
                Principals that can write or delete objects can permanently remove evidence with ordinary requests.
                """,
            remedy: "Enable versioning on the bucket. A lifecycle rule can expire old versions.",
            sources: ["Amazon S3 User Guide: Retaining multiple versions of objects with S3 Versioning"],
            reads: [.bucketVersioning]),
        each: .trailBuckets, \.versioning, \.status, is: "Enabled", not: "Suspended", fact: "Status",
        from: .getBucketVersioning, pass: "Versioning is enabled", fail: "Versioning is disabled",
        examples: [
            .fails("versioning was never enabled") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.versioning = .known(BucketVersioning())
                    })
            }
        ])
}
