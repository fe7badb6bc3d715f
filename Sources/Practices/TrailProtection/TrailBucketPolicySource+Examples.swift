import AWSClient
import Inventory
import Posture

extension TrailBucketPolicySource {
    var examples: [Example] {
        [
            .passes("the statement requires aws:SourceArn") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample)
            },
            .passes("another statement denies the trails of other accounts") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: policy(
                        allowing("s3:GetBucketAcl", "{}"), allowing("s3:PutObject", "{}"),
                        Self.denying(#"{"StringNotEquals": {"aws:SourceAccount": "123456789012"}}"#)))
            },
            .passes("the statement requires aws:SourceOrgID with the organization of the account") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .passes("the statement requires the account of any trail") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#))
            },
            .passes("the statement requires aws:SourceAccount, and the Region of the trail stays open") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(
                        #"""
                        {"StringEquals": {"aws:SourceAccount": "123456789012"},
                         "ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}
                        """#))
            },
            .passes("the statement requires the management account of the organization whose trail delivers here") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trails: organizationTrail)
                $0.hold(
                    buckets: admitting(
                        #"{"StringEquals": {"aws:SourceArn": "arn:aws:cloudtrail:us-east-1:210987654321:trail/all"}}"#))
            },
            .passes("the whole organization can also read the bucket") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: with(
                        everybody(may: "s3:Get*", #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)))
            },
            .passes("roles of one account with a tag also have full access") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: with(
                        everybody(
                            may: "s3:*",
                            #"""
                            {"StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:PrincipalTag/team": "audit"}}
                            """#)))
            },
            .passes("CloudTrail can also write to another bucket, for any trail") {
                $0.hold(trails: .sample)
                $0.hold(buckets: with(allowing("s3:PutObject", "{}", on: "arn:aws:s3:::example-trail-2/*")))
            },
            .passes("the statement names the folder of the trail, with its prefix") {
                $0.hold(trails: .sample { $0.s3KeyPrefix = "logs" })
                $0.hold(
                    buckets: policy(
                        allowing("s3:GetBucketAcl", Self.ownSource),
                        allowing(
                            "s3:PutObject", Self.ownSource, on: "arn:aws:s3:::example-trail/logs/AWSLogs/123456789012/*"
                        )))
            },
            .passes("requests from outside the network of the company are denied, except for services") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: with(
                        Self.denying(
                            #"""
                            {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"},
                             "Bool": {"aws:PrincipalIsAWSService": "false"}}
                            """#)))
            },
            .fails("requests that do not use a VPC endpoint are denied, including requests of CloudTrail") {
                $0.hold(trails: .sample)
                $0.hold(buckets: with(Self.denying(#"{"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}"#)))
            },
            .fails("CloudTrail is not allowed to read the bucket ACL") {
                $0.hold(trails: .sample)
                $0.hold(buckets: policy(allowing("s3:PutObject", Self.ownSource)))
            },
            .fails("the statement names the folder without the trail's prefix") {
                $0.hold(trails: .sample { $0.s3KeyPrefix = "logs" })
                $0.hold(
                    buckets: policy(
                        allowing(
                            "s3:PutObject", Self.ownSource, on: "arn:aws:s3:::example-trail/AWSLogs/123456789012/*")))
            },
            .fails("the statement names another account's folder") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: policy(
                        allowing(
                            "s3:PutObject", Self.ownSource, on: "arn:aws:s3:::example-trail/AWSLogs/999999999999/*")))
            },
            .fails("the statement does not name the folder of the organization whose trail delivers here") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trails: organizationTrail)
                $0.hold(
                    buckets: policy(
                        allowing(
                            "s3:PutObject", #"{"StringEquals": {"aws:SourceAccount": "210987654321"}}"#,
                            on: "arn:aws:s3:::example-trail/AWSLogs/210987654321/*")))
            },
            .fails("the statement names the folder of log files and not that of digests") {
                $0.hold(trails: .sample { $0.logFileValidationEnabled = true })
                $0.hold(
                    buckets: policy(
                        allowing(
                            "s3:PutObject", Self.ownSource,
                            on: "arn:aws:s3:::example-trail/AWSLogs/123456789012/CloudTrail/*")))
            },
            .fails("the statement requires aws:SourceOrgID with another organization") {
                $0[.organization] = .known(SampleTrust.organization)
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEquals": {"aws:SourceOrgID": "o-zzzzzzzzzz"}}"#))
            },
            .fails("the statement requires another account's trails") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:999999999999:trail/*"}}"#))
            },
            .fails("the statement requires another account or the account of the trail") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: admitting(#"{"StringEquals": {"aws:SourceAccount": ["123456789012", "999999999999"]}}"#))
            },
            .fails("the statement requires a member account, and the trail is the organization's") {
                $0.hold(trails: organizationTrail)
                $0.hold(buckets: admitting(#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .fails("any principal can write that is in the organization or in none") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: with(
                        everybody(
                            may: "s3:PutObject", #"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)))
            },
            .fails("CloudTrail can read the bucket ACL, and write to another bucket") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: policy(
                        allowing("s3:GetBucketAcl", Self.ownSource, on: "arn:aws:s3:::example-trail"),
                        allowing("s3:PutObject", Self.ownSource, on: "arn:aws:s3:::example-trail-2/*")))
            },
            .fails("only the organization's principals can write") {
                $0.hold(trails: .sample)
                $0.hold(
                    buckets: policy(
                        everybody(may: "s3:*", #"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#)))
            },
            .fails("the statement has no condition about the source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#))
            },
            .fails("the condition allows every source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*"}}"#))
            },
            .fails("the condition also allows requests without a source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#))
            },
            .fails("one of two statements has no condition on the source") {
                $0.hold(trails: .sample)
                $0.hold(buckets: with(allowing("s3:GetBucketAcl", "{}")))
            },
            .fails("the bucket has no policy") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.policy = .known(nil) })
            },
            .unknown("the statement requires aws:SourceOrgID, and the organization cannot be read") {
                $0[.organization] = .denied(.describeOrganization)
                $0.hold(trails: .sample)
                $0.hold(buckets: admitting(#"{"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
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

    private static let ownSource = #"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#

    private static func denying(_ condition: String) -> String {
        #"""
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": \#(condition),
         "Resource": ["arn:aws:s3:::example-trail", "arn:aws:s3:::example-trail/*"]}
        """#
    }

    private var organizationTrail: Trail {
        .sample {
            $0.trailARN = "arn:aws:cloudtrail:us-east-1:210987654321:trail/all"
            $0.isOrganizationTrail = true
        }
    }

    private func admitting(_ condition: String) -> Bucket {
        policy(allowing("s3:GetBucketAcl", condition), allowing("s3:PutObject", condition))
    }

    /// Returns the sample bucket with another statement in its policy.
    private func with(_ statement: String) -> Bucket { policy(PolicyDocument.trailDelivery, statement) }

    private func policy(_ statements: String...) -> Bucket {
        let list = statements.joined(separator: ", ")
        return .sample { $0.policy = .known(PolicyDocument(statements: list)) }
    }

    private func allowing(_ action: String, _ condition: String, on resource: String = "*") -> String {
        #"""
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "\#(action)",
         "Resource": "\#(resource)", "Condition": \#(condition)}
        """#
    }

    private func everybody(may action: String, _ condition: String) -> String {
        #"""
        {"Effect": "Allow", "Principal": "*", "Action": "\#(action)",
         "Resource": ["arn:aws:s3:::example-trail", "arn:aws:s3:::example-trail/*"], "Condition": \#(condition)}
        """#
    }
}
