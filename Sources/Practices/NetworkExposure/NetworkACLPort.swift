import AWSClient
import Basics
import Inventory
import Posture

/// A remote administration port is closed to the internet by the subnet's network ACL: one check for SSH, one for RDP.
struct NetworkACLPort: Check {
    static let ssh = NetworkACLPort(
        "ssh", "SSH", ports: [TransportPort(transport: .tcp, number: 22)],
        prowler: "ec2_networkacl_allow_ingress_tcp_port_22")

    static let rdp = NetworkACLPort(
        "rdp", "RDP",
        ports: [TransportPort(transport: .tcp, number: 3389), TransportPort(transport: .udp, number: 3389)],
        prowler: "ec2_networkacl_allow_ingress_tcp_port_3389")

    let about: About
    /// Common name of the service.
    private let name: String
    private let ports: [TransportPort]

    private init(_ id: String, _ name: String, ports: [TransportPort], prowler: String) {
        self.name = name
        self.ports = ports
        about = About(
            id: "network-acl-\(id)",
            title: "Network ACLs should not allow \(name) from the internet",
            practice: .networkExposure, severity: .medium,
            risk: """
                A single misconfigured security group then exposes \(name) to the internet, without a second layer of \
                protection.
                """,
            judges: """
                Inbound entries are evaluated in the order of their rule numbers: a deny entry counts if it comes \
                first. Ports: \(ports.map(\.description).joined(separator: " and ")).
                """ + " " + Internet.judges,
            remedy: """
                Add a deny entry for the port from all sources, with a lower rule number than the entry that allows \
                it.
                """,
            references: [
                .prowler(prowler), .securityHub("EC2.21"), .cis("1.4", "5.1"), .cis("3.0", "5.1"), .cis("5.0", "5.2"),
                .config("nacl-no-unrestricted-ssh-rdp"),
            ],
            sources: ["Amazon VPC User Guide: Network ACL rules"],
            reads: [.networkACLs],
            settings: ["allowed-ingress"],
            impliedBy: ["network-acl-all-ports"])
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.networkACLs) { list throws(Unknown) in
            try judge(NetworkACLExposure(of: list, by: reading.settings))
        }
    }

    private func judge(_ exposure: NetworkACLExposure) throws(Unknown) -> Judgement {
        let evidence = exposure.evidence(for: ports)
        for port in ports where try exposure.isOpen(port) {
            return .fail("\(name) (\(port)) is open to the internet", evidence)
        }
        return .pass("\(name) is not open to the internet", evidence)
    }

    var examples: [Example] {
        [
            .passes("one network is allowed") { $0.hold(networkACLs: .sample(allow("203.0.113.0/24"))) },
            .passes("a deny entry comes before the entry that allows all traffic") {
                $0.hold(networkACLs: .sample(everything, deny("0.0.0.0/0", number: 90)))
            },
            .fails("all ports are open to the internet") { $0.hold(networkACLs: .sample(everything)) },
            .fails("the port is open to the internet over IPv6") { $0.hold(networkACLs: .sample(allow("::/0"))) },
            .fails("the deny entry comes too late") {
                $0.hold(networkACLs: .sample(deny("0.0.0.0/0", number: 110), everything))
            },
            .fails("the deny entry covers half of the internet") {
                $0.hold(networkACLs: .sample(deny("0.0.0.0/1", number: 90), everything))
            },
            .unknown("the network ACLs cannot be listed") {
                $0[.networkACLs]["us-east-1"] = .denied(.describeNetworkACLs)
            },
            .unknown("an entry has no address range") { $0.hold(networkACLs: .sample(allow("everywhere"))) },
        ]
    }

    private var everything: NetworkACL.Entry {
        NetworkACL.Entry(100, "allow", cidr: "0.0.0.0/0")
    }

    private func allow(_ cidr: String) -> NetworkACL.Entry {
        NetworkACL.Entry(100, "allow", protocol: "6", ports: range, cidr: cidr)
    }

    private func deny(_ cidr: String, number: Int) -> NetworkACL.Entry {
        NetworkACL.Entry(number, "deny", cidr: cidr)
    }

    private var range: ClosedRange<Int> { ports[0].number...ports[0].number }
}
