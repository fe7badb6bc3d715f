import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// Data that is transferred without TLS can be read and changed in transit: one check for trail buckets, one for all
/// buckets.
struct BucketTLSOnly: Check {
    static let ofTrails = BucketTLSOnly(
        .trailBuckets, with: .bucketPolicy, "trail-bucket-tls-only",
        title: "CloudTrail buckets should require TLS", .trailProtection, .medium,
        risk: "Log files requested over HTTP can be read in transit.")

    static let ofAll = BucketTLSOnly(
        .buckets, with: .everyBucketPolicy, "s3-bucket-tls-only",
        title: "S3 buckets should deny requests without TLS", .content, .low,
        risk: "Objects requested over HTTP, and the requests, can be read in transit.",
        references: [
            .prowler("s3_bucket_secure_transport_policy"), .securityHub("S3.5"),
            .cis("1.4", "2.1.2"), .cis("3.0", "2.1.1"), .cis("5.0", "2.1.1"),
            .config("s3-bucket-ssl-requests-only"),
        ], impliedBy: "trail-bucket-tls-only")

    let about: About
    private let each: Each<Bucket>

    private init(
        _ each: Each<Bucket>, with policy: Facet, _ id: String, title: String, _ practice: Practice,
        _ severity: Severity, risk: String, references: [Reference] = [], impliedBy: String? = nil
    ) {
        self.each = each
        about = About(
            id: id, title: title, practice: practice, severity: severity, risk: risk,
            judges: """
                The policy must deny every S3 action on the bucket and on all its objects, for any principal, if \
                aws:SecureTransport is false and without further conditions.
                """,
            remedy: """
                Add a statement that denies s3:* to any principal on the bucket and its objects if aws:SecureTransport \
                is false.
                """,
            references: references,
            sources: ["Amazon S3 User Guide: Security best practices for Amazon S3"],
            reads: each.reads.union([policy]), impliedBy: Set([impliedBy].compactMap(\.self)))
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(each) { bucket throws(Unknown) in
            let document = try bucket.policy.value
            let evidence = Evidence("Policy", JSON(document?.text), from: .getBucketPolicy)
            guard let policy = try reading.policy(document, from: .getBucketPolicy) else {
                return .fail("The bucket has no policy that denies requests without TLS", evidence)
            }
            let arn = "arn:\(reading.partition):s3:::\(bucket.name)"
            return policy.allowsOnlyTLS(for: arn)
                ? .pass("Bucket policy denies requests without TLS", evidence)
                : .fail("Bucket policy does not deny all requests without TLS", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("all requests without TLS are denied") { each.hold(&$0, .sample) },
            .fails("only requests for objects are denied") {
                each.hold(
                    &$0,
                    .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                                     "Resource": "arn:aws:s3:::example-trail/*",
                                     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
                                    """#))
                    })
            },
            .fails("the policy does not mention TLS") {
                each.hold(&$0, .sample { $0.policy = .known(PolicyDocument(statements: PolicyDocument.trailDelivery)) })
            },
            .fails("the bucket has no policy") { each.hold(&$0, .sample { $0.policy = .known(nil) }) },
            .unknown("the policy cannot be read") { each.hold(&$0, .sample { $0.policy = .denied(.getBucketPolicy) }) },
        ]
    }
}
