import AWSClient
import Inventory
import Posture

extension SecurityGroupService {
    var examples: [Example] {
        [
            .passes("one network can reach the port") { $0.hold(securityGroups: .sample(admit("203.0.113.0/24"))) },
            .passes("all private networks can reach the port") {
                $0.hold(securityGroups: .sample(admit("10.0.0.0/8"), admit("192.168.0.0/16")))
            },
            .passes("members of a security group can reach the port") {
                $0.hold(securityGroups: .sample(.admits(.group("sg-0f0e0d0c"), to: port)))
            },
            .passes("another port is open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 443...443)))
            },
            .passes("the configuration allows all addresses at this port", allowing("*")) {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/0")))
            },
            .fails("0.0.0.0/0 can reach the port") { $0.hold(securityGroups: .sample(admit("0.0.0.0/0"))) },
            .fails("::/0 can reach the port") {
                $0.hold(securityGroups: .sample(.admits(.ipv6("::/0"), to: port, over: transport)))
            },
            .fails("all protocols are open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), over: "-1")))
            },
            .fails("a range of ports is open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 1...65_535, over: transport)))
            },
            .fails("two halves of the internet can reach the port") {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/1"), admit("128.0.0.0/1")))
            },
            .fails("a prefix list holds the internet") {
                $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: port, over: transport)))
                $0[.prefixLists]["us-east-1"] = .known(["pl-1": .known(["0.0.0.0/1", "128.0.0.0/1"])])
            },
            .fails(
                "the configuration allows one network, but all addresses can reach the port", allowing("203.0.113.0/24")
            ) {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/0")))
            },
            .fails("a prefix list cannot be read, and the internet can reach the port anyway") {
                $0.hold(
                    securityGroups: .sample(
                        .admits(.prefixList("pl-1"), to: port, over: transport), admit("0.0.0.0/0")))
            },
            .unknown("a prefix list cannot be read") {
                $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: port, over: transport)))
                $0[.prefixLists]["us-east-1"] = .known(["pl-1": .denied(.getManagedPrefixListEntries)])
            },
            .unknown("a source is no range of addresses") { $0.hold(securityGroups: .sample(admit("0.0.0.0/33"))) },
            .unknown("the security groups cannot be listed") {
                $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
            },
        ]
    }

    /// The last of the service's ports, because the first one is the easiest to get right.
    private var port: ClosedRange<Int> { (ports.last?.number ?? 1)...(ports.last?.number ?? 1) }
    private var transport: String { ports.last?.transport.rawValue ?? "tcp" }

    private func admit(_ cidr: String) -> SecurityGroupRule { .admits(.ipv4(cidr), to: port, over: transport) }

    private func allowing(_ source: String) -> Criteria {
        var criteria = Criteria.sample
        criteria.settings.allowedIngress = [
            AllowedIngress(source: source, ports: ["\(port.lowerBound)"], reason: "a public service")
        ]
        return criteria
    }
}
