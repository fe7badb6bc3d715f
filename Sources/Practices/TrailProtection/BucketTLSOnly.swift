import AWSClient
import Basics
import IAMPolicy
import Inventory
import Posture

/// What is fetched without TLS can be read, and changed, on the way: one check for trail buckets, one for all.
struct BucketTLSOnly: Check {
    static let ofTrails = BucketTLSOnly(
        .trailBuckets, with: .bucketPolicy, "trail-bucket-tls-only",
        title: "Every trail bucket refuses requests without TLS", .trailProtection, .medium,
        risk: "A client that fetches log files over plain HTTP shows them, and its requests, to everybody on the way.")

    static let ofAll = BucketTLSOnly(
        .buckets, with: .everyBucketPolicy, "s3-bucket-tls-only",
        title: "S3 buckets should deny requests without TLS", .content, .low,
        risk: "A client that uses plain HTTP shows the objects, and its requests, to everybody on the way.",
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
                The policy must deny every S3 action on the bucket and on all its objects, to everybody, where \
                aws:SecureTransport is false and on no further condition.
                """,
            remedy: """
                Add a statement that denies s3:* to everybody on the bucket and its objects where aws:SecureTransport is \
                false.
                """,
            references: references,
            sources: ["Amazon S3 User Guide: Security best practices for Amazon S3"],
            reads: each.reads.union([policy]), impliedBy: Set([impliedBy].compactMap(\.self)))
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(each) { bucket throws(Unknown) in
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
            .passes("everything without TLS is denied") { each.hold(&$0, .sample) },
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
            .fails("the policy says nothing about TLS") {
                each.hold(&$0, .sample { $0.policy = .known(PolicyDocument(statements: PolicyDocument.trailDelivery)) })
            },
            .fails("the bucket has no policy") { each.hold(&$0, .sample { $0.policy = .known(nil) }) },
            .unknown("the policy cannot be read") { each.hold(&$0, .sample { $0.policy = .denied(.getBucketPolicy) }) },
        ]
    }
}
