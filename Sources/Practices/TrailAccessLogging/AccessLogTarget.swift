import AWSClient
import Basics
import Inventory
import Posture

/// Access logs that are sent to a bucket that does not take them are lost without a word.
struct AccessLogTarget: Check {
    let about = About(
        id: "trail-bucket-access-logging-target",
        title: "The bucket that receives a trail bucket's access logs exists and admits them",
        practice: .trailAccessLogging,
        severity: .medium,
        risk: """
            Amazon S3 reports no error where it cannot deliver access logs: logging looks as if it were on, and nothing \
            is recorded.
            """,
        judges: """
            The target must be a bucket of this account and not the trail bucket itself, which would log its own logs. \
            It must admit logging.s3.amazonaws.com under the prefix, by its policy or by an access control list that \
            gives S3's log delivery group WRITE and READ_ACP; a denial in the policy prevails. Where either rests on a \
            condition key whose value in the delivery cannot be foreseen, aws:SourceOrgID for example, the answer is \
            unknown. Trail buckets without access logging are another check's matter.
            """,
        remedy: """
            Name an existing bucket as the target, and let logging.s3.amazonaws.com put objects under the prefix in its \
            policy, for the trail bucket as aws:SourceArn.
            """,
        references: [.securityHub("S3.9"), .config("s3-bucket-logging-enabled")],
        sources: ["Amazon S3 User Guide: Enabling Amazon S3 server access logging"],
        reads: [.trails, .bucketLogging, .loggingTargetPolicy, .loggingTargetACL])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.trailBuckets) { bucket throws(Unknown) in
            guard let logging = try bucket.logging.value else { return nil }
            return try judge(logging, of: bucket, in: reading)
        }
    }

    private func judge(
        _ logging: BucketLogging, of bucket: Bucket, in reading: Reading
    ) throws(Unknown) -> Judgement {
        guard logging.targetBucket != bucket.name else {
            return .fail("The bucket receives its own access logs, which then log themselves", logging.evidence)
        }
        let target = reading.account.bucket(logging.targetBucket)
        guard !target.isKnownToBeMissing else {
            return .fail("The target \(target.name) does not exist in this account", logging.evidence)
        }
        let delivery = AccessLogDelivery(from: bucket.name, to: target, under: logging.targetPrefix, in: reading)
        let place = "\(target.name)/\(logging.targetPrefix)"
        switch try delivery.admission() {
        case .byPolicy(let evidence):
            return .pass("Log delivery is admitted to \(place)", logging.evidence + evidence)
        case .byACL(let evidence):
            return .pass("Log delivery is admitted to \(place) by the access control list", logging.evidence + evidence)
        case .denied(let evidence):
            return .fail("The target's policy denies log delivery to \(place)", logging.evidence + evidence)
        case .notMentioned(let evidence):
            return .fail("The target does not admit log delivery to \(place)", logging.evidence + evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the target's policy admits S3's log delivery") { $0.logAccess(to: .accessLogs) },
            .passes("the target's access control list admits S3's log delivery") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(nil)
                        $0.grants = .known([.owner, .logDelivery("WRITE"), .logDelivery("READ_ACP")])
                    })
            },
            .fails("the bucket receives its own logs") {
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
            .fails("the target admits another prefix only") {
                $0.logAccess(to: .accessLogs, under: "elsewhere/")
            },
            .fails("the target admits another bucket's logs only") {
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
            .fails("a denial takes back what is allowed") {
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
            .passes("a denial is for everybody but AWS's services") {
                $0.logAccess(
                    to: .accessLogs(
                        denying: #"""
                            {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                             "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
                            """#))
            },
            .fails("a denial is for everybody outside the organization, AWS's services not excepted") {
                $0.logAccess(
                    to: .accessLogs(denying: #"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .fails("the target admits the organization's principals only") {
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
            .unknown("a denial is for deliveries from outside the organization") {
                $0.logAccess(
                    to: .accessLogs(denying: #"{"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#))
            },
            .unknown("the list admits S3's log delivery, and a denial is for deliveries from outside the organization")
            {
                var target = Bucket.accessLogs(
                    denying: #"{"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}"#, allowing: false)
                target.grants = .known([.owner, .logDelivery("WRITE"), .logDelivery("READ_ACP")])
                $0.logAccess(to: target)
            },
            .unknown("the target admits deliveries from the organization only") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(
                            PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                                     "Action": "s3:PutObject", "Resource": "arn:aws:s3:::example-access-logs/*",
                                     "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}}
                                    """#))
                    })
            },
            .fails("the target has no policy, and its list admits nobody") {
                $0.logAccess(to: .accessLogs { $0.policy = .known(nil) })
            },
            .unknown("the target's policy cannot be read") {
                $0.logAccess(to: .accessLogs { $0.policy = .denied(.getBucketPolicy) })
            },
            .unknown("the target has no policy, and its list cannot be read") {
                $0.logAccess(
                    to: .accessLogs {
                        $0.policy = .known(nil)
                        $0.grants = .denied(.getBucketACL)
                    })
            },
            .unknown("whether access is logged cannot be read") {
                $0.hold(trails: .sample)
                $0.hold(buckets: .sample { $0.logging = .denied(.getBucketLogging) })
            },
        ]
    }
}

extension Bucket {
    fileprivate var isKnownToBeMissing: Bool {
        if case .unknown(let unknown) = region.state { unknown.reason == .notFound } else { false }
    }

    /// The sample target with a denial to everybody, and with or without its grant to S3's log delivery.
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

extension BucketGrant {
    fileprivate static func logDelivery(_ permission: String) -> BucketGrant {
        BucketGrant(grantee: AccessLogDelivery.group, permission: permission)
    }
}

extension Account {
    /// The sample trail and bucket, whose access logs go to `target`.
    fileprivate mutating func logAccess(to target: Bucket, under prefix: String = "trail/") {
        hold(trails: .sample)
        hold(
            buckets: .sample {
                $0.logging = .known(BucketLogging(targetBucket: target.name, targetPrefix: prefix))
            }, target)
    }
}
