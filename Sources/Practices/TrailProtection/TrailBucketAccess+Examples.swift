import AWSClient
import Inventory
import Posture

extension TrailBucketAccess {
    var examples: [Example] {
        [
            .passes("all principals with access are listed", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [.audit(allowing: "s3:GetObject", on: "arn:aws:s3:::example-trail/*")])
            },
            .passes(
                "any principal of another organization is allowed, and no principal of the account belongs to it",
                .expecting(SampleAccess.audit)
            ) {
                $0.holdForAccess(roles: [.deploy(allowing: "s3:ListAllMyBuckets")])
                $0.hold(
                    buckets: .sample {
                        $0.publicAccessBlock = .known(.allOff)
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                     "Resource": "arn:aws:s3:::example-trail/*",
                                     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5",
                                                                    "aws:PrincipalAccount": "123456789012"}}}
                                    """#))
                    })
            },
            .fails("a role that is not listed can delete log files", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [.audit(allowing: "s3:GetObject"), .deploy(allowing: "s3:Delete*")])
            },
            .fails("a role that is not listed can delete digest files", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [
                    .deploy(
                        allowing: "s3:DeleteObject",
                        on: "arn:aws:s3:::example-trail/AWSLogs/123456789012/CloudTrail-Digest/*")
                ])
            },
            .fails("a role that is not listed can read one Region's log files", .expecting(SampleAccess.audit)) {
                $0[.regions] = .known(["us-east-1", "eu-west-1"])
                $0.holdForAccess(roles: [
                    .deploy(
                        allowing: "s3:GetObject",
                        on: "arn:aws:s3:::example-trail/AWSLogs/123456789012/CloudTrail/eu-west-1/*")
                ])
            },
            .fails("a role that is not listed can read last year's versions", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [
                    .deploy(allowing: "s3:GetObjectVersion", on: "arn:aws:s3:::example-trail/*/2025/*")
                ])
            },
            .fails("the bucket policy allows another account to read") {
                $0.holdForAccess(roles: [])
                $0.hold(
                    buckets: .sample {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "s3:GetObject",
                                     "Resource": "arn:aws:s3:::example-trail/*"}
                                    """#))
                    })
            },
            .fails("any principal can read") {
                $0.holdForAccess(roles: [])
                $0.hold(buckets: .letting("{}"))
            },
            .fails("every user can read") {
                $0.holdForAccess(users: ["alice", "bob"], allowing: "s3:GetObject", roles: [])
            },
            .passes("the organization in a condition is listed", .expecting("o-a1b2c3d4e5")) {
                $0.holdForAccess(roles: [])
                $0.hold(buckets: .letting(#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the organization in a condition is not listed", .expecting("o-a1b2c3d4e5")) {
                $0.holdForAccess(roles: [])
                $0.hold(buckets: .letting(#"{"StringEquals": {"aws:PrincipalOrgID": "o-z9y8x7w6v5"}}"#))
            },
            .unknown("the bucket policy cannot be read", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [])
                $0.hold(buckets: .sample { $0.policy = .denied(.getBucketPolicy) })
            },
            .passes(
                "the organization's policies cannot be read, and only the listed role can",
                .expecting(SampleAccess.audit)
            ) {
                $0.holdForAccess(roles: [.audit(allowing: "s3:*")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown(
                "the organization's policies cannot be read, and possibly deny a role", .expecting(SampleAccess.audit)
            ) {
                $0.holdForAccess(roles: [.audit(allowing: "s3:*"), .deploy(allowing: "s3:GetObject")])
                $0[.organizationPolicies] = .denied(.listPoliciesForTarget)
            },
            .unknown("the boundary of a role cannot be read", .expecting(SampleAccess.audit)) {
                var role = Role.deploy(allowing: "s3:GetObject")
                role.permissionsBoundary = .init(permissionsBoundaryARN: "arn:aws:iam::123456789012:policy/unlisted")
                $0.holdForAccess(roles: [role])
            },
            .unknown("the users and roles cannot be listed", .expecting(SampleAccess.audit)) {
                $0.holdForAccess(roles: [])
                $0[.identities] = .denied(.getAccountAuthorizationDetails)
            },
        ]
    }
}

extension Bucket {
    /// Returns the sample bucket with read access for everyone who meets a condition.
    fileprivate static func letting(_ condition: String) -> Bucket {
        .sample {
            $0.publicAccessBlock = .known(.allOff)
            $0.policy = .known(
                PolicyDocument(
                    statements: #"""
                        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                         "Resource": "arn:aws:s3:::example-trail/*", "Condition": \#(condition)}
                        """#))
        }
    }
}
