import AWSClient
import Basics
import Inventory
import Posture

/// Only websites are usually public; every other port that the internet can reach should be named in the settings.
struct SecurityGroupAuthorizedPorts: Check {
    let about = About(
        id: "security-group-authorized-ports",
        title: "Security groups should allow only ports 80 and 443 from the internet",
        practice: .networkExposure, severity: .medium,
        risk:
            "Each open port exposes a service to stolen passwords and to the next vulnerability found in it.",
        judges: "Fails if a TCP port other than 80 and 443, or any UDP port, is open. " + Internet.judges,
        remedy: """
            Limit the rule to the sources that need it, or list intended public access under `allowed-ingress` in the \
            configuration file.
            """,
        references: [.securityHub("EC2.18"), .config("vpc-sg-open-only-to-authorized-ports")],
        sources: ["AWS Security Hub User Guide: Security Hub controls for Amazon EC2"],
        reads: [.securityGroups, .securityGroupRules, .prefixLists],
        settings: ["allowed-ingress"],
        impliedBy: Set(["security-group-all-ports"] + SecurityGroupService.all.map(\.about.id)))

    private static let authorized: Set<Int> = [80, 443]

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.exposures, judge)
    }

    private func judge(_ exposure: SecurityGroupExposure) throws(Unknown) -> Judgement {
        // The authorized ports split the ranges of ports that a representative port stands for.
        let borders = Self.authorized.flatMap { [$0, $0 + 1] }
        let numbers = Set(exposure.representativePorts + borders).sorted()
        let ports =
            numbers.filter { !Self.authorized.contains($0) }.map { TransportPort(transport: .tcp, number: $0) }
            + numbers.map { TransportPort(transport: .udp, number: $0) }
        let evidence = exposure.evidence(for: ports)
        if let port = try exposure.firstOpen(of: ports) {
            return .fail("\(port) is open to \(exposure.openers(of: port))", evidence)
        }
        return .pass("Only ports 80/tcp and 443/tcp are open to the internet", evidence)
    }

    var examples: [Example] {
        [
            .passes("a website is open to the internet") {
                $0.hold(
                    securityGroups: .sample(
                        .admits(.ipv4("0.0.0.0/0"), to: 80...80), .admits(.ipv4("0.0.0.0/0"), to: 443...443)))
            },
            .passes("another port is open to a private network") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("10.0.0.0/8"), to: 9999...9999)))
            },
            .fails("another port is open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 9999...9999)))
            },
            .fails("a range from 80 to 443 is open to the internet") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 80...443)))
            },
            .unknown("a port is open to a prefix list that cannot be read") {
                $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: 9999...9999)))
                $0[.prefixLists]["us-east-1"] = .known(["pl-1": .denied(.getManagedPrefixListEntries)])
            },
            .unknown("the groups of a region cannot be listed") {
                $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
            },
        ]
    }
}
