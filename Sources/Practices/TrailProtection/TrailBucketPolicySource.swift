import AWSClient
import IAMPolicy
import Inventory
import Posture

/// CloudTrail writes for whomever configured a trail: a policy that names only the service lets in every account's.
struct TrailBucketPolicySource: Check {
    let about = About(
        id: "trail-bucket-policy-source",
        title: "The policy of every trail bucket admits CloudTrail only for your own trails",
        practice: .trailProtection,
        severity: .medium,
        risk: """
            Somebody with another AWS account may point a trail of theirs at your bucket, and have CloudTrail write \
            their events among yours.
            """,
        judges: """
            Every statement that lets cloudtrail.amazonaws.com read the bucket's list of grants or put objects must pin \
            aws:SourceArn to the account's trails, or aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths to fixed \
            values. A policy that does not admit CloudTrail at all fails: the trail cannot deliver.
            """,
        remedy: "Add the condition aws:SourceArn with the trail's ARN to each statement for cloudtrail.amazonaws.com.",
        sources: ["AWS CloudTrail User Guide: Amazon S3 bucket policy for CloudTrail"],
        reads: [.trails, .bucketPolicy])

    func evaluate(_ account: Account, by criteria: Criteria) throws(Unknown) -> [Verdict] {
        try account.judgeTrailBuckets { bucket, _ throws(Unknown) in
            let document = try bucket.policy.value
            let evidence = Evidence("Policy", JSONValue(document?.text), from: .getBucketPolicy)
            let statements = try document?.policy.statementsForCloudTrail ?? []
            guard !statements.isEmpty else {
                return .fail("The bucket policy does not admit CloudTrail: no trail can deliver", evidence)
            }
            let open = statements.filter { !$0.pinsSource }
            guard let first = open.first else {
                return .pass("The bucket policy admits CloudTrail for pinned sources only", evidence)
            }
            let name = first.sid.map { "Statement \($0)" } ?? "A statement"
            return .fail("\(name) admits CloudTrail whosever trail it writes for", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the statement pins aws:SourceArn") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .passes("the statement pins aws:SourceOrgID") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .passes("the statement pins the account of any trail") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#))
            },
            .fails("the statement has no condition about the source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#))
            },
            .fails("the condition admits every source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}"#))
            },
            .fails("the condition holds also for requests without a source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .fails("one of two statements pins nothing") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(
                            PolicyDocument(statements: PolicyDocument.trailDelivery, allowing("s3:GetBucketAcl", "{}")))
                    })
            },
            .fails("the bucket has no policy") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .known(nil) })
            },
            .unknown("the policy cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .denied(.getBucketPolicy) })
            },
            .unknown("the bucket belongs to another account") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .elsewhere(.listBuckets) })
            },
        ]
    }

    private func admitting(_ condition: String) -> Bucket {
        .sample { $0.policy = .known(PolicyDocument(statements: allowing("s3:PutObject", condition))) }
    }

    private func allowing(_ action: String, _ condition: String) -> String {
        #"""
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "\#(action)",
         "Resource": "*", "Condition": \#(condition)}
        """#
    }
}

extension Policy {
    /// The statements that let CloudTrail look at the bucket or write to it.
    fileprivate var statementsForCloudTrail: [Statement] {
        let cloudTrail = Principal.service("cloudtrail.amazonaws.com")
        let admitted = ["s3:PutObject", "s3:GetBucketAcl"].flatMap { statements(allowing: $0, to: cloudTrail) }
        return statements.filter(admitted.contains)
    }
}
