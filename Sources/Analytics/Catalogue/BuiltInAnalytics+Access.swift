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
                About \(settings.enumeratedKeys) distinct keys or more are refused to one requester at one address, over \
                all of its addresses, or at one address, however slowly it asks. A client that the baseline knows for \
                it, or that was there from the beginning of the first logs, at a steady rate, is left out.
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
                Anybody asks for anything of the bucket without credentials. Critical where something was allowed, low \
                where all was refused.
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
