import AWSClient
import Basics
import Inventory
import Posture

/// A commonly used service is not open to the internet: one check for each service of the table.
struct SecurityGroupService: Check {
    let about: About
    /// As people call it: "SSH".
    private let name: String
    private let ports: [TransportPort]

    init(
        _ id: String, _ name: String, tcp: [ClosedRange<Int>], udp: [ClosedRange<Int>] = [], risk: String,
        references: [Reference] = []
    ) {
        self.name = name
        ports =
            tcp.flatMap { $0 }.map { TransportPort(transport: .tcp, number: $0) }
            + udp.flatMap { $0 }.map { TransportPort(transport: .udp, number: $0) }
        about = About(
            id: "security-group-\(id)",
            title: "No security group opens \(name) to the internet",
            practice: .networkExposure,
            severity: .high,
            risk: risk,
            judges: "Ports: \(ports.text). " + Internet.judges,
            remedy: """
                Limit the rule to the addresses, prefix list or security group that need \(name); first add the narrow \
                rule, then remove the wide one. Name sources that must be wide in the settings.
                """,
            references: references,
            sources: [
                "Amazon VPC User Guide: Control traffic to your AWS resources using security groups",
                "Amazon EC2 User Guide: Security group rules for different use cases",
            ],
            reads: [.securityGroups, .prefixLists],
            settings: ["allowed-ingress"],
            impliedBy: ["security-group-all-ports"])
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.securityGroups) { group, region throws(Unknown) in
            try judge(reading.exposure(of: group, in: region))
        }
    }

    private func judge(_ exposure: SecurityGroupExposure) throws(Unknown) -> Judgement {
        let evidence = exposure.evidence(for: ports)
        let answers = ports.map { ($0, exposure.isOpen($0)) }
        if let (port, _) = answers.first(where: { (try? $1.value) == true }) {
            return .fail("\(name) (\(port)) is open to \(exposure.openers(of: port))", evidence)
        }
        for (_, isOpen) in answers { _ = try isOpen.value }
        return ports.contains(where: exposure.isOpenToRequiredEntities)
            ? .pass("\(name) is open only to those whom the settings allow", evidence)
            : .pass("\(name) is not open to the internet", evidence)
    }

    var examples: [Example] {
        [
            .passes("one network may reach the port") { $0.hold(securityGroups: .sample(admit("203.0.113.0/24"))) },
            .passes("all private networks may reach the port") {
                $0.hold(securityGroups: .sample(admit("10.0.0.0/8"), admit("192.168.0.0/16")))
            },
            .passes("members of a security group may reach the port") {
                $0.hold(securityGroups: .sample(.admits(.group("sg-0f0e0d0c"), to: port)))
            },
            .passes("another port is open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 443...443)))
            },
            .passes("the settings allow everybody at this port", allowing("*")) {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/0")))
            },
            .fails("0.0.0.0/0 may reach the port") { $0.hold(securityGroups: .sample(admit("0.0.0.0/0"))) },
            .fails("::/0 may reach the port") {
                $0.hold(securityGroups: .sample(.admits(.ipv6("::/0"), to: port, over: transport)))
            },
            .fails("every protocol is open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), over: "-1")))
            },
            .fails("a range of ports is open") {
                $0.hold(securityGroups: .sample(.admits(.ipv4("0.0.0.0/0"), to: 1...65_535, over: transport)))
            },
            .fails("two halves of the internet may reach the port") {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/1"), admit("128.0.0.0/1")))
            },
            .fails("a prefix list holds the internet") {
                $0.hold(securityGroups: .sample(.admits(.prefixList("pl-1"), to: port, over: transport)))
                $0[.prefixLists]["us-east-1"] = .known(["pl-1": .known(["0.0.0.0/1", "128.0.0.0/1"])])
            },
            .fails("the settings allow one network, and all may reach the port", allowing("203.0.113.0/24")) {
                $0.hold(securityGroups: .sample(admit("0.0.0.0/0")))
            },
            .fails("a prefix list cannot be read, and the internet may reach the port anyway") {
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

    /// The last of the service's ports: the first one is the easiest to get right.
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

extension [TransportPort] {
    /// `27017-27019/tcp`, `88, 464, 749/tcp and 88, 464, 749/udp`
    fileprivate var text: String {
        TransportPort.Transport.allCases.compactMap { transport in
            let numbers = filter { $0.transport == transport }.map(\.number)
            guard let first = numbers.first, let last = numbers.last else { return nil }
            let isRun = numbers.count > 1 && last - first == numbers.count - 1
            let list = isRun ? "\(first)-\(last)" : numbers.map(String.init).joined(separator: ", ")
            return "\(list)/\(transport)"
        }.joined(separator: " and ")
    }
}
