import AWSClient
import Basics
import Inventory
import Posture

extension TrailProtection {
    static let fixes = [publicAccessFix, versioningFix, tlsFix]

    /// All four switches: whatever makes the bucket public then has no effect, and stays to be looked at.
    private static let publicAccessFix = Fix(
        "trail-bucket-public-access", "Switches on S3 Block Public Access for the trail bucket.",
        checks: ["trail-bucket-not-public"], calls: [.putPublicAccessBlock, .deletePublicAccessBlock]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).publicAccessBlock]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        let before = try observed[bucket.publicAccessBlock]
        let name = "PublicAccessBlockConfiguration"
        return .steps([
            Step(
                "Block public access to \(bucket.name)", on: target.resource.arn, for: target.checks,
                state: bucket.publicAccessBlock, before: before,
                call: bucket.call(.putPublicAccessBlock, (name, allOn)), after: allOn,
                undo: before.isNull
                    ? bucket.call(.deletePublicAccessBlock) : bucket.call(.putPublicAccessBlock, (name, before)),
                notes: [
                    "Who reads the bucket through its public policy or access control list loses access at once.",
                    "The public statement or grant stays in place without effect: remove it by hand.",
                ])
        ])
    }

    private static let allOn: JSON = [
        "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true,
    ]

    /// Versioning, once enabled, can only be suspended again.
    ///
    /// Source: Amazon S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
    private static let versioningFix = Fix(
        "bucket-versioning", "Enables versioning on the bucket.",
        checks: ["trail-bucket-versioning", "s3-bucket-versioning"], calls: [.putBucketVersioning]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).versioning]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        let before = try observed[bucket.versioning]
        let wasNever = (before["Status"] ?? .null).isNull
        func versioning(_ status: JSON) -> (String, JSON) { ("VersioningConfiguration", ["Status": status]) }
        return .steps([
            Step(
                "Enable versioning on \(bucket.name)", on: target.resource.arn, for: target.checks,
                state: bucket.versioning, before: before,
                call: bucket.call(.putBucketVersioning, versioning("Enabled")), after: ["Status": "Enabled"],
                undo: bucket.call(.putBucketVersioning, versioning("Suspended")),
                risk: wasNever ? .reversibleWithLoss : .reversible,
                notes: wasNever
                    ? ["Undoing suspends versioning: a bucket never becomes unversioned again."] : [],
                cost: "Amazon S3 charges for every version that is kept; a lifecycle rule can remove old ones.",
                undone: ["Status": "Suspended"])
        ])
    }

    private static let tlsFix = Fix(
        "bucket-tls-only", "Adds a statement that denies requests without TLS to the bucket policy.",
        checks: ["trail-bucket-tls-only", "s3-bucket-tls-only"], calls: [.putBucketPolicy, .deleteBucketPolicy]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).policy]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        let arn = target.resource.arn
        let statement: JSON = [
            "Sid": "DenyRequestsWithoutTLS", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": [.string(arn), .string(arn + "/*")],
            "Condition": ["Bool": ["aws:SecureTransport": "false"]],
        ]
        return bucket.adding(
            statement, to: try observed[bucket.policy], "Deny requests without TLS to \(bucket.name)", for: target,
            notes: ["Clients that use plain HTTP are denied at once."])
    }
}

extension FixedBucket {
    fileprivate var publicAccessBlock: Observation {
        Observation(
            call(.getPublicAccessBlock),
            .members(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]))
    }

    fileprivate var versioning: Observation { Observation(call(.getBucketVersioning), .members(["Status"])) }
}
