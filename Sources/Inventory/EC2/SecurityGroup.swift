import AWSClient

/// A security group, as `DescribeSecurityGroups` lists it.
public struct SecurityGroup: Sendable, Codable, Hashable {
    public var groupID: String
    public var groupName: String
    public var vpcID: String?
    /// The account that owns the group; it can be another one if the group or its VPC is shared.
    public var ownerID: String?
    /// One rule for each source, as `DescribeSecurityGroupRules` lists them.
    @FromAnotherCall public var rules: Fact<[SecurityGroupRule]> = .notCollected

    /// Whether this is the default group that AWS creates with every VPC, which cannot be deleted.
    public var isDefault: Bool { groupName == "default" }
}

/// A rule of a security group, as `DescribeSecurityGroupRules` lists it.
public struct SecurityGroupRule: Sendable, Codable, Hashable {
    /// `sgr-…`
    public var securityGroupRuleID: String
    public var groupID: String
    public var isEgress: Bool
    /// `tcp`, `udp`, `icmp`, `icmpv6`, a protocol number, or `-1` for all.
    public var ipProtocol: String
    /// -1 for every port; for ICMP, the ICMP type.
    public var fromPort: Int?
    public var toPort: Int?
    public var cidrIPv4: String?
    public var cidrIPv6: String?
    public var prefixListID: String?
    public var referencedGroupInfo: ReferencedGroup?

    public struct ReferencedGroup: Sendable, Codable, Hashable {
        public var groupID: String?
    }

    /// The other side of the connection: source of an inbound rule, destination of an outbound rule.
    public enum Peer: Sendable, Hashable {
        case ipv4(String)
        case ipv6(String)
        case prefixList(String)
        case group(String)
        /// A kind that Parapet does not know.
        case unknown
    }

    public var peer: Peer {
        if let cidrIPv4 { return .ipv4(cidrIPv4) }
        if let cidrIPv6 { return .ipv6(cidrIPv6) }
        if let prefixListID { return .prefixList(prefixListID) }
        return referencedGroupInfo?.groupID.map { .group($0) } ?? .unknown
    }

    /// Creates a rule of the sample group; a group that holds it sets its own ID.
    public init(
        _ securityGroupRuleID: String, isEgress: Bool = false, ipProtocol: String, fromPort: Int? = nil,
        toPort: Int? = nil, peer: Peer
    ) {
        self.securityGroupRuleID = securityGroupRuleID
        groupID = "sg-0a1b2c3d"
        self.isEgress = isEgress
        self.ipProtocol = ipProtocol
        self.fromPort = fromPort
        self.toPort = toPort
        switch peer {
        case .ipv4(let cidr): cidrIPv4 = cidr
        case .ipv6(let cidr): cidrIPv6 = cidr
        case .prefixList(let id): prefixListID = id
        case .group(let id): referencedGroupInfo = ReferencedGroup(groupID: id)
        case .unknown: break
        }
    }
}

extension Facet {
    public static let securityGroups = FacetOf<ByName<[SecurityGroup]>>.perRegion(
        "securityGroups", EC2.describeSecurityGroups(), by: \.groupID
    ) {
        $0.securityGroupInfo
    }

    public static let securityGroupRules = FacetOf<ByName<[SecurityGroupRule]>>.perRegion(
        "securityGroupRules", EC2.describeSecurityGroupRules(), by: \.securityGroupRuleID
    ) { (answer: DescribeSecurityGroupRulesAnswer<SecurityGroupRule>) in
        answer.securityGroupRuleSet.map(\.admittingWhatIsNotUnderstood)
    }
}

extension Account {
    /// The security groups of each region, with their rules.
    public var securityGroups: Regional<[SecurityGroup]> {
        self[.securityGroups].map { regions in
            Dictionary(
                uniqueKeysWithValues: regions.map { region, groups in
                    let rules = self[.securityGroupRules][region].map { Dictionary(grouping: $0, by: \.groupID) }
                    return (region, groups.map { $0.map { $0.with(rules) } })
                })
        }
    }
}

extension SecurityGroup {
    fileprivate func with(_ rules: Fact<[String: [SecurityGroupRule]]>) -> SecurityGroup {
        var group = self
        group.rules = rules.map { $0[groupID] ?? [] }
        return group
    }
}

extension SecurityGroupRule {
    /// The rule for evaluation: if the kind of its peer or protocol is unknown, or a port is invalid, the rule counts
    /// as one that allows everything, because it may.
    fileprivate var admittingWhatIsNotUnderstood: SecurityGroupRule {
        // An ICMP rule has its type and code in these fields; both are bytes.
        let hasPorts = [fromPort, toPort].allSatisfy { $0.map((-1...65_535).contains) ?? true }
        guard peer == .unknown || !hasPorts || !IPProtocol.isKnown(ipProtocol) else { return self }
        var rule = SecurityGroupRule(securityGroupRuleID, isEgress: isEgress, ipProtocol: "-1", peer: .unknown)
        rule.groupID = groupID
        return rule
    }
}

extension SecurityGroup: Sampled {
    /// A group that allows the office on port 22.
    public static var sample: SecurityGroup {
        SecurityGroup(
            groupID: "sg-0a1b2c3d", groupName: "web", vpcID: VPC.sample.vpcID,
            rules: .known([
                SecurityGroupRule("sgr-1", ipProtocol: "tcp", fromPort: 22, toPort: 22, peer: .ipv4("203.0.113.0/24"))
            ]))
    }

    /// A group with these rules.
    public static func sample(_ rules: SecurityGroupRule...) -> SecurityGroup {
        .sample { $0.rules = .known(rules) }
    }
}

extension SecurityGroupRule {
    /// A rule that lets a source reach these ports; `nil` means all ports.
    public static func admits(
        _ peer: Peer, to ports: ClosedRange<Int>? = nil, over ipProtocol: String = "tcp", id: String = "sgr-1"
    ) -> SecurityGroupRule {
        SecurityGroupRule(
            id, ipProtocol: ipProtocol, fromPort: ports?.lowerBound, toPort: ports?.upperBound, peer: peer)
    }
}
