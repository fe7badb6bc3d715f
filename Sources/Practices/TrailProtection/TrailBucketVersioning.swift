import AWSClient
import Basics
import Inventory
import Posture

extension TrailProtection {
    /// Without versions, one overwritten or deleted file is gone.
    static let bucketVersioning = Condition(
        About(
            id: "trail-bucket-versioning",
            title: "Versioning is on for every trail bucket",
            practice: .trailProtection, severity: .medium,
            risk: "Whoever may write or delete removes the traces of an attack for good, with ordinary requests.",
            remedy: "Enable versioning on the bucket; a lifecycle rule keeps old versions from piling up.",
            sources: ["Amazon S3 User Guide: Retaining multiple versions of objects with S3 Versioning"],
            reads: [.bucketVersioning]),
        each: .trailBuckets, \.versioning, \.status, is: "Enabled", not: "Suspended", fact: "Status",
        from: .getBucketVersioning, pass: "Versioning is on", fail: "Versioning is not on",
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
