import Basics

extension BuiltInAnalytics {
    private static let practice = "trail-access-logging"
    private static let format = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html"

    static func refusals(_ settings: AccessSettings) -> [AlertRule] {
        [
            analytic(
                "access-refused-burst", "Many requests are refused at once", .high, practice: practice,
                techniques: ["T1530", "T1619"],
                falsePositives: ["A job whose permissions were just changed"], references: [format],
                """
                At least \(settings.refusedBurst) requests are refused (401 or 403) within five minutes: to one requester \
                at one address, to a requester over all of its addresses, or at an address over all requesters; and \
                more than \(figure(settings.refusedGrowth)) times what the baseline or the hours before know, so that a \
                steady trickle is no burst.
                """),
            analytic(
                "access-key-enumeration", "Somebody tries many keys that are refused", .high, practice: practice,
                techniques: ["T1619", "T1530"],
                falsePositives: ["An inventory or a backup without permission to read the objects"],
                references: [format],
                """
                \(settings.enumeratedKeys) distinct keys or more are refused to one requester at one address, over \
                all of its addresses, or at one address, however slowly it asks. A client that the baseline knows for \
                it, or that was there from the beginning of the first logs, at a steady rate, is left out.
                """),
            analytic(
                "access-key-guessing", "Somebody asks for many keys that do not exist", .high, practice: practice,
                techniques: ["T1619", "T1083"],
                falsePositives: ["Clients that ask whether objects are there before they write them"],
                references: [format],
                """
                \(settings.enumeratedKeys) distinct keys or more that do not exist (404) are asked for by one requester \
                at one address, over all of its addresses, or at one address, and at most a quarter as many requests \
                are allowed. High if the bucket holds logs, low without credentials. What goes on at a steady rate, by \
                the baseline or from the beginning of the first logs, is left out.
                """),
            analytic(
                "access-log-refused", "Somebody was refused at a log bucket who never was before", .medium,
                practice: practice, techniques: ["T1530", "T1580"],
                falsePositives: ["Tools whose permissions were just changed"], references: [format],
                """
                Requests with credentials to a bucket that holds logs are refused (401 or 403), and the requester was \
                neither refused nor let in there before: by the baseline; without one, not within the first \
                \(settings.learningHours) hours. One alert for an account. Nothing is said again of who raises another \
                alert about refused requests.
                """),
            analytic(
                "access-mass-deletion", "Many objects are deleted at once", .critical, practice: practice,
                techniques: ["T1485", "T1490"], falsePositives: ["Clean-up jobs in their first run"],
                references: [format],
                """
                One requester deletes \(figure(settings.changedObjects)) objects or more within an hour, and more than \
                \(figure(settings.changeGrowth)) times the median of its hours with deletions, by the baseline or the \
                logs; without any, not within the first \(settings.learningHours) hours. Critical if it read half as \
                many objects since the day before. Lifecycle rules are not counted.
                """),
            analytic(
                "access-mass-copy", "Many objects are copied at once, which can encrypt them anew", .high,
                practice: practice, techniques: ["T1486"],
                falsePositives: ["Migrations and backups in their first run"],
                references: [format],
                """
                The same for objects that are copied into the bucket or whose encryption is changed. Access logs do not \
                show the key: look for SSE-C in CloudTrail's data events.
                """),
            analytic(
                "access-refused-then-allowed", "Somebody who was refused many times was then let in", .high,
                practice: practice, techniques: ["T1530", "T1548"],
                falsePositives: ["An administrator who sets up permissions and tries them"], references: [format],
                """
                A requester at one address was let in after it had been refused \(settings.refusedBeforeAllowed) times \
                or more, without being let in between. Where it has long been both refused and let in, as many are \
                asked as for a burst.
                """),
            analytic(
                "access-unusual-reading", "Unusually much is read from the bucket", .high, practice: practice,
                techniques: ["T1530"],
                falsePositives: ["An investigation, or a first load into another tool: name its role as a reader"],
                references: [format],
                """
                One requester at one address, or over all of its addresses, reads more than \(amount(settings.readFloor)) in an hour, and more than \
                \(figure(settings.readGrowth)) times the median of its hours before, by the baseline or the logs. Of \
                expected readers without any history, nothing is called unusual.
                """),
        ]
    }

    static func clients(_ settings: AccessSettings) -> [AlertRule] {
        let since = """
            by the baseline; without one, not within the first \(settings.learningHours) hours of the logs, and then \
            seen
            """
        return [
            analytic(
                "access-anonymous", "Requests without credentials", .critical, practice: practice,
                techniques: ["T1530", "T1580"], falsePositives: ["Scanners of the internet, where all is refused"],
                references: [format],
                """
                Anybody asks for anything of the bucket without credentials: one alert for a bucket, with the busiest \
                addresses. Critical if something was allowed, which is then told apart from what was not; low if all \
                was refused. Requests to the bucket as a web site, and reading buckets that the configuration calls \
                public (hunt: public-buckets), are left out.
                """),
            analytic(
                "access-plain-http", "Requests without encryption on the way", .medium, practice: practice,
                techniques: ["T1040"], falsePositives: ["Old clients: the bucket's policy should refuse them"],
                references: [format],
                """
                Requests whose record names neither a cipher nor a version of TLS. Records that are too old to have \
                these fields, and what AWS does itself, are left out.
                """),
            analytic(
                "access-new-requester", "A requester who was never seen before", .medium, practice: practice,
                techniques: ["T1530", "T1078.004"],
                falsePositives: ["New readers: name them in the configuration"], references: [format],
                """
                A requester was let in who was not seen on the bucket before: not \(since). Expected readers and \
                services of AWS that write logs are left out.
                """),
            analytic(
                "access-new-address", "A known requester at a new address", .low, practice: practice,
                techniques: ["T1530", "T1078.004"], falsePositives: ["People who travel", "New egress addresses"],
                references: [format],
                """
                A requester who is not new was let in from an address that was not seen on the bucket before: not \
                \(since). Services of AWS that write logs are left out.
                """),
            analytic(
                "access-new-agent", "A user agent that was never seen before", .informational, practice: practice,
                techniques: ["T1530"], falsePositives: ["Updates of clients"], references: [format],
                "A user agent was not seen in the logs before: not \(since)."),
        ]
    }

    static let sensitive: [AlertRule] = [
        analytic(
            "access-log-overwritten", SensitiveRequests.Kind.overwrite.title, .high, practice: practice,
            techniques: ["T1565.001", "T1070"], falsePositives: ["Log files that are brought back from a copy"],
            references: [format],
            """
            A requester that is no service of AWS puts or copies an object to a key of CloudTrail's log or digest files. \
            High if it was allowed, medium if it was refused.
            """),
        analytic(
            "access-bucket-changed", SensitiveRequests.Kind.settingChange.title, .high, practice: practice,
            techniques: ["T1562.008", "T1485.001", "T1490"], falsePositives: ["Deployments that own the bucket"],
            references: [format],
            """
            A request to change the lifecycle, versioning, encryption, logging, replication, object lock, ownership or \
            public access block of a bucket that holds logs, or to delete it. High if it was allowed, medium if it was \
            refused.
            """),
        analytic(
            "access-log-deleted", SensitiveRequests.Kind.delete.title, .critical, practice: practice,
            techniques: ["T1070", "T1485"],
            falsePositives: ["Administrators who clean up; lifecycle rules are not counted"], references: [format],
            """
            A request to delete an object of the trail (a key with \
            \(AccessSettings().trailPrefixes.joined(separator: " or "))), or an upload of one. Critical where it was \
            allowed, high where it was refused.
            """),
        analytic(
            "access-policy-changed", SensitiveRequests.Kind.policyChange.title, .high, practice: practice,
            techniques: ["T1222", "T1562.008"], falsePositives: ["Deployments that own the bucket"],
            references: [format],
            """
            A request to change the ACL or the policy of the bucket or of an object in it. High where it was allowed, \
            medium where it was refused.
            """),
        analytic(
            "access-policy-read", SensitiveRequests.Kind.policyRead.title, .low, practice: practice,
            techniques: ["T1580", "T1619"],
            falsePositives: ["Tools that watch the configuration: name them as readers"], references: [format],
            """
            A request for the ACL or the policy of the bucket or of an object in it. Of expected readers it is \
            informational.
            """),
    ]
}
