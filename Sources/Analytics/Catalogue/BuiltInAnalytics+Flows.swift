import Basics

extension BuiltInAnalytics {
    private static let practice = "flow-logs"
    private static let records = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html"

    /// Unusual volumes.
    static func volumes(_ settings: FlowSettings) -> [AlertRule] {
        let baseline = """
            The expected amount is derived from the same hours of the week and of the day before, of the interface and \
            of its peers. The scale is the median deviation of the hours before, without the evaluated hour. \
            Evaluation starts after \(settings.learningHours) hours of data.
            """
        return [
            analytic(
                "flow-unusual-transfer", "Unusual data transfer", .high, practice: practice,
                techniques: ["T1048", "T1537", "T1567"],
                falsePositives: ["The first run of a backup or a migration"],
                response: """
                    Identify the peer and the process on the host. If the transfer is unknown, isolate the \
                    interface, and treat the data as disclosed.
                    """, references: [records],
                """
                Detects that an interface sends or receives far more data than its baseline, to or from external or \
                internal peers. Alerts on two of three 5-minute bins with scores above \(figure(settings.binScore)) \
                and \(amount(settings.binFloor)) more than expected; on one bin with a score above \
                \(figure(settings.extremeScore)) and three times that; on an hour with a score above \
                \(figure(settings.hourScore)) and \(amount(settings.hourFloor)) more; or on a sum over hours (CUSUM) \
                above \(figure(settings.slowScore)) and \(amount(settings.slowFloor)) more. \(baseline) High severity \
                if more than 5 GB too much was sent, else medium.
                """),
            analytic(
                "flow-unusual-account-transfer", "Unusual account-wide data transfer",
                .medium, practice: practice, techniques: ["T1048", "T1537"],
                falsePositives: ["Many hosts that are updated at the same time"],
                response: """
                    List the interfaces with the largest increase, identify their peers, and isolate hosts with \
                    unknown transfers.
                    """, references: [records],
                """
                Detects the same over all interfaces of an account, with floors five times as high, if no single \
                interface was unusual. \(baseline)
                """),
            analytic(
                "flow-unusual-count", "Unusual number of flows to external peers", .medium, practice: practice,
                techniques: ["T1048", "T1071", "T1498"],
                falsePositives: ["A new job with many short connections"],
                response: """
                    Identify the process that connects. If it is unknown, isolate the interface, and inspect the \
                    host.
                    """, references: [records],
                """
                Detects an unusual number of accepted flows of one interface to external peers, independent of their \
                size: a score above \(figure(settings.rejectedScore)) and \(figure(settings.flowFloor)) more within an \
                hour than expected. \(baseline)
                """),
            analytic(
                "flow-rejected-burst", "Spike in rejected flows", .low, practice: practice,
                techniques: ["T1046", "T1595"],
                falsePositives: ["A security group that was made more restrictive"],
                response: """
                    Find the source of the rejected traffic. Inspect an internal host; for an external one, check \
                    that no port is open by mistake.
                    """, references: [records],
                """
                Detects an unusual number of rejected flows of one interface, inbound or outbound: a score above \
                \(figure(settings.rejectedScore)) and \(figure(settings.rejectedFloor)) more within an hour than \
                expected, or a quarter of that in two of three 5-minute bins. \(baseline)
                """),
        ]
    }

    /// External peers.
    static func peers(_ settings: FlowSettings) -> [AlertRule] {
        let limits = """
            more than \(amount(settings.peerFloor)) in an hour and more than the interface's top peer usually receives \
            at that time of the day (\(figure(settings.peerShare)) times in two of three hours, or \
            \(figure(settings.peerExtreme)) times in one)
            """
        let slow = """
            more than \(amount(2 * settings.peerFloor)) over all hours, \(figure(settings.newPeerHours)) times the \
            interface's usual hour
            """
        let shared = """
            at least \(settings.sharingPeers) such peers that send less than they receive get more than \
            \(amount(settings.sharedFloor)) together and \(figure(settings.sharedGrowth)) times what the interface usually \
            sends in as many hours
            """
        return [
            analytic(
                "flow-new-peer", "Large transfer to new external peer", .high, practice: practice,
                techniques: ["T1048", "T1041"], falsePositives: ["A new external service"],
                response: """
                    Identify the peer and the process on the host. If they are unknown, isolate the interface, and \
                    treat the data as disclosed.
                    """,
                references: [records],
                """
                Detects that an external peer receives \(limits), or \(slow), if nothing was sent to its network (/24, \
                /48 for IPv6) before: by the baseline, or within the first \(settings.learningHours) hours. Also detects \
                that \(shared). High severity above 5 GB in an hour, else medium.
                """),
            analytic(
                "flow-peer-volume", "Unusually large transfer to known peer", .high, practice: practice,
                techniques: ["T1048", "T1567"], falsePositives: ["A backup that grows suddenly"],
                response: """
                    Confirm the transfer with the owner of the host. If it is unknown, isolate the interface, and \
                    treat the data as disclosed.
                    """, references: [records],
                """
                Detects that a known external peer receives \(limits), and \(figure(settings.peerGrowth)) times its \
                previous maximum. Levels that last for six hours are evaluated in the same way. High severity above 5 \
                GB in an hour, else medium.
                """),
            analytic(
                "flow-new-port", "Large transfer to new external port", .medium,
                practice: practice, techniques: ["T1048", "T1571"],
                falsePositives: ["A new external service"],
                response: """
                    Identify the process that uses the port. If it is unknown, isolate the interface, and limit \
                    outbound ports.
                    """, references: [records],
                """
                Detects that an external peer receives \(slow), at a port that the interface used with no external \
                peer before: by the baseline, or within the first \(settings.learningHours) hours.
                """),
            analytic(
                "flow-many-small-flows", "Many small flows to a new external peer or port", .medium,
                practice: practice, techniques: ["T1048.003", "T1071.004", "T1572"],
                falsePositives: ["A new resolver or time server"],
                response: """
                    Inspect the host for a tunnel or a beacon, isolate the interface if the process is unknown, and \
                    limit outbound ports.
                    """, references: [records],
                """
                Detects \(settings.smallFlows) or more accepted flows to one external peer, of at most \
                \(figure(settings.smallFlowBytes)) bytes on average, as in DNS tunneling, if its network or the port \
                was not used before: by the baseline, or within the first \(settings.learningHours) hours.
                """),
            analytic(
                "flow-lasting-new-port", "Long-lasting flows to a new external port",
                .medium, practice: practice, techniques: ["T1571", "T1496"],
                falsePositives: ["A new external service"],
                response: """
                    Identify the process that keeps the connection. If it is unknown, isolate the interface, and \
                    limit outbound ports.
                    """, references: [records],
                """
                Detects \(settings.lastingFlows) or more accepted flows over \(settings.lastingSeconds / 3_600) or \
                more hours with an external peer at a port that the interface used with no external peer before, of \
                any size, as in cryptomining. Ports that are common for any host, such as 53 and 443, are excluded; \
                at 8080 and 8443 the flows must last \
                \(settings.lastingSeconds * settings.lastingAtAlternatePorts / 3_600) hours, and the peer be new.
                """),
            analytic(
                "flow-exposed-service", "Exposed service reached from the internet", .high,
                practice: "network-exposure", techniques: ["T1190", "T1133"],
                falsePositives: ["Your own public addresses that are not configured as own networks"],
                response: """
                    Limit the security group to known addresses, and check the logs of the service for sign-ins.
                    """,
                references: [records],
                """
                Detects accepted flows from external addresses at one of \(settings.exposedPorts.count) ports of \
                remote access, file sharing and databases, such as SSH, RDP, SMB, MySQL or MongoDB. Replies to \
                connections of the interface are excluded.
                """),
        ]
    }

    /// Scans and attempts.
    static func probes(_ settings: FlowSettings) -> [AlertRule] {
        let scanners = ["Your own scanner or health checks (add them to expected-scanners)"]
        return [
            analytic(
                "flow-port-scan", "Port scan", .high, practice: practice,
                techniques: ["T1046", "T1595.001"], falsePositives: scanners,
                response: """
                    Inspect an internal source for a compromise. For an external one, check the ports that answered.
                    """, references: [records],
                """
                Detects that one source tries \(settings.scannedPorts) or more distinct ports of one host, with \
                rejected flows or flows of at most 4 packets. Replies are excluded. High severity for internal \
                sources, medium for external ones. One alert per internal source, and per host that external sources \
                scan, with the strongest source.
                """),
            analytic(
                "flow-host-sweep", "Host sweep", .high, practice: practice,
                techniques: ["T1046", "T1018"], falsePositives: scanners,
                response: """
                    Inspect an internal source for a compromise. For an external one, check the hosts that answered.
                    """, references: [records],
                """
                Detects that one source tries one port on \(settings.sweptHosts) or more distinct hosts, with rejected \
                flows or flows of at most 4 packets, or pings them (ICMP) without an answer. Sweeps that the baseline knows are excluded. High severity for \
                internal sources, low for external ones. One alert per internal source and port, and per port that \
                external sources try.
                """),
            analytic(
                "flow-login-attempts", "SSH/RDP brute force", .high, practice: practice,
                techniques: ["T1110", "T1021"], falsePositives: scanners + ["Jobs with frequent logins"],
                response: """
                    Check the host for successful sign-ins, limit the port to known addresses, and require keys \
                    instead of passwords.
                    """,
                references: [records],
                """
                Detects \(settings.loginAttempts) or more flows of one source to port 22 or 3389 of one host within an \
                hour that were rejected or had at most \(settings.shortLoginPackets) packets. High severity if a \
                longer session occurs too, up to an hour later. One alert per internal source, and per host at which \
                external sources try, with the strongest source.
                """),
            analytic(
                "flow-rejected-then-accepted", "Connection accepted after repeated rejects", .medium,
                practice: practice, techniques: ["T1190", "T1562.007"],
                falsePositives: ["Clients that retry while a security group is being opened for them"],
                response: """
                    Find the change that opened the port, and revert it unless it is approved.
                    """,
                references: [records],
                """
                Detects that \(settings.rejectedBeforeAccepted) or more flows of a source to an interface were \
                rejected before the first one was accepted; or as many at one port before one was accepted there, even \
                if another port was open before. One alert per interface and port at which external sources were \
                accepted.
                """),
        ]
    }

    /// Missing records.
    static func gaps(_ settings: FlowSettings) -> [AlertRule] {
        [
            analytic(
                "flow-log-gap", "Flow log gap", .medium, practice: practice,
                techniques: ["T1562.008"], falsePositives: ["Files that were not provided"],
                response: """
                    Check that the flow log exists and delivers, and reconstruct the traffic of the gap by other \
                    means.
                    """, references: [records],
                """
                Detects an hour or more without records of any interface, between hours with records; between the last \
                hour that the baseline knows and the first hour of the logs; or \(settings.silentHours) hours or more \
                before the requested end.
                """),
            analytic(
                "flow-interface-silent", "Network interface stopped logging", .low,
                practice: practice, techniques: ["T1562.008"],
                falsePositives: ["Deleted interfaces and stopped hosts"],
                response: """
                    Check whether the interface was deleted or its flow log was. Create the flow log again if it is \
                    missing.
                    """, references: [records],
                """
                Detects that an interface with records in 12 or more hours has none for \(settings.silentHours) or \
                more hours, while others continue. Interfaces that only the baseline knows are reported once. \
                Interfaces with NODATA records, or with more than two such gaps, are excluded.
                """),
            analytic(
                "flow-records-skipped", "Flow log records skipped (SKIPDATA)", .informational, practice: practice,
                techniques: ["T1562.008"], falsePositives: ["Usually caused by AWS internal capacity limits"],
                response: """
                    Treat the time as incomplete. If it recurs, contact AWS Support.
                    """,
                references: [records],
                "Detects records with the status SKIPDATA: some flows of the interface are not in the log."),
        ]
    }
}
