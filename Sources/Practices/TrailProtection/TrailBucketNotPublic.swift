import AWSClient
import Basics
import Inventory
import Posture

/// A public trail bucket shows the world who does what in the account, and may let the world rewrite it.
struct TrailBucketNotPublic: Check {
    let about = About(
        id: "trail-bucket-not-public",
        title: "No trail bucket is public",
        practice: .trailProtection,
        severity: .critical,
        risk: """
            The log names every user, role, address and resource: a map for attackers. Where the world may also write, \
            the log proves nothing any more.
            """,
        judges: """
            The bucket is public by its policy, or by an access control list that names AllUsers or AuthenticatedUsers. \
            RestrictPublicBuckets takes the effect from a public policy, IgnorePublicAcls from public lists; set for \
            the bucket or for the account, either suffices. A policy is public in Amazon S3's own sense: it names \
            everybody and no condition pins down who calls.
            """,
        remedy: """
            Remove the public statement or grant, then switch on all four block public access settings for the bucket \
            and for the account.
            """,
        references: [
            .prowler("cloudtrail_logs_s3_bucket_is_not_publicly_accessible"), .securityHub("CloudTrail.6"),
            .cis("1.4", "3.3"),
        ],
        sources: ["Amazon S3 User Guide: Blocking public access to your Amazon S3 storage"],
        reads: [
            .trails, .bucketPolicy, .bucketACL, .bucketPublicAccessBlock, .accountPublicAccessBlock,
        ])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            let access = PublicAccess(to: bucket, of: reading)
            let isOpenByPolicy = access.hasPublicPolicy && !access.restrictsPublicBuckets
            let isOpenByACL = access.hasPublicGrants && !access.ignoresPublicACLs
            let isOpen = try (isOpenByPolicy || isOpenByACL).value
            guard isOpen else { return .pass(access.protection, access.evidence) }
            return (try? isOpenByPolicy.value) == true
                ? .fail("The bucket policy lets everybody in, and no block restricts it", access.evidence)
                : .fail("The access control list lets everybody in, and no block ignores it", access.evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("neither the policy nor the access control list lets everybody in") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.publicAccessBlock = .known(.allOff) })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .passes("the policy is public, and the bucket restricts public policies") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .known(publicPolicy) })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .passes("policy and list are public, and the account blocks both") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(publicPolicy)
                        $0.grants = .known([.everyone])
                        $0.publicAccessBlock = .known(.allOff)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOn)
            },
            .passes("everybody is named, but only callers of one organization are meant") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                     "Resource": "arn:aws:s3:::example-trail/*",
                                     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
                                    """#))
                        $0.publicAccessBlock = .known(.allOff)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .passes("the policy cannot be read, but whatever it says is restricted") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .denied(.getBucketPolicy) })
            },
            .fails("the policy is public") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(publicPolicy)
                        $0.publicAccessBlock = .known(.allOff)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .fails("new public policies are blocked, but the one that exists is not restricted") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(publicPolicy)
                        $0.publicAccessBlock = .known(PublicAccessBlock(blockPublicPolicy: true))
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .fails("every AWS account may read by the access control list") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.grants = .known([.owner, .authenticatedUsers])
                        $0.publicAccessBlock = .known(.allOff)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .unknown("the policy is public, and the bucket's block cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(publicPolicy)
                        $0.publicAccessBlock = .denied(.getPublicAccessBlock)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .unknown("the policy cannot be read, and nothing restricts it") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.policy = .denied(.getBucketPolicy)
                        $0.publicAccessBlock = .known(.allOff)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOff)
            },
            .unknown("the bucket is another account's, where this account's block is of no effect") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.region = .elsewhere(.listBuckets)
                        $0.policy = .elsewhere(.listBuckets)
                        $0.grants = .elsewhere(.listBuckets)
                        $0.publicAccessBlock = .elsewhere(.listBuckets)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOn)
            },
        ]
    }

    private var publicPolicy: PolicyDocument {
        PolicyDocument(
            statements: #"""
                {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-trail/*"}
                """#)
    }
}

extension BucketGrant {
    fileprivate static var everyone: BucketGrant {
        BucketGrant(grantee: "http://acs.amazonaws.com/groups/global/AllUsers", permission: "READ")
    }

    fileprivate static var authenticatedUsers: BucketGrant {
        BucketGrant(grantee: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", permission: "READ")
    }
}
