import AWSClient
import Basics
import Inventory
import Posture

/// A group that opens every port filters nothing.
struct SecurityGroupAllPorts: Check {
    let about = About(
        id: "security-group-all-ports",
        title: "Security groups should not allow all ports from the internet",
        practice: .networkExposure, severity: .critical,
        risk: """
            Every service on the instance is reachable from the internet, including forgotten services and debug \
            ports.
            """,
        judges: """
            Fails if every TCP port or every UDP port is open, by one rule or by several rules together. Port 0 is not \
            considered.
            """ + " " + Internet.judges,
        remedy: """
            Replace the rule with one rule for each port that must be reachable, each with the sources that need it.
            """,
        references: [
            .prowler("ec2_securitygroup_allow_ingress_from_internet_to_all_ports"),
            .securityHub("EC2.19"), .securityHub("EC2.53"), .securityHub("EC2.54"),
            .cis("1.4", "5.2"), .cis("3.0", "5.2"), .cis("3.0", "5.3"), .cis("5.0", "5.3"), .cis("5.0", "5.4"),
        ],
        sources: ["Amazon VPC User Guide: Control traffic to your AWS resources using security groups"],
        reads: [.securityGroups, .securityGroupRules, .prefixLists],
        settings: ["allowed-ingress"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.exposures, judge)
    }

    private func judge(_ exposure: SecurityGroupExposure) throws(Unknown) -> Judgement {
        let numbers = exposure.representativePorts
        let tcp = numbers.map { TransportPort(transport: .tcp, number: $0) }
        let udp = numbers.map { TransportPort(transport: .udp, number: $0) }
        let evidence = exposure.evidence(for: tcp + udp)
        let allTCP = areAllOpen(tcp, exposure)
        let isOpen = try (allTCP || areAllOpen(udp, exposure)).value
        guard isOpen else { return .pass("Not all ports are open to the internet", evidence) }
        let ports = (try? allTCP.value) == true ? tcp : udp
        let opener = ports.first.map { exposure.openers(of: $0) } ?? ""
        return .fail("All ports are open to \(opener)", evidence)
    }

    /// Stops at the first port that is closed, which decides the answer.
    private func areAllOpen(_ ports: [TransportPort], _ exposure: SecurityGroupExposure) -> Fact<Bool> {
        var answer = Fact.known(true)
        for port in ports {
            answer = answer && exposure.isOpen(port)
            if case .known(false) = answer.state { break }
        }
        return answer
    }

    var examples: [Example] {
        [
            .passes("one port is open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 443...443)))
            },
            .passes("all ports are open to one network") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("203.0.113.0/24"), over: "-1")))
            },
            .passes("only ICMP is open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: -1 ... -1, over: "icmp")))
            },
            .fails("all protocols are open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), over: "-1")))
            },
            .fails("all TCP ports are open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 0...65_535)))
            },
            .fails("two port ranges together cover all ports") {
                $0.hold(
                    securityGroups: .sample(
                        .admits(.ipv6("::/0"), to: 1...1_023, over: "udp"),
                        .admits(.ipv6("::/0"), to: 1_024...65_535, over: "udp")))
            },
            .unknown("all ports are open to a prefix list that cannot be read") {
                $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), over: "-1")))
                $0[.prefixLists]["us-east-1"] = .known(["pl-1": .denied(.getManagedPrefixListEntries)])
            },
            .unknown("the security groups cannot be listed") {
                $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
            },
        ]
    }
}
