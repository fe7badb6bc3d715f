import AWSClient
import Inventory
import Posture

extension TrailBucketNotPublic {
    var examples: [Example] {
        [
            .passes("neither the policy nor the access control list allows public access") {
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
            .passes("any principal is allowed, but only of one organization") {
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
            .passes("the policy cannot be read, but public policies are restricted") {
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
            .fails("every AWS account can read by the access control list") {
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
            .unknown("the bucket does not exist, which cloudtrail-delivery reports") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.region = .missing(.getBucketLocation)
                        $0.policy = .missing(.getBucketLocation)
                        $0.grants = .missing(.getBucketLocation)
                        $0.publicAccessBlock = .missing(.getBucketLocation)
                    })
                $0[.accountPublicAccessBlock] = .known(.allOn)
            },
            .unknown(
                """
                the bucket belongs to another account, and Block Public Access of this account has no effect on it
                """
            ) {
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
        BucketGrant(group: "http://acs.amazonaws.com/groups/global/AllUsers", "READ")
    }

    fileprivate static var authenticatedUsers: BucketGrant {
        BucketGrant(group: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "READ")
    }
}
