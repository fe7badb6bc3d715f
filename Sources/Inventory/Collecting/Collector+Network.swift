import AWSClient

/// What Amazon VPC holds in each region.
struct NetworkReading: Sendable {
    var vpcs: Regional<[VPC]>
    var flowLogs: Regional<[FlowLog]>
    var securityGroups: Regional<[SecurityGroup]>
    var networkACLs: Regional<[NetworkACL]>
    var networkInterfaces: Regional<[NetworkInterface]>
    var prefixLists: [String: [String: Fact<[String]>]]

    func fill(_ account: inout Account) {
        account.vpcs = vpcs
        account.flowLogs = flowLogs
        account.securityGroups = securityGroups
        account.networkACLs = networkACLs
        account.networkInterfaces = networkInterfaces
        account.prefixLists = prefixLists
    }
}

extension Collector {
    func readNetwork(in regions: Fact<[String]>) async -> NetworkReading {
        async let vpcs = regional(.vpcs, in: regions) { region throws(AWSError) in
            try await client.all(EC2.describeVPCs(), in: region, \.vpcSet)
                .map { VPC(id: $0.vpcID, name: $0.tagSet?.name, isDefault: $0.isDefault ?? false, ownerID: $0.ownerID) }
                .sorted { $0.id < $1.id }
        }
        async let flowLogs = regional(.flowLogs, in: regions) { region throws(AWSError) in
            try await client.all(EC2.describeFlowLogs(), in: region, \.flowLogSet)
                .map(FlowLog.init).sorted { $0.id < $1.id }
        }
        async let networkACLs = regional(.networkACLs, in: regions) { region throws(AWSError) in
            let lists = try await client.all(EC2.describeNetworkACLs(), in: region, \.networkACLSet)
            return try understood(lists, .describeNetworkACLs, region, NetworkACL.init).sorted { $0.id < $1.id }
        }
        async let interfaces = regional(.networkInterfaces, in: regions) { region throws(AWSError) in
            try await client.all(EC2.describeNetworkInterfaces(), in: region, \.networkInterfaceSet)
                .map(NetworkInterface.init).sorted { $0.id < $1.id }
        }
        let securityGroups = await regional(.securityGroups, in: regions) { region throws(AWSError) in
            try await readSecurityGroups(in: region)
        }
        let prefixLists = await readPrefixLists(of: securityGroups)
        return NetworkReading(
            vpcs: await vpcs, flowLogs: await flowLogs, securityGroups: securityGroups,
            networkACLs: await networkACLs, networkInterfaces: await interfaces, prefixLists: prefixLists)
    }

    private func readSecurityGroups(in region: String) async throws(AWSError) -> [SecurityGroup] {
        let groups = try await client.all(EC2.describeSecurityGroups(), in: region, \.securityGroupInfo)
        let rules = try await client.all(EC2.describeSecurityGroupRules(), in: region, \.securityGroupRuleSet)
        let understoodRules = try understood(rules, .describeSecurityGroupRules, region) { rule in
            SecurityGroupRule(rule).map { (rule.groupID, $0) }
        }
        let rulesByGroup = Dictionary(grouping: understoodRules, by: \.0)
        return groups.map { group in
            SecurityGroup(
                id: group.groupID, name: group.groupName, vpcID: group.vpcID,
                rules: (rulesByGroup[group.groupID] ?? []).map(\.1).sorted { $0.id < $1.id })
        }.sorted { $0.id < $1.id }
    }

    /// Each element in our words. One that has none in them leaves the list unreadable: what is left out of a rule
    /// could be the hole in the wall.
    private func understood<Element, Value>(
        _ elements: [Element], _ operation: Operation, _ region: String, _ value: (Element) -> Value?
    ) throws(AWSError) -> [Value] {
        let values = elements.compactMap(value)
        guard values.count == elements.count else {
            throw AWSError(
                .unreadableAnswer, operation, region: region,
                message: "\(elements.count - values.count) of \(elements.count) entries are of a kind that is not known"
            )
        }
        return values
    }

    /// The entries of the prefix lists that some inbound rule names.
    private func readPrefixLists(
        of groups: Regional<[SecurityGroup]>
    ) async -> [String: [String: Fact<[String]>]] {
        guard facets.contains(.prefixLists) else { return [:] }
        return await concurrently(groups.facts.keys) { region in
            let rules = ((try? groups[region].value) ?? []).flatMap(\.ingress)
            let lists = rules.compactMap { rule in if case .prefixList(let id) = rule.peer { id } else { nil } }
            return await concurrently(Set(lists)) { list in
                await fact { () throws(AWSError) in
                    try await client.all(EC2.getManagedPrefixListEntries(list), in: region, \.entrySet)
                        .map(\.cidr).sorted()
                }
            }
        }
    }
}

extension [EC2Tag] {
    fileprivate var name: String? { first { $0.key == "Name" }?.value }
}

extension FlowLog {
    fileprivate init(_ answer: DescribeFlowLogsAnswer.FlowLog) {
        self.init(
            id: answer.flowLogID, resourceID: answer.resourceID, trafficType: answer.trafficType,
            status: answer.flowLogStatus, deliveryStatus: answer.deliverLogsStatus,
            deliveryError: answer.deliverLogsErrorMessage, destinationType: answer.logDestinationType,
            destination: answer.logDestination ?? answer.logGroupName)
    }
}

extension SecurityGroupRule {
    /// `nil` for a peer of an unknown kind, and for ports that are none.
    fileprivate init?(_ answer: DescribeSecurityGroupRulesAnswer.Rule) {
        let peer: Peer
        if let cidr = answer.cidrIPv4 {
            peer = .ipv4(cidr)
        } else if let cidr = answer.cidrIPv6 {
            peer = .ipv6(cidr)
        } else if let list = answer.prefixListID {
            peer = .prefixList(list)
        } else if let group = answer.referencedGroupInfo?.groupID {
            peer = .group(group)
        } else {
            return nil
        }
        // An ICMP rule has its type and code here, which are bytes.
        guard [answer.fromPort, answer.toPort].allSatisfy({ $0.map((-1...65_535).contains) ?? true }) else {
            return nil
        }
        self.init(
            id: answer.securityGroupRuleID, isEgress: answer.isEgress, ipProtocol: answer.ipProtocol,
            fromPort: answer.fromPort, toPort: answer.toPort, peer: peer)
    }
}

extension NetworkACL {
    /// `nil` where an entry is of an unknown kind.
    fileprivate init?(_ answer: DescribeNetworkACLsAnswer.NetworkACL) {
        let entries = answer.entrySet.compactMap(Entry.init)
        guard entries.count == answer.entrySet.count else { return nil }
        self.init(
            id: answer.networkACLID, name: answer.tagSet?.name, vpcID: answer.vpcID,
            isDefault: answer.isDefault ?? false,
            subnetIDs: (answer.associationSet ?? []).compactMap(\.subnetID).sorted(),
            entries: entries.sorted { ($0.number, $0.cidr) < ($1.number, $1.cidr) })
    }
}

extension NetworkACL.Entry {
    fileprivate init?(_ answer: DescribeNetworkACLsAnswer.Entry) {
        guard ["allow", "deny"].contains(answer.ruleAction), let cidr = answer.cidrBlock ?? answer.ipv6CIDRBlock else {
            return nil
        }
        var ports: ClosedRange<Int>?
        if let range = answer.portRange {
            guard let from = range.from, let to = range.to, 0 <= from, from <= to, to <= 65_535 else { return nil }
            ports = from...to
        }
        self.init(
            number: answer.ruleNumber, isEgress: answer.egress, allows: answer.ruleAction == "allow",
            ipProtocol: answer.ipProtocol, ports: ports, cidr: cidr)
    }
}

extension NetworkInterface {
    fileprivate init(_ answer: DescribeNetworkInterfacesAnswer.Interface) {
        self.init(
            id: answer.networkInterfaceID, securityGroupIDs: answer.groupSet.map(\.groupID).sorted(),
            publicAddress: answer.association?.publicIP)
    }
}
