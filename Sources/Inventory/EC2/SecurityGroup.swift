import AWSClient

/// A security group with its rules, one for each source as `DescribeSecurityGroupRules` lists them.
public struct SecurityGroup: Sendable, Codable, Hashable {
    public var id: String
    public var name: String
    public var vpcID: String?
    public var rules: [SecurityGroupRule]

    /// The group that every VPC is born with, which cannot be deleted.
    public var isDefault: Bool { name == "default" }
    public var ingress: [SecurityGroupRule] { rules.filter { !$0.isEgress } }
    public var egress: [SecurityGroupRule] { rules.filter(\.isEgress) }
}

public struct SecurityGroupRule: Sendable, Codable, Hashable {
    /// `sgr-…`
    public var id: String
    public var isEgress: Bool
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.
    public var ipProtocol: String
    /// -1 for every port; for ICMP this is the type.
    public var fromPort: Int?
    public var toPort: Int?
    public var peer: Peer

    /// Who may connect, or be connected to.
    public enum Peer: Sendable, Codable, Hashable {
        case ipv4(String)
        case ipv6(String)
        case prefixList(String)
        case group(String)
        /// A kind that is not known, or ports that are none: the rule may admit anything.
        case unknown
    }

    public init(id: String, isEgress: Bool = false, ipProtocol: String, fromPort: Int?, toPort: Int?, peer: Peer) {
        self.id = id
        self.isEgress = isEgress
        self.ipProtocol = ipProtocol
        self.fromPort = fromPort
        self.toPort = toPort
        self.peer = peer
    }
}

extension Facet {
    public static let securityGroups = FacetOf.perRegion(
        "securityGroups", calls: EC2.describeSecurityGroupRules(), EC2.describeSecurityGroups()
    ) { collector, region in
        async let rules = collector.pages(of: EC2.describeSecurityGroupRules(), in: region)
        let groups = await collector.pages(of: EC2.describeSecurityGroups(), in: region)
        return await SecurityGroup.all(groups, rules)
    }
}

extension SecurityGroup {
    fileprivate static func all(
        _ groups: Fact<[DescribeSecurityGroupsAnswer]>, _ rules: Fact<[DescribeSecurityGroupRulesAnswer]>
    ) -> Fact<[SecurityGroup]> {
        groups.map { groups throws(Unknown) in
            let rules = Dictionary(grouping: try rules.value.flatMap(\.securityGroupRuleSet), by: \.groupID)
            return groups.flatMap(\.securityGroupInfo).map { group in
                SecurityGroup(
                    id: group.groupID, name: group.groupName, vpcID: group.vpcID,
                    rules: (rules[group.groupID] ?? []).map(SecurityGroupRule.init).sorted { $0.id < $1.id })
            }.sorted { $0.id < $1.id }
        }
    }
}

extension SecurityGroupRule {
    fileprivate init(_ answer: DescribeSecurityGroupRulesAnswer.Rule) {
        var peer: Peer
        if let cidr = answer.cidrIPv4 {
            peer = .ipv4(cidr)
        } else if let cidr = answer.cidrIPv6 {
            peer = .ipv6(cidr)
        } else if let list = answer.prefixListID {
            peer = .prefixList(list)
        } else if let group = answer.referencedGroupInfo?.groupID {
            peer = .group(group)
        } else {
            peer = .unknown
        }
        // An ICMP rule has its type and code here, which are bytes.
        if ![answer.fromPort, answer.toPort].allSatisfy({ $0.map((-1...65_535).contains) ?? true }) { peer = .unknown }
        let reachesAll = peer == .unknown
        self.init(
            id: answer.securityGroupRuleID, isEgress: answer.isEgress,
            ipProtocol: reachesAll ? "-1" : answer.ipProtocol,
            fromPort: reachesAll ? nil : answer.fromPort, toPort: reachesAll ? nil : answer.toPort, peer: peer)
    }
}

extension SecurityGroup: Sampled {
    /// A group that the office may reach on port 22.
    public static var sample: SecurityGroup {
        SecurityGroup(id: "sg-0a1b2c3d", name: "web", vpcID: VPC.sample.vpcID, rules: [.sample])
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
