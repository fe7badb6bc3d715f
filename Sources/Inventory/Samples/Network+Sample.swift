extension VPC: Sampled {
    public static var sample: VPC { VPC(id: "vpc-0a1b2c3d", isDefault: false, ownerID: "123456789012") }
}

extension FlowLog: Sampled {
    /// Records all traffic of the sample VPC, and delivers it.
    public static var sample: FlowLog {
        FlowLog(
            id: "fl-0a1b2c3d", resourceID: VPC.sample.id, trafficType: "ALL", status: "ACTIVE",
            deliveryStatus: "SUCCESS", destinationType: "s3", destination: "arn:aws:s3:::example-flow-logs")
    }
}

extension SecurityGroup: Sampled {
    /// A group that the office may reach on port 22.
    public static var sample: SecurityGroup {
        SecurityGroup(id: "sg-0a1b2c3d", name: "web", vpcID: VPC.sample.id, rules: [.sample])
    }

    /// A group with these rules.
    public static func sample(_ rules: SecurityGroupRule...) -> SecurityGroup {
        .sample { $0.rules = rules }
    }
}

extension SecurityGroupRule: Sampled {
    public static var sample: SecurityGroupRule {
        SecurityGroupRule(
            id: "sgr-1", ipProtocol: "tcp", fromPort: 22, toPort: 22, peer: .ipv4("203.0.113.0/24"))
    }

    /// A rule that lets a source reach these ports; no ports means all.
    public static func admits(
        _ peer: Peer, to ports: ClosedRange<Int>? = nil, over ipProtocol: String = "tcp", id: String = "sgr-1"
    ) -> SecurityGroupRule {
        SecurityGroupRule(
            id: id, ipProtocol: ipProtocol, fromPort: ports?.lowerBound, toPort: ports?.upperBound, peer: peer)
    }
}

extension NetworkACL: Sampled {
    /// A list that the office may pass on port 22 and that refuses everybody else.
    public static var sample: NetworkACL {
        .sample(
            Entry(number: 100, allows: true, ipProtocol: "6", ports: 22...22, cidr: "203.0.113.0/24"),
            Entry(number: 32_767, allows: false, ipProtocol: "-1", cidr: "0.0.0.0/0"))
    }

    /// A list with these entries.
    public static func sample(_ entries: Entry...) -> NetworkACL {
        NetworkACL(
            id: "acl-0a1b2c3d", vpcID: VPC.sample.id, isDefault: false, subnetIDs: ["subnet-0a1b2c3d"], entries: entries
        )
    }
}
