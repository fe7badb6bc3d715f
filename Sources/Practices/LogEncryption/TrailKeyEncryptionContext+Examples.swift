import AWSClient
import Inventory
import Posture

extension TrailKeyEncryptionContext {
    var examples: [Example] {
        [
            .passes("the statement requires the account's trails in the context") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample)
            },
            .passes("any principal of one account can also use the key through Amazon S3") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(statements: PolicyDocument.trailEncryption, throughAmazonS3))
                    })
            },
            .passes("the statement requires the account's trail as the source") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: admitting(
                        #"""
                        {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main"}}
                        """#))
            },
            .passes("another statement denies the trails of other accounts") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
                                     "Action": "kms:GenerateDataKey*", "Resource": "*"},
                                    {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                                     "Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"},
                                                   "Bool": {"aws:PrincipalIsAWSService": "true"}}}
                                    """#))
                    })
            },
            .passes("the statement requires the organization of the account") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trails: .sample)
                $0.hold(keys: admitting(#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the statement requires another account's trail") {
                $0.hold(trails: .sample)
                $0.hold(keys: admitting(context("arn:aws:cloudtrail:*:999999999999:trail/*")))
            },
            .fails("the statement requires a trail of this account or of another") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: admitting(
                        context(
                            "arn:aws:cloudtrail:*:123456789012:trail/*", "arn:aws:cloudtrail:*:999999999999:trail/*")))
            },
            .fails("the statement requires the account's trails in the context, and another account as the source") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: admitting(
                        #"""
                        {"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:999999999999:trail/main"},
                         "StringLike":
                           {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}
                        """#))
            },
            .fails("only principals of one account can use the key, through Amazon S3") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.policy = .known(PolicyDocument(statements: throughAmazonS3)) })
            },
            .fails("the statement has no condition") {
                $0.hold(trails: .sample)
                $0.hold(keys: admitting("{}"))
            },
            .fails("the statement requires any trail") {
                $0.hold(trails: .sample)
                $0.hold(keys: admitting(context("arn:aws:cloudtrail:*:*:trail/*")))
            },
            .fails("a statement denies what CloudTrail requests") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: PolicyDocument.trailEncryption,
                                #"""
                                {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*",
                                 "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}
                                """#))
                    })
            },
            .fails("CloudTrail is not allowed") {
                $0.hold(trails: .sample)
                $0.hold(
                    keys: .sample {
                        $0.policy = .known(PolicyDocument(statements: PolicyDocument.keyAdministration))
                    })
            },
            .unknown("the policy cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(keys: .sample { $0.policy = .denied(.getKeyPolicy) })
            },
        ]
    }

    /// Statement in the form that AWS managed keys have.
    private var throughAmazonS3: String {
        #"""
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
         "Resource": "*",
         "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012",
                                        "kms:ViaService": "s3.us-east-1.amazonaws.com"}}}
        """#
    }

    private func context(_ trails: String...) -> String {
        let list = trails.map { #""\#($0)""# }.joined(separator: ", ")
        return #"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": [\#(list)]}}"#
    }

    private func admitting(_ condition: String) -> EncryptionKey {
        .sample {
            $0.policy = .known(
                PolicyDocument(
                    statements: #"""
                        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
                         "Action": "kms:GenerateDataKey*", "Resource": "*", "Condition": \#(condition)}
                        """#))
        }
    }
}
