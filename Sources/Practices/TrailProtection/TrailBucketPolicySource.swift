import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// CloudTrail writes for whomever configured a trail: a policy that names only the service lets in every account's.
struct TrailBucketPolicySource: Check {
    let about = About(
        id: "trail-bucket-policy-source",
        title: "The policy of every trail bucket admits CloudTrail only for your own trails",
        practice: .trailProtection, severity: .medium,
        risk: """
            Somebody with another AWS account may point a trail of theirs at your bucket, and have CloudTrail write \
            their events among yours.
            """,
        judges: """
            Every statement that lets CloudTrail read the bucket's list of grants or put objects into it must pin \
            aws:SourceArn or aws:SourceAccount to the account of the trails that deliver here (an organization's \
            management account for its trail), or aws:SourceOrgID or aws:SourceOrgPaths to fixed values. Statements for \
            everybody that demand a principal of an account or organization are not for CloudTrail. Where none lets it \
            put objects, the policy fails: the trail cannot deliver.
            """,
        remedy: "Add the condition aws:SourceArn with the trail's ARN to each statement for cloudtrail.amazonaws.com.",
        sources: ["AWS CloudTrail User Guide: Amazon S3 bucket policy for CloudTrail"],
        reads: [.trails, .bucketPolicy])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let trails = reading.trailsDelivering(to: bucket)
            let document = try bucket.policy.value
            let evidence = Evidence("Policy", JSON(document?.text), from: .getBucketPolicy)
            let policy = try reading.policy(document)
            let bucketARN = "arn:\(reading.partition):s3:::\(bucket.name)"
            let writes = policy?.statementsLettingCloudTrailWrite(to: bucketARN) ?? []
            guard let policy, !writes.isEmpty else {
                return .fail("The bucket policy does not admit CloudTrail: no trail can deliver", evidence)
            }
            for statement in writes + policy.statementsLettingCloudTrailLook(at: bucketARN) {
                let owners = TrailOwners(of: statement, besides: trails)
                if !owners.areOfOrganization, let others = owners.others(pinnedBy: TrailOwners.source) {
                    return .fail("\(statement.title) admits CloudTrail for \(others)", evidence)
                }
            }
            return .pass("The bucket policy admits CloudTrail for your own trails only", evidence)
        }
    }
}

extension Policy {
    fileprivate func statementsLettingCloudTrailWrite(to bucketARN: String) -> [Statement] {
        statementsAdmittingCloudTrail(to: "s3:PutObject").filter {
            $0.resources?.mayNameObjects(of: bucketARN) ?? true
        }
    }

    fileprivate func statementsLettingCloudTrailLook(at bucketARN: String) -> [Statement] {
        statementsAdmittingCloudTrail(to: "s3:GetBucketAcl").filter { $0.resources?.mayName(bucketARN) ?? true }
    }
}
