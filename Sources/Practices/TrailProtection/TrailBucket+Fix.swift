import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

extension TrailProtection {
    static let fixes = [publicAccessFix, versioningFix, tlsFix, mfaDeleteFix]

    /// Enables all four settings of S3 Block Public Access. A public policy or ACL then has no effect, but stays in
    /// place for review.
    private static let publicAccessFix = Fix(
        "trail-bucket-public-access", "Switches on S3 Block Public Access for the trail bucket.",
        checks: ["trail-bucket-not-public"], calls: [.putPublicAccessBlock, .deletePublicAccessBlock]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).publicAccessBlock]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        return .steps([
            bucket.blockingPublicAccess(
                before: try observed[bucket.publicAccessBlock], for: target,
                notes: [
                    "Who reads the bucket through its public policy or access control list loses access at once.",
                    "The public statement or grant stays in place without effect: remove it by hand.",
                ])
        ])
    }

    /// Enables versioning. Afterwards versioning can only be suspended.
    ///
    /// Source: Amazon S3 User Guide, "Retaining multiple versions of objects with S3 Versioning".
    private static let versioningFix = Fix(
        "bucket-versioning", "Enables versioning on the bucket.",
        checks: ["trail-bucket-versioning", "s3-bucket-versioning"], calls: [.putBucketVersioning]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).versioning]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        return .steps([bucket.enablingVersioning(before: try observed[bucket.versioning], for: target)])
    }

    /// Gives instructions in order, with the proof and the clean-up at the end, because only the root user can enable
    /// MFA delete, with its device and its own access key.
    ///
    /// Source: Amazon S3 User Guide, "Configuring MFA delete".
    private static let mfaDeleteFix = Fix(
        "bucket-mfa-delete", "Hands over what a person does as root to enable MFA delete, or offers Object Lock.",
        checks: ["trail-bucket-mfa-delete", "s3-bucket-mfa-delete"], calls: []
    ) { _, _, _ in
        []
    } propose: { target, reading, _ in
        let name = target.resource.id
        let device = "arn:\(reading.partition):iam::\(reading.id):mfa/DEVICE"
        return .byHand([
            "1. Sign in to the AWS Management Console as root, with MFA. Under Security credentials create an access key: "
                + "MFA delete cannot be enabled in the console.",
            "2. In AWS CloudShell, or a shell without history, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to that key.",
            "3. aws s3api put-bucket-versioning --bucket \(name) --expected-bucket-owner \(reading.id) --region "
                + "\(target.region) --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa '\(device) CODE', "
                + "with the serial number of the device and its present code.",
            "4. Proof: aws s3api get-bucket-versioning --bucket \(name) shows MFADelete Enabled, and 'parapet scan --check "
                + "\(target.checks.first ?? "")' passes.",
            "5. Clean-up: delete root's access key under Security credentials, and prove it with 'parapet scan --check "
                + "root-access-key'.",
            "From then on a lifecycle rule cannot be put on the bucket, and only root can delete a version.",
            "Instead of it, Object Lock keeps versions from everybody for a time, root included, without root's help: aws s3api "
                + "put-object-lock-configuration --bucket \(name) --object-lock-configuration "
                + "'ObjectLockEnabled=Enabled,Rule={DefaultRetention={Mode=COMPLIANCE,Days=365}}'. It cannot be taken back "
                + "for what it locks, and the check still fails: mute it with this reason.",
        ])
    }

    private static let tlsFix = Fix(
        "bucket-tls-only", "Adds a statement that denies requests without TLS to the bucket policy.",
        checks: ["trail-bucket-tls-only", "s3-bucket-tls-only"], calls: [.putBucketPolicy, .deleteBucketPolicy]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).policy]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        return bucket.adding(
            bucket.tlsStatement(target.resource.arn), to: try observed[bucket.policy],
            "Deny requests without TLS to \(bucket.name)", for: target,
            notes: ["Clients that use plain HTTP are denied at once."])
    }

    /// Limits CloudTrail's own statements to the trails that deliver to the bucket. Other statements are kept.
    ///
    /// Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail".
    static let sourceFix = Fix(
        "trail-bucket-policy-source",
        "Limits CloudTrail's statements in the bucket policy to your trails (aws:SourceArn).",
        checks: ["trail-bucket-policy-source"], calls: [.putBucketPolicy, .deleteBucketPolicy],
        reads: [.trails, .organization, .regions]
    ) { target, reading, _ in
        [FixedBucket(target, in: reading).policy]
    } propose: { target, reading, observed throws(Unknown) in
        let bucket = FixedBucket(target, in: reading)
        let before = try observed[bucket.policy]
        let trails = reading.trails.filter { $0.s3BucketName == bucket.name }
        var text = PolicyText(before)
        if let obstacle = try text.admitCloudTrail(into: target.resource.arn, for: trails, in: reading) {
            return .declined(obstacle)
        }
        return bucket.replacing(
            before, by: text, "Limit log delivery into \(bucket.name) to your trails", for: target,
            notes: [
                "Trails that deliver to the bucket and were not seen stop delivering; the trails that are allowed: "
                    + trails.map(\.trailARN).sorted().joined(separator: ", ")
            ])
    }
}

extension PolicyText {
    /// Changes the policy of a trail bucket as `trail-bucket-policy-source` requires.
    /// - Returns: the reason why that is not possible; `nil` if it is.
    mutating func admitCloudTrail(
        into bucketARN: String, for trails: [Trail], in reading: Reading
    ) throws(Unknown) -> String? {
        let needs = CloudTrailNeeds(trails)
        let policy = try policy
        for grant in policy.grantsToCloudTrail(on: bucketARN) {
            guard let others = try grant.others(in: policy, besides: trails, reading) else { continue }
            let title = grant.statement.title
            guard let index = policy.statements.firstIndex(of: grant.statement), others == .anybody else {
                return "\(title) allows log delivery from \(others.trails): whether it should is a person's to decide"
            }
            guard statements[index].isForCloudTrailAlone else {
                return "\(title) allows log delivery to others besides CloudTrail: split it by hand"
            }
            narrow(index, to: needs.sourceCondition)
        }
        return try admitMissing(into: bucketARN, for: trails, in: reading)
    }

    /// Appends the statements that allow CloudTrail to deliver the trails' files, if it is not allowed to.
    /// - Returns: the reason why that is not possible; `nil` if it is.
    mutating func admitMissing(
        into bucketARN: String, for trails: [Trail], in reading: Reading
    ) throws(Unknown) -> String? {
        var obstacle = try reading.refusal(of: trails, to: bucketARN, by: policy)?.message
        let hasWrites = try !policy.statementsLettingCloudTrailWrite(to: bucketARN).isEmpty
        guard obstacle != nil || !hasWrites else { return nil }
        var organization: String?
        for trail in trails where trail.isOrganizationTrail { organization = try reading[.organization].value?.id }
        let folders = trails.compactMap { $0.folders(of: organization, beside: reading.id) }
        guard folders.count == trails.count else {
            return "the organization of a trail is not known, and with it the folder of its files"
        }
        let needs = CloudTrailNeeds(trails)
        append(needs.aclStatement(bucketARN))
        append(needs.deliveryStatement(bucketARN, Set(folders.joined()).sorted()))
        obstacle = try reading.refusal(of: trails, to: bucketARN, by: policy)?.message
        return obstacle.map { "\($0): another statement of the policy must be changed by hand" }
    }
}
