import AWSClient
import Basics
import Inventory
import Posture

extension Content {
    /// With MFA delete, stolen credentials alone cannot delete every version of an object.
    static let bucketMFADelete = Condition(
        About(
            id: "s3-bucket-mfa-delete",
            title: "S3 buckets should require MFA to delete object versions",
            practice: .content, severity: .low,
            risk: "An attacker with stolen administrator credentials can delete every version of the objects.",
            judges: """
                Only the root user can enable MFA delete, with an access key. MFA delete cannot be combined with \
                lifecycle rules.
                """,
            remedy: "Enable MFA delete together with versioning, or use Object Lock and mute the finding.",
            references: [
                .prowler("s3_bucket_no_mfa_delete"), .securityHub("S3.20"),
                .cis("1.4", "2.1.3"), .cis("3.0", "2.1.2"), .cis("5.0", "2.1.2"),
                .config("s3-bucket-mfa-delete-enabled"),
            ],
            sources: ["Amazon S3 User Guide: Configuring MFA delete"],
            reads: [.everyBucketVersioning], impliedBy: ["trail-bucket-mfa-delete"]),
        each: .buckets, \.versioning, \.mfaDelete, is: "Enabled", not: "Disabled", fact: "MFADelete",
        from: .getBucketVersioning, pass: "Deleting a version requires MFA", fail: "MFA delete is disabled",
        examples: [
            .fails("MFA delete was never configured") {
                $0.hold(everyBucket: .sample { $0.versioning = .known(BucketVersioning(status: "Enabled")) })
            }
        ])
}
