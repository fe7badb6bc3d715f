import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// CloudTrail writes for any account's trail: a policy that names only the service allows the trails of all accounts.
struct TrailBucketPolicySource: Check {
    let about = About(
        id: "trail-bucket-policy-source",
        title: "CloudTrail bucket policies should restrict delivery to your trails",
        practice: .trailProtection, severity: .medium,
        risk: """
            Another AWS account can configure a trail that delivers to your bucket and mixes its events with yours.
            """,
        judges: """
            Every statement that allows CloudTrail to read the bucket ACL or to put objects must require aws:SourceArn \
            or aws:SourceAccount with the account of the trails that deliver here (the management account for an \
            organization trail), or aws:SourceOrgID or aws:SourceOrgPaths with your organization, unless another \
            statement denies the requests for trails of others. Statements for any principal that require a principal of an account or organization do not apply to CloudTrail. The policy \
            also fails if it does not allow the requests of CloudTrail for a trail: reading the bucket ACL, and putting \
            log and digest files under the prefix of the trail and AWSLogs/ACCOUNT/. Conditions without a known value \
            count as allowed.
            """,
        remedy: """
            Add a condition aws:SourceArn with the ARN of the trail to each statement for cloudtrail.amazonaws.com.
            """,
        sources: ["AWS CloudTrail User Guide: Amazon S3 bucket policy for CloudTrail"],
        reads: [.trails, .bucketPolicy, .organization])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let trails = reading.trailsDelivering(to: bucket)
            let document = try bucket.policy.value
            let evidence = Evidence("Policy", JSON(document?.text), from: .getBucketPolicy)
            let policy = try reading.policy(document, from: .getBucketPolicy)
            let bucketARN = "arn:\(reading.partition):s3:::\(bucket.name)"
            let writes = policy?.statementsLettingCloudTrailWrite(to: bucketARN) ?? []
            guard let policy, !writes.isEmpty else {
                return .fail("Bucket policy does not allow CloudTrail: no trail can deliver", evidence)
            }
            for grant in policy.grantsToCloudTrail(on: bucketARN) {
                if let others = try grant.others(in: policy, besides: trails, reading) {
                    return .fail("\(grant.statement.title) allows log delivery from \(others.trails)", evidence)
                }
            }
            if let refusal = try reading.refusal(of: trails, to: bucketARN, by: policy) {
                return .fail(refusal.message, evidence, refusal.evidence)
            }
            return .pass("Bucket policy allows log delivery from your trails only", evidence)
        }
    }
}

extension Reading {
    /// Returns the reason why a trail cannot deliver, as a sentence, with the key of a file that it cannot write.
    func refusal(
        of trails: [Trail], to bucketARN: String, by policy: Policy
    ) throws(Unknown) -> (message: String, evidence: Evidence)? {
        for trail in trails {
            let organization = trail.isOrganizationTrail ? try account[.organization].value?.id : nil
            // Without the organization ID, the folder of its trail is unknown.
            guard !trail.isOrganizationTrail || organization != nil else { continue }
            for file in trail.sampleFiles(
                of: organization, in: try account[.regions].value, beside: account.id)
            {
                let put = policy.access(
                    ofCloudTrail: "s3:PutObject", on: "\(bucketARN)/\(file)", for: trail,
                    organizationContext(of: trail).adding(["s3:x-amz-acl": "bucket-owner-full-control"]))
                if let refusal = put.refusal {
                    let kind = file.contains("/CloudTrail-Digest/") ? "digests" : "log files"
                    return (
                        "CloudTrail cannot write \(kind) of a trail: \(refusal)",
                        Evidence("Key of \(trail.name)", .string(file), from: .derived)
                    )
                }
            }
            let look = policy.access(
                ofCloudTrail: "s3:GetBucketAcl", on: bucketARN, for: trail, organizationContext(of: trail))
            if let refusal = look.refusal {
                return (
                    "CloudTrail cannot read the bucket ACL: \(refusal)",
                    Evidence("Trail", .string(trail.name), from: .derived)
                )
            }
        }
        return nil
    }
}

extension Policy {
    /// Returns the statements that may allow CloudTrail to deliver to the bucket.
    func grantsToCloudTrail(on bucketARN: String) -> [CloudTrailGrant] {
        statementsLettingCloudTrailWrite(to: bucketARN).map {
            CloudTrailGrant(statement: $0, action: "s3:PutObject", resource: "\(bucketARN)/*")
        }
            + statementsLettingCloudTrailLook(at: bucketARN).map {
                CloudTrailGrant(statement: $0, action: "s3:GetBucketAcl", resource: bucketARN)
            }
    }

    func statementsLettingCloudTrailWrite(to bucketARN: String) -> [Statement] {
        statementsAdmittingCloudTrail(to: "s3:PutObject").filter {
            $0.resources?.mayNameObjects(of: bucketARN) ?? true
        }
    }

    fileprivate func statementsLettingCloudTrailLook(at bucketARN: String) -> [Statement] {
        statementsAdmittingCloudTrail(to: "s3:GetBucketAcl").filter { $0.resources?.mayName(bucketARN) ?? true }
    }
}
