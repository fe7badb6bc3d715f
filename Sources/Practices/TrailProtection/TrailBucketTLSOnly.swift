import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Logs that are fetched without TLS can be read, and changed, on the way.
struct TrailBucketTLSOnly: Check {
    let about = About(
        id: "trail-bucket-tls-only",
        title: "Every trail bucket refuses requests without TLS",
        practice: .trailProtection, severity: .medium,
        risk: "A client that fetches log files over plain HTTP shows them, and its requests, to everybody on the way.",
        judges: """
            The policy must deny every S3 action on the bucket and on all its objects, to everybody, where \
            aws:SecureTransport is false and on no further condition.
            """,
        remedy: """
            Add a statement that denies s3:* to everybody on the bucket and its objects where aws:SecureTransport is \
            false.
            """,
        references: [
            .prowler("s3_bucket_secure_transport_policy"), .securityHub("S3.5"),
            .cis("1.4", "2.1.2"), .cis("3.0", "2.1.1"), .cis("5.0", "2.1.1"),
            .config("s3-bucket-ssl-requests-only"),
        ],
        sources: ["Amazon S3 User Guide: Security best practices for Amazon S3"],
        reads: [.trails, .bucketPolicy])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let document = try bucket.policy.value
            let evidence = Evidence("Policy", JSON(document?.text), from: .getBucketPolicy)
            guard let policy = try reading.policy(document) else {
                return .fail("The bucket has no policy that would refuse requests without TLS", evidence)
            }
            let arn = "arn:\(reading.partition):s3:::\(bucket.name)"
            return policy.allowsOnlyTLS(for: arn)
                ? .pass("The bucket policy refuses requests without TLS", evidence)
                : .fail("The bucket policy does not refuse all requests without TLS", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("everything without TLS is denied") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .fails("only requests for objects are denied") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                                     "Resource": "arn:aws:s3:::example-trail/*",
                                     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
                                    """#))
                    })
            },
            .fails("the policy says nothing about TLS") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample { $0.policy = .known(PolicyDocument(statements: PolicyDocument.trailDelivery)) })
            },
            .fails("the bucket has no policy") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .known(nil) })
            },
            .unknown("the policy cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .denied(.getBucketPolicy) })
            },
        ]
    }
}
