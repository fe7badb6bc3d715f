import AWSClient
import Basics
import Inventory
import Posture

/// A network ACL that lets the internet reach every port has no effect.
struct NetworkACLAllPorts: Check {
    let about = About(
        id: "network-acl-all-ports",
        title: "Network ACLs should not allow all ports from the internet",
        practice: .networkExposure, severity: .high,
        risk: """
            A single misconfigured security group then exposes instances to the internet, without a second layer of \
            protection.
            """,
        judges: """
            Fails if every TCP port or every UDP port is open inbound. Entries are evaluated in the order of their \
            rule numbers. A deny entry for a single port that comes first makes the network ACL pass this check. The \
            default network ACL of a new VPC fails.
            """ + " " + Internet.judges,
        remedy: "Allow only the ports of the services in the subnet and the ephemeral ports for return traffic.",
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
                return .fail("All ports are open to the internet", exposure.evidence(for: ports))
            }
        }
        let ports = TransportPort.Transport.allCases.flatMap { transport in
            exposure.representativePorts.map { TransportPort(transport: transport, number: $0) }
        }
        return .pass("Not all ports are open to the internet", exposure.evidence(for: ports))
    }

    private func areAllOpen(_ ports: [TransportPort], _ exposure: NetworkACLExposure) throws(Unknown) -> Bool {
        for port in ports where try !exposure.isOpen(port) { return false }
        return true
    }

    var examples: [Example] {
        [
            .passes("one port is open to one network") { $0.hold(networkACLs: .sample) },
            .passes("web ports and ephemeral ports are open to the internet") {
                $0.hold(networkACLs: .sample(allow("0.0.0.0/0", 80...443), allow("0.0.0.0/0", 1_024...65_535)))
            },
            .fails("all ports are open, as in a new VPC") {
                $0.hold(
                    networkACLs: .sample(
                        NetworkACL.Entry(100, "allow", cidr: "0.0.0.0/0"),
                        NetworkACL.Entry(32_767, "deny", cidr: "0.0.0.0/0")))
            },
            .fails("all TCP ports are open over IPv6") {
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
