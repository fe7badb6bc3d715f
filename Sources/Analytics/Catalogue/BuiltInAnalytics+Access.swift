import Basics

extension BuiltInAnalytics {
    private static let practice = "trail-access-logging"
    private static let format = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html"

    static func refusals(_ settings: AccessSettings) -> [AlertRule] {
        [
            analytic(
                "access-refused-burst", "Burst of denied requests", .high, practice: practice,
                techniques: ["T1530", "T1619"],
                falsePositives: ["A job whose permissions were changed"],
                response: """
                    Find the requester and its reason. Correct its permissions, or block its IP address and \
                    deactivate its credentials.
                    """, references: [format],
                """
                Detects at least \(settings.refusedBurst) denied requests (401 or 403) within five minutes: of one \
                requester at one IP address, of a requester over all IP addresses, or of an IP address over all \
                requesters. The number must also exceed \(figure(settings.refusedGrowth)) times the baseline or the \
                hours before, so that steady denials do not alert.
                """),
            analytic(
                "access-key-enumeration", "Object key enumeration", .high, practice: practice,
                techniques: ["T1619", "T1530"],
                falsePositives: ["An inventory or a backup without permission to read the objects"],
                response: """
                    Check which objects the requester got, deactivate its credentials, or block its IP address.
                    """,
                references: [format],
                """
                Detects \(settings.enumeratedKeys) or more distinct denied object keys of one requester at one IP \
                address, over all of its IP addresses, or of one IP address, at any rate. Clients that the baseline \
                knows, or that were active from the start of the logs at a steady rate, are excluded.
                """),
            analytic(
                "access-key-guessing", "Enumeration of missing object keys", .high, practice: practice,
                techniques: ["T1619", "T1083"],
                falsePositives: ["Clients that check whether objects exist before they write them"],
                response: """
                    Check whether any guess succeeded, and remove s3:ListBucket and public reads that the requester \
                    does not need.
                    """,
                references: [format],
                """
                Detects requests for \(settings.enumeratedKeys) or more distinct object keys that do not exist (404), \
                by one requester at one IP address, over all of its IP addresses, or by one IP address, with at most a \
                quarter as many allowed requests. High severity if the bucket holds logs, low without credentials. \
                Steady rates, by the baseline or from the start of the logs, are excluded.
                """),
            analytic(
                "access-log-refused", "First denied requester at a log bucket", .medium,
                practice: practice, techniques: ["T1530", "T1580"],
                falsePositives: ["Tools whose permissions were changed"],
                response: """
                    Confirm the requester with its owner. If it is unknown, deactivate its credentials, and check \
                    its other requests.
                    """, references: [format],
                """
                Detects denied requests (401 or 403) with credentials to a bucket that holds logs, if the requester \
                was neither denied nor allowed there before: by the baseline, or without one after the first \
                \(settings.learningHours) hours. One alert per account. Requesters with another alert on denied \
                requests are excluded.
                """),
            analytic(
                "access-mass-deletion", "Bulk object deletion", .critical, practice: practice,
                techniques: ["T1485", "T1490"], falsePositives: ["First run of a clean-up job"],
                response: """
                    Stop the requester, restore the objects from their versions or a backup, and enable MFA delete \
                    or Object Lock.
                    """,
                references: [format],
                """
                Detects that one requester deletes \(figure(settings.changedObjects)) or more objects within an hour, \
                and more than \(figure(settings.changeGrowth)) times the median of its hours with deletions, by the \
                baseline or the logs; without either, after the first \(settings.learningHours) hours, or at once if it \
                read these objects before. Critical severity if it read half as many objects since the day before. \
                Lifecycle rules are not counted.
                """),
            analytic(
                "access-mass-copy", "Bulk object copy or re-encryption", .high,
                practice: practice, techniques: ["T1486"],
                falsePositives: ["First run of a migration or a backup"],
                response: """
                    Stop the requester, check where the copies are and with which key they are encrypted, and keep \
                    the previous versions.
                    """,
                references: [format],
                """
                Detects the same for objects that are copied to the bucket or whose encryption is changed. Access logs \
                do not show the key: look for SSE-C in the data events of CloudTrail.
                """),
            analytic(
                "access-refused-then-allowed", "Access granted after repeated denials", .high,
                practice: practice, techniques: ["T1530", "T1548"],
                falsePositives: ["An administrator who sets up and tests permissions"],
                response: """
                    Find the change that allowed the requests, and revert it unless it is approved.
                    """, references: [format],
                """
                Detects that a requester at one IP address was allowed after \(settings.refusedBeforeAllowed) or more \
                denials without an allowed request between them. If it was both denied and allowed for long, as many \
                denials are required as for a burst.
                """),
            analytic(
                "access-unusual-reading", "Unusual read volume", .high, practice: practice,
                techniques: ["T1530"],
                falsePositives: [
                    """
                    An investigation, or the first load into another tool; add its role to the expected readers
                    """
                ],
                response: """
                    Confirm the reads with the requester. If they are unknown, deactivate its credentials, and treat \
                    the objects as disclosed.
                    """,
                references: [format],
                """
                Detects that one requester, at one IP address or over all of them, reads more than \
                \(amount(settings.readFloor)) in an hour, and more than \(figure(settings.readGrowth)) times the \
                median of its previous hours, by the baseline or the logs. Expected readers without any history are \
                excluded.
                """),
        ]
    }

    static func clients(_ settings: AccessSettings) -> [AlertRule] {
        let since = "by the baseline, or without one after the first \(settings.learningHours) hours of the logs"
        return [
            analytic(
                "access-anonymous", "Anonymous bucket access", .critical, practice: practice,
                techniques: ["T1530", "T1580"],
                falsePositives: ["Internet scanners, if all of their requests are denied"],
                response: """
                    Enable S3 Block Public Access, remove the public statement or grant, and treat objects that were \
                    read as disclosed.
                    """,
                references: [format],
                """
                Detects unauthenticated requests to the bucket. One alert per bucket, with the busiest IP addresses. \
                Critical severity if a request was allowed, reported separately from the others; low if all were \
                denied. Requests to the bucket as a website, and reads of buckets that the configuration lists as \
                public (hunt: public-buckets), are excluded.
                """),
            analytic(
                "access-plain-http", "Unencrypted (HTTP) requests", .medium, practice: practice,
                techniques: ["T1040"], falsePositives: ["Legacy clients; require TLS in the bucket policy"],
                response: """
                    Deny requests without TLS in the bucket policy (aws:SecureTransport), and update the clients.
                    """,
                references: [format],
                """
                Detects requests whose record has neither a cipher suite nor a TLS version. Records that are too old \
                to have these fields, and requests of AWS services, are excluded.
                """),
            analytic(
                "access-new-requester", "New requester", .medium, practice: practice,
                techniques: ["T1530", "T1078.004"],
                falsePositives: ["New readers; add them to the configuration"],
                response: """
                    Confirm the requester with the owner of the bucket, and add it to the expected readers or remove \
                    its permission.
                    """, references: [format],
                """
                Detects allowed requests of a requester that is new on the bucket: \(since). Expected readers and \
                log-delivering AWS services are excluded.
                """),
            analytic(
                "access-new-address", "Known requester from new IP address", .low, practice: practice,
                techniques: ["T1530", "T1078.004"], falsePositives: ["Users who travel", "New egress addresses"],
                response: """
                    Confirm the IP address with the requester. If it is unknown, deactivate its credentials, and \
                    review its requests.
                    """,
                references: [format],
                """
                Detects allowed requests of a known requester from an IP address that is new on the bucket: \(since). \
                Log-delivering AWS services are excluded.
                """),
            analytic(
                "access-new-agent", "New user agent", .informational, practice: practice,
                techniques: ["T1530"], falsePositives: ["Client updates"],
                response: """
                    Confirm the client with the requester. If it is unknown, review its requests.
                    """, references: [format],
                "Detects a user agent that is new in the logs: \(since)."),
        ]
    }

    static let sensitive: [AlertRule] = [
        analytic(
            "access-log-overwritten", SensitiveRequests.Kind.overwrite.title, .high, practice: practice,
            techniques: ["T1565.001", "T1070"], falsePositives: ["Log files that are restored from a copy"],
            response: """
                Isolate the requester, restore the files from their versions or a replica, and run parapet \
                verify.
                """,
            references: [format],
            """
            Detects that a requester other than an AWS service puts or copies an object to a key of CloudTrail log or \
            digest files. High severity if it was allowed, medium if it was denied.
            """),
        analytic(
            "access-bucket-changed", SensitiveRequests.Kind.settingChange.title, .high, practice: practice,
            techniques: ["T1562.008", "T1485.001", "T1490"], falsePositives: ["Deployments that manage the bucket"],
            response: """
                Compare the settings with the previous ones, restore them unless the change is approved, and \
                review the requests since then.
                """,
            references: [format],
            """
            Detects requests to delete a bucket that holds logs, or to change its lifecycle, versioning, encryption, \
            logging, replication, Object Lock, ownership or Block Public Access. High severity if it was allowed, \
            medium if it was denied.
            """),
        analytic(
            "access-log-deleted", SensitiveRequests.Kind.delete.title, .critical, practice: practice,
            techniques: ["T1070", "T1485"],
            falsePositives: ["Administrators who clean up; lifecycle rules are not counted"],
            response: """
                Isolate the requester, restore the files from their versions or a replica, and run parapet \
                verify.
                """, references: [format],
            """
            Detects requests to delete a CloudTrail object (a key with \
            \(AccessSettings().trailPrefixes.joined(separator: " or "))), or an upload of one. Critical severity if it \
            was allowed, high if it was denied.
            """),
        analytic(
            "access-policy-changed", SensitiveRequests.Kind.policyChange.title, .high, practice: practice,
            techniques: ["T1222", "T1562.008"], falsePositives: ["Deployments that manage the bucket"],
            response: """
                Compare the policy or ACL with the previous one, restore it unless the change is approved, and \
                review the requests since then.
                """,
            references: [format],
            """
            Detects requests to change the ACL or the policy of the bucket or of an object in it. High severity if it \
            was allowed, medium if it was denied.
            """),
        analytic(
            "access-policy-read", SensitiveRequests.Kind.policyRead.title, .low, practice: practice,
            techniques: ["T1580", "T1619"],
            falsePositives: ["Configuration monitoring tools; add them to the expected readers"],
            response: """
                Confirm the reads with the requester, and add a known auditing tool to the expected readers.
                """, references: [format],
            """
            Detects requests for the ACL or the policy of the bucket or of an object in it. Informational for expected \
            readers.
            """),
    ]
}
