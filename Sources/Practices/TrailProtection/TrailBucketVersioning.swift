import AWSClient
import Inventory
import Posture

/// Without versions, one overwritten or deleted file is gone.
struct TrailBucketVersioning: Check {
    let about = About(
        id: "trail-bucket-versioning",
        title: "Versioning is on for every trail bucket",
        practice: .trailProtection,
        severity: .medium,
        risk: "Whoever may write or delete removes the traces of an attack for good, with ordinary requests.",
        remedy: "Enable versioning on the bucket; a lifecycle rule keeps old versions from piling up.",
        references: [
            .prowler("s3_bucket_object_versioning"), .securityHub("S3.14"), .config("s3-bucket-versioning-enabled"),
        ],
        sources: ["Amazon S3 User Guide: Retaining multiple versions of objects with S3 Versioning"],
        reads: [.trails, .bucketVersioning])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeTrailBuckets { bucket, _ throws(Unknown) in
            let status = try bucket.versioning.value.status
            let evidence = Evidence("Status", .string(status.rawValue), from: .getBucketVersioning)
            return switch status {
            case .enabled: .pass("Versioning is on", evidence)
            case .suspended: .fail("Versioning is suspended", evidence)
            case .neverEnabled: .fail("Versioning was never enabled", evidence)
            }
        }
    }

    var examples: [Example] {
        [
            .passes("versioning is on") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .fails("versioning is suspended") {
                $0.hold(trails: .sample)
                $0.hold(buckets: versioning(.suspended))
            },
            .fails("versioning was never enabled") {
                $0.hold(trails: .sample)
                $0.hold(buckets: versioning(.neverEnabled))
            },
            .unknown("versioning cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.versioning = .denied(.getBucketVersioning) })
            },
        ]
    }

    private func versioning(_ status: BucketVersioning.Status) -> Bucket {
        .sample { $0.versioning = .known(BucketVersioning(status: status, mfaDelete: false)) }
    }
}
