import AWSClient
import Inventory
import Posture

extension DecryptersAreReaders {
    var examples: [Example] {
        [
            .passes("the one role that can decrypt can read") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt", "s3:GetObject"])])
            },
            .passes(
                """
                any principal of another organization can decrypt, and no principal of the account belongs to it
                """
            ) {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:ListAllMyBuckets")])
                $0.hold(buckets: .sample { $0.publicAccessBlock = .known(.allOff) })
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
                                     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5",
                                                                    "aws:PrincipalArn": "arn:aws:iam::123456789012:role/deploy"}}}
                                    """#))
                    })
            },
            .passes("a role can decrypt with other keys only") {
                $0.holdForAccess(roles: [
                    .named(
                        "deploy", allowing: ["kms:Decrypt"], on: "arn:aws:kms:us-east-1:123456789012:key/another")
                ])
            },
            .fails("a role can decrypt with all keys, but not read the bucket") {
                $0.holdForAccess(roles: [.deploy(allowing: "kms:Decrypt")])
            },
            .fails("a grant allows decryption to a role that cannot read") {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:ListAllMyBuckets")])
                $0.hold(
                    keys: .sample {
                        $0.grants = .known([
                            KeyGrant(
                                grantID: "g1", granteePrincipal: "arn:aws:iam::123456789012:role/deploy",
                                operations: ["Decrypt"])
                        ])
                    })
            },
            .fails("the key policy allows another account to decrypt") {
                $0.holdForAccess(roles: [])
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: PolicyDocument.keyAdministration,
                                #"""
                                {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "kms:Decrypt",
                                 "Resource": "*"}
                                """#))
                    })
            },
            .unknown("the key's grants cannot be listed") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt", "s3:GetObject"])])
                $0.hold(keys: .sample { $0.grants = .denied(.listGrants) })
            },
            .unknown("the key policy cannot be read") {
                $0.holdForAccess(roles: [])
                $0.hold(keys: .sample { $0.policy = .denied(.getKeyPolicy) })
            },
            .unknown("the access control list of the bucket cannot be read") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt"])])
                $0.hold(buckets: .sample { $0.grants = .denied(.getBucketACL) })
            },
            .unknown("the bucket policy cannot be read") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt", "s3:GetObject"])])
                $0.hold(buckets: .sample { $0.policy = .denied(.getBucketPolicy) })
            },
            .unknown("the users and roles cannot be listed") {
                $0.holdForAccess(roles: [])
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
            },
            .passes("any principal can read the bucket, which other checks evaluate") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt"])])
                $0.hold(
                    buckets: .sample {
                        $0.publicAccessBlock = .known(.allOff)
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                     "Resource": "arn:aws:s3:::example-trail/*"}
                                    """#))
                    })
            },
            .passes("the organization's policies cannot be read, and no principal can decrypt") {
                $0.holdForAccess(roles: [])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown("the organization's policies cannot be read, and possibly deny reading") {
                $0.holdForAccess(roles: [.named("audit", allowing: ["kms:Decrypt", "s3:GetObject"])])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
        ]
    }
}
