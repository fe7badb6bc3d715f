import AWSClient
import Inventory
import Posture

extension AccessLogTarget {
    var examples: [Example] {
        [
            .passes("the target's policy allows S3 log delivery") { $0.logAccess(to: .accessLogs) },
            .passes("the target's access control list allows S3 log delivery") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(nil)
                        $0.grants = .known([.owner, .logDelivery("WRITE"), .logDelivery("READ_ACP")])
                    })
            },
            .passes("a resource control policy allows services for resources of the same organization") {
                $0.logAccess(to: .accessLogs)
                $0.limitServices(toOrganization: "o-example")
            },
            .fails("a resource control policy allows services for resources of another organization only") {
                $0.logAccess(to: .accessLogs)
                $0.limitServices(toOrganization: "o-another")
            },
            .unknown("the organization policies cannot be read") {
                $0.logAccess(to: .accessLogs)
                $0[.organizationPolicies] = .denied(.listRoots)
            },
            .fails("the bucket is its own target (logging loop)") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: .sample {
                        $0.logging = .known(BucketLogging(targetBucket: $0.name, targetPrefix: "access/"))
                    })
            },
            .fails("the target does not exist") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.region = .missing(.listBuckets)
                        $0.policy = .missing(.listBuckets)
                        $0.grants = .missing(.listBuckets)
                    })
            },
            .fails("the target belongs to another account") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.region = .elsewhere(.listBuckets)
                        $0.policy = .elsewhere(.listBuckets)
                    })
            },
            .fails("the target allows another prefix only") {
                $0.logAccess(to: .accessLogs, under: "elsewhere/")
            },
            .fails("the target allows another bucket's logs only") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                                     "Action": "s3:PutObject", "Resource": "arn:aws:s3:::example-access-logs/*",
                                     "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::another-bucket"}}}
                                    """#))
                    })
            },
            .fails("a deny statement overrides the allow statement") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                                     "Action": "s3:PutObject", "Resource": "arn:aws:s3:::example-access-logs/*"}
                                    """#,
                                #"""
                                {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
                                 "Resource": "arn:aws:s3:::example-access-logs/*"}
                                """#))
                    })
            },
            .passes("a deny statement excludes AWS services") {
                $0.logAccess(
                    to: .accessLogs(
                        denying: #"""
                            {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
                            """#))
            },
            .fails("a deny statement for principals outside the organization includes AWS services") {
                $0.logAccess(
                    to: .accessLogs(denying: #"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the target allows the organization's principals only") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject",
                                     "Resource": "arn:aws:s3:::example-access-logs/*",
                                     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}}
                                    """#))
                    })
            },
            .unknown("a deny statement is for deliveries from outside the organization") {
                $0.logAccess(
                    to: .accessLogs(denying: #"{"StringNotEqualsIfExists": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#))
            },
            .unknown(
                """
                the access control list allows S3 log delivery, and a deny statement is for deliveries from outside \
                the organization
                """
            ) {
                var target = Bucket.accessLogs(
                    denying: #"{"StringNotEqualsIfExists": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}"#, allowing: false)
                target.grants = .known([.owner, .logDelivery("WRITE"), .logDelivery("READ_ACP")])
                $0.logAccess(to: target)
            },
            .unknown("the target allows deliveries from the organization only") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                                     "Action": "s3:PutObject", "Resource": "arn:aws:s3:::example-access-logs/*",
                                     "Condition": {"StringEquals": {"aws:SourceOrgPaths": "o-a1b2c3d4e5/*"}}}
                                    """#))
                    })
            },
            .fails("the target has no policy, and its access control list has no grant") {
                $0.logAccess(to: .accessLogs { $0.policy = .known(nil) })
            },
            .unknown("the target's policy cannot be read") {
                $0.logAccess(to: .accessLogs { $0.policy = .denied(.getBucketPolicy) })
            },
            .unknown("the target has no policy, and its access control list cannot be read") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(nil)
                        $0.grants = .denied(.getBucketACL)
                    })
            },
            .fails("the target encrypts with the AWS managed KMS key") {
                $0.logAccess(to: .accessLogs { $0.encryption = .known(BucketEncryption(sseAlgorithm: "aws:kms")) })
            },
            .fails("the target encrypts twice, with the AWS managed KMS key by its alias") {
                $0.logAccess(to: .encrypting("arn:aws:kms:us-east-1:123456789012:alias/aws/s3", by: "aws:kms:dsse"))
            },
            .fails("the target encrypts with a key whose policy does not allow log delivery") {
                $0.logAccess(to: .encrypting(EncryptionKey.sample.reference))
                $0.hold(keys: .sample)
            },
            .fails("the target encrypts with the AWS managed KMS key, and its policy cannot be read") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.encryption = .known(BucketEncryption(sseAlgorithm: "aws:kms"))
                        $0.policy = .denied(.getBucketPolicy)
                    })
            },
            .fails("the target's Object Lock has a default retention") {
                $0.logAccess(to: .accessLogs { $0.objectLock = .known(ObjectLock(mode: "GOVERNANCE", days: 1)) })
            },
            .passes("the target's Object Lock has no default retention") {
                $0.logAccess(to: .accessLogs { $0.objectLock = .known(ObjectLock()) })
            },
            .fails("the target is a Requester Pays bucket") {
                $0.logAccess(to: .accessLogs { $0.payer = .known("Requester") })
            },
            .fails("the target is in another Region") {
                $0.logAccess(to: .accessLogs { $0.region = .known("eu-west-1") })
            },
            .unknown("the target encrypts with a key whose policy allows log delivery") {
                $0.logAccess(to: .encrypting(EncryptionKey.sample.reference))
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                                     "Action": ["kms:GenerateDataKey*", "kms:Decrypt"], "Resource": "*"}
                                    """#))
                    })
            },
            .unknown("the target's encryption cannot be read") {
                $0.logAccess(to: .accessLogs { $0.encryption = .denied(.getBucketEncryption) })
            },
            .unknown("the Requester Pays setting of the target cannot be read") {
                $0.logAccess(to: .accessLogs { $0.payer = .denied(.getBucketRequestPayment) })
            },
            .unknown("the logging configuration cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.logging = .denied(.getBucketLogging) })
            },
        ]
    }
}

extension BucketGrant {
    fileprivate static func logDelivery(_ permission: String) -> BucketGrant {
        BucketGrant(group: AccessLogDelivery.group, permission)
    }
}

extension Account {
    /// Sets the sample trail and bucket, whose access logs go to `target`.
    fileprivate mutating func logAccess(to target: Bucket, under prefix: String = "trail/") {
        hold(trails: .sample)
        hold(
            buckets: .sample {
                $0.logging = .known(BucketLogging(targetBucket: target.name, targetPrefix: prefix))
            }, target)
        self[.organization] = .known(nil)
        self[.organizationPolicies] = .known(OrganizationPolicies())
    }

    /// Makes the account a member of `o-example`, in which a resource control policy denies services acting for other
    /// organizations.
    ///
    /// Source: AWS Organizations User Guide, "Resource control policy examples", section "Cross-service confused deputy
    /// protection".
    fileprivate mutating func limitServices(toOrganization id: String) {
        let document = PolicyDocument(
            statements: #"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}"#,
            #"""
            {"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "kms:*"], "Resource": "*",
             "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "\#(id)"},
                           "Null": {"aws:SourceAccount": "false"},
                           "Bool": {"aws:PrincipalIsAWSService": "true"}}}
            """#)
        self[.organization] = .known(Organization(id: "o-example", masterAccountID: "111111111111"))
        self[.organizationPolicies] = .known(
            OrganizationPolicies(
                resourceControl: [
                    PolicyLevel(
                        id: "r-1", kind: .root,
                        policies: [OrganizationPolicy(id: "p-1", name: "services", document: document)])
                ]))
    }
}

extension Bucket {
    /// Returns the sample target with default encryption by a KMS key.
    fileprivate static func encrypting(_ key: String, by algorithm: String = "aws:kms") -> Bucket {
        .accessLogs { $0.encryption = .known(BucketEncryption(sseAlgorithm: algorithm, kmsMasterKeyID: key)) }
    }

    /// Returns the sample target with a denial for everyone, and with or without its grant to S3's log delivery.
    fileprivate static func accessLogs(denying condition: String, allowing: Bool = true) -> Bucket {
        let denial = #"""
            {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
             "Resource": "arn:aws:s3:::example-access-logs/*", "Condition": \#(condition)}
            """#
        let grant = #"""
            {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
             "Resource": "arn:aws:s3:::example-access-logs/*"}
            """#
        return .accessLogs {
            $0.policy = .known(
                PolicyDocument(statements: (allowing ? [grant, denial] : [denial]).joined(separator: ", ")))
        }
    }
}
