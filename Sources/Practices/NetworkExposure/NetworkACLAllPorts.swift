import AWSClient
import Basics
import Inventory
import Posture

/// A network ACL that lets everybody pass to every port guards nothing.
struct NetworkACLAllPorts: Check {
    let about = About(
        id: "network-acl-all-ports",
        title: "No network ACL opens every port to the internet",
        practice: .networkExposure, severity: .high,
        risk: "One careless security group is then enough to open anything to everybody: nothing stands behind it.",
        judges: """
            Fails where every TCP port or every UDP port is open inwards. Entries are judged in the order of their \
            numbers; a denial of a single port that comes first makes the list pass here. The list that every VPC is \
            born with fails.
            """ + " " + Internet.judges,
        remedy: "Allow the ports that the subnet's services and the answers to its own requests need, and no others.",
        references: [
            .prowler("ec2_networkacl_allow_ingress_any_port"), .securityHub("EC2.21"),
            .cis("1.4", "5.1"), .cis("3.0", "5.1"), .cis("5.0", "5.2"),
        ],
        sources: ["Amazon VPC User Guide: Network ACL rules", "Amazon VPC User Guide: Ephemeral ports"],
        reads: [.networkACLs],
        settings: ["allowed-ingress"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.networkACLs) { list throws(Unknown) in
            try judge(NetworkACLExposure(of: list, by: reading.settings))
        }
    }

    private func judge(_ exposure: NetworkACLExposure) throws(Unknown) -> Judgement {
        for transport in TransportPort.Transport.allCases {
            let ports = exposure.representativePorts.map { TransportPort(transport: transport, number: $0) }
            if try areAllOpen(ports, exposure) {
                return .fail("Every port is open to the internet", exposure.evidence(for: ports))
            }
        }
        let ports = TransportPort.Transport.allCases.flatMap { transport in
            exposure.representativePorts.map { TransportPort(transport: transport, number: $0) }
        }
        return .pass("Not every port is open to the internet", exposure.evidence(for: ports))
    }

    private func areAllOpen(_ ports: [TransportPort], _ exposure: NetworkACLExposure) throws(Unknown) -> Bool {
        for port in ports where try !exposure.isOpen(port) { return false }
        return true
    }

    var examples: [Example] {
        [
            .passes("one port is open to one network") { $0.hold(networkACLs: .sample) },
            .passes("web ports and the ports of answers are open to everybody") {
                $0.hold(networkACLs: .sample(allow("0.0.0.0/0", 80...443), allow("0.0.0.0/0", 1_024...65_535)))
            },
            .fails("everything is open, as in a new VPC") {
                $0.hold(
                    networkACLs: .sample(
                        NetworkACL.Entry(100, "allow", cidr: "0.0.0.0/0"),
                        NetworkACL.Entry(32_767, "deny", cidr: "0.0.0.0/0")))
            },
            .fails("every TCP port is open over IPv6") {
                $0.hold(networkACLs: .sample(allow("::/0", 0...65_535)))
            },
            .unknown("the network ACLs cannot be listed") {
                $0[.networkACLs]["us-east-1"] = .denied(.describeNetworkACLs)
            },
        ]
    }

    private func allow(_ cidr: String, _ ports: ClosedRange<Int>) -> NetworkACL.Entry {
        NetworkACL.Entry(100, "allow", protocol: "6", ports: ports, cidr: cidr)
    }
}
