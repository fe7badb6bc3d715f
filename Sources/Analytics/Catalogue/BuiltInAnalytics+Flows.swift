import Basics

extension BuiltInAnalytics {
    private static let practice = "flow-logs"
    private static let records = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html"

    /// Unusual volumes.
    static func volumes(_ settings: FlowSettings) -> [AlertRule] {
        let baseline = """
            What is expected comes from the same hours of the week and of the day before, of the interface and of its \
            peers; the scale is the median deviation of the hours before, never of the hour that is judged. Nothing is \
            judged before \(settings.learningHours) hours were seen.
            """
        return [
            analytic(
                "flow-unusual-transfer", "Unusually much data to or from one class of peers", .high, practice: practice,
                techniques: ["T1048", "T1537", "T1567"],
                falsePositives: ["A backup or a migration that runs for the first time"], references: [records],
                """
                The bytes of one interface, to or from external or internal peers. Unusual are: two of three bins of \
                five minutes with scores above \(figure(settings.binScore)) and \(amount(settings.binFloor)) more than \
                expected; one with a score above \(figure(settings.extremeScore)) and three times that; an hour with a \
                score above \(figure(settings.hourScore)) and \(amount(settings.hourFloor)) more; or a sum over hours \
                (CUSUM) above \(figure(settings.slowScore)) and \(amount(settings.slowFloor)) more. \(baseline) High \
                where more than 5 GB too much went out, else medium.
                """),
            analytic(
                "flow-unusual-account-transfer", "The account as a whole sends or receives unusually much data",
                .medium, practice: practice, techniques: ["T1048", "T1537"],
                falsePositives: ["Many hosts that are updated at once"], references: [records],
                """
                The same over all interfaces of an account, with floors five times as high, where no interface alone \
                was unusual. \(baseline)
                """),
            analytic(
                "flow-unusual-count", "Unusually many flows to external peers", .medium, practice: practice,
                techniques: ["T1048", "T1071", "T1498"],
                falsePositives: ["A new job with many short connections"], references: [records],
                """
                The accepted flows of one interface to external peers, however few bytes they carry: a score above \
                \(figure(settings.rejectedScore)) and \(figure(settings.flowFloor)) more within an hour than expected. \
                \(baseline)
                """),
            analytic(
                "flow-rejected-burst", "Unusually many flows are rejected", .low, practice: practice,
                techniques: ["T1046", "T1595"],
                falsePositives: ["A security group that was just made narrower"], references: [records],
                """
                The rejected flows of one interface, inbound or outbound: a score above \
                \(figure(settings.rejectedScore)) and \(figure(settings.rejectedFloor)) more within an hour than \
                expected, or a quarter of that in two of three bins of five minutes. \(baseline)
                """),
        ]
    }

    /// External peers.
    static func peers(_ settings: FlowSettings) -> [AlertRule] {
        let limits = """
            more than \(amount(settings.peerFloor)) in an hour and more than usually goes to the interface's first peer \
            at that time of the day (\(figure(settings.peerShare)) times in two of three hours, or \
            \(figure(settings.peerExtreme)) times in one)
            """
        let slow = """
            more than \(amount(2 * settings.peerFloor)) over all hours, \(figure(settings.newPeerHours)) times the \
            interface's usual hour
            """
        return [
            analytic(
                "flow-new-peer", "Much data to an external peer that was never seen before", .high, practice: practice,
                techniques: ["T1048", "T1041"], falsePositives: ["A new service that is used from now on"],
                references: [records],
                """
                An external peer gets \(limits), or \(slow), and nothing was sent to its network (/24, /48 with IPv6) \
                before: by the baseline, or within the first \(settings.learningHours) hours. High above 5 GB in an \
                hour, else medium.
                """),
            analytic(
                "flow-peer-volume", "Much more data to an external peer than ever before", .high, practice: practice,
                techniques: ["T1048", "T1567"], falsePositives: ["A backup that grows at once"], references: [records],
                """
                An external peer that is known gets \(limits), and \(figure(settings.peerGrowth)) times the most that \
                it ever got. The same is judged for levels that last for six hours. High above 5 GB in an hour, else \
                medium.
                """),
            analytic(
                "flow-new-port", "Much data to an external port that was never used before", .medium,
                practice: practice, techniques: ["T1048", "T1571"],
                falsePositives: ["A new service that is used from now on"], references: [records],
                """
                An external peer gets \(slow), at a port that the interface used with no external peer before: by the \
                baseline, or within the first \(settings.learningHours) hours.
                """),
            analytic(
                "flow-many-small-flows", "Very many small flows to an external peer or port that is new", .medium,
                practice: practice, techniques: ["T1048.003", "T1071.004", "T1572"],
                falsePositives: ["A resolver or time server that is used from now on"], references: [records],
                """
                \(settings.smallFlows) accepted flows or more to one external peer, of at most \
                \(figure(settings.smallFlowBytes)) bytes on average, as tunnels through DNS make them, and its network \
                or the port was not used before: by the baseline, or within the first \(settings.learningHours) hours.
                """),
            analytic(
                "flow-lasting-new-port", "A lasting conversation at an external port that was never used before",
                .medium, practice: practice, techniques: ["T1571", "T1496"],
                falsePositives: ["A new service that is used from now on"], references: [records],
                """
                \(settings.lastingFlows) accepted flows or more over \(settings.lastingSeconds / 3_600) hours or more \
                with an external peer at a port that the interface used with no external peer before, whatever they \
                carry, as miners have them. Ports that any host may use one day, such as 53 and 443, are left out.
                """),
            analytic(
                "flow-exposed-service", "A service that should be closed is reached from outside", .high,
                practice: "network-exposure", techniques: ["T1190", "T1133"],
                falsePositives: ["Own public addresses that are not named as own networks"], references: [records],
                """
                Flows from external addresses that were accepted at one of \(settings.exposedPorts.count) ports of \
                remote access, file sharing and databases, such as SSH, RDP, SMB, MySQL or MongoDB. What comes from the \
                port at which the interface itself asks the peer is a reply.
                """),
        ]
    }

    /// Scans and attempts.
    static func probes(_ settings: FlowSettings) -> [AlertRule] {
        let scanners = ["An own scanner or health checks: name their addresses"]
        return [
            analytic(
                "flow-port-scan", "One source tries many ports of a host", .high, practice: practice,
                techniques: ["T1046", "T1595.001"], falsePositives: scanners, references: [records],
                """
                \(settings.scannedPorts) distinct ports or more of one host are asked by one source, with \
                rejected flows or such of at most 4 packets. Replies are left out. High from inside, medium from \
                outside. One alert for a source inside, and for a host that sources outside scan, with the strongest.
                """),
            analytic(
                "flow-host-sweep", "One source tries many hosts at one port", .high, practice: practice,
                techniques: ["T1046", "T1018"], falsePositives: scanners, references: [records],
                """
                \(settings.sweptHosts) distinct hosts or more are asked at one port by one source, with rejected \
                flows or such of at most 4 packets. Sweeps that the baseline knows are left out. High from inside, low \
                from outside. One alert for a source inside and a port, and for a port that sources outside try.
                """),
            analytic(
                "flow-login-attempts", "Many attempts to log in by SSH or RDP", .high, practice: practice,
                techniques: ["T1110", "T1021"], falsePositives: scanners + ["Jobs that log in often"],
                references: [records],
                """
                \(settings.loginAttempts) flows or more of one source to port 22 or 3389 of one host within an hour \
                that were rejected or had at most \(settings.shortLoginPackets) packets. High where a longer session is \
                there too, up to the hour behind. One alert for a source inside, and for a host at which sources outside \
                try, with the strongest.
                """),
            analytic(
                "flow-rejected-then-accepted", "A source that was rejected many times was then accepted", .medium,
                practice: practice, techniques: ["T1190", "T1562.007"],
                falsePositives: ["Clients that try while a security group is being opened for them"],
                references: [records],
                """
                \(settings.rejectedBeforeAccepted) flows or more that a source began at an interface were rejected, and \
                the first one was accepted after that; or so many at one port, and then one was accepted there, although \
                another port had been open before. One alert for an interface and a port at which sources outside were \
                let in.
                """),
        ]
    }

    /// Missing records.
    static func gaps(_ settings: FlowSettings) -> [AlertRule] {
        [
            analytic(
                "flow-log-gap", "There are no flow logs at all for some time", .medium, practice: practice,
                techniques: ["T1562.008"], falsePositives: ["Files that were not given"], references: [records],
                """
                No interface has a record within an hour or more, between hours in which there were some; or between the \
                last hour that the baseline knows and the first one of the logs; or for \(settings.silentHours) hours or \
                more before the end that was asked for.
                """),
            analytic(
                "flow-interface-silent", "A network interface that was always there has no records", .low,
                practice: practice, techniques: ["T1562.008"],
                falsePositives: ["Interfaces that were deleted, and hosts that were stopped"], references: [records],
                """
                An interface had records in 12 hours or more and then has none for \(settings.silentHours) hours or \
                more, while others go on: also one that the baseline knows, which is reported once. One that AWS said had no \
                data, or that is silent more than twice, is left out.
                """),
            analytic(
                "flow-records-skipped", "AWS could not record all flows", .informational, practice: practice,
                techniques: ["T1562.008"], falsePositives: ["Errors inside AWS, which are what it mostly is"],
                references: [records],
                "Records with the status SKIPDATA: some flows of the interface are not in the log."),
        ]
    }
}
