import AWSClient
import Basics
import Inventory
import Posture
import Synchronization

extension Each where Element == SecurityGroupExposure {
    /// The exposure of each security group, computed once for all checks.
    static let exposures = Each(
        "security groups", Each<SecurityGroup>.securityGroups.reads, from: .describeSecurityGroups
    ) { reading throws(Unknown) in
        try reading.exposures.value
    } hold: { account, exposure in
        account.hold(securityGroups: exposure.group)
    } refuse: {
        $0[.securityGroups]["us-east-1"] = .denied(.describeSecurityGroups)
    }
}

extension Reading {
    fileprivate var exposures: Fact<Each<SecurityGroupExposure>.Listing> {
        once { reading in
            Fact.known(()).map { _ throws(Unknown) in
                let listing = try Each<SecurityGroup>.securityGroups.listing(in: reading)
                var (exposures, settled) = (Each<SecurityGroupExposure>.Listing([], listing.settled))
                for (group, resource, region) in listing.items {
                    switch group.rules.state {
                    case .known(let rules):
                        let exposure = SecurityGroupExposure(
                            of: group, by: rules.filter { !$0.isEgress }, in: region ?? "", of: reading)
                        exposures.append((exposure, resource, region))
                    case .unknown(let unknown): settled.append(Verdict(on: resource, in: region, .unknown(unknown)))
                    }
                }
                return (exposures, settled)
            }
        }
    }
}

/// The sources that can reach the ports of one security group.
final class SecurityGroupExposure: Sendable {
    let group: SecurityGroup
    private let entities: RequiredEntities
    /// The CIDRs of the prefix lists that the group's rules name.
    private let prefixLists: [String: Fact<[String]>]
    private let sources: [Source]
    /// One port of each range in which the same rules and required entities apply.
    let representativePorts: [Int]
    /// Cache of whether each of ``representativePorts`` is open, first for TCP and then for UDP; `nil` if not computed
    /// yet. Twenty checks ask about ports of the same few ranges.
    private let answers: Mutex<[Answer?]>
    /// The evidence for each set of rules that checks ask about, as a mask of ``sources``. Findings with the same evidence
    /// share it in memory.
    private let cited = Mutex<[UInt64: [Evidence]]>([:])

    private enum Answer { case open, closed }

    /// An inbound rule, with the values that do not depend on the port.
    private final class Source: Sendable {
        let rule: SecurityGroupRule
        private let isTCP: Bool
        private let isUDP: Bool
        private let ports: ClosedRange<Int>
        /// The addresses that the rule allows.
        let addresses: Fact<AddressSet>
        let evidence: JSON

        init(_ rule: SecurityGroupRule, _ prefixLists: [String: Fact<[String]>]) {
            self.rule = rule
            isTCP = TransportPort.Transport.tcp.isMeant(by: rule.ipProtocol)
            isUDP = TransportPort.Transport.udp.isMeant(by: rule.ipProtocol)
            ports = rule.portRange
            addresses = Fact.known(rule.peer).map { peer throws(Unknown) in try peer.addresses(prefixLists) }
            evidence = rule.evidence
        }

        func reaches(_ port: TransportPort) -> Bool {
            ports.contains(port.number) && (port.transport == .tcp ? isTCP : isUDP)
        }
    }

    init(of group: SecurityGroup, by rules: [SecurityGroupRule], in region: String, of reading: Reading) {
        self.group = group
        entities = RequiredEntities(reading.settings, of: group)
        let lists = Dictionary(
            rules.compactMap(\.prefixListID).map { ($0, reading.account.prefixList($0, in: region)) }
        ) { first, _ in first }
        prefixLists = lists
        sources = rules.map { Source($0, lists) }
        representativePorts = (rules.map(\.portRange) + entities.portRanges).representativePorts
        answers = Mutex(
            Array(repeating: nil, count: representativePorts.count * TransportPort.Transport.allCases.count))
    }

    /// Whether a rule reaches one of the ports, or a required entity is allowed to. If not, there is nothing to
    /// evaluate.
    func concerns(_ ports: [TransportPort]) -> Bool {
        sources.contains { source in ports.contains { source.reaches($0) } }
            || ports.contains { entities.mayReach($0.number) }
    }

    /// Whether the port is open to the internet. A rule that cannot be resolved makes this unknown only if the other
    /// rules do not already open the port.
    func isOpen(_ port: TransportPort) -> Fact<Bool> {
        let stretch = representativePorts.lastIndex { $0 <= port.number } ?? 0
        let place = stretch + (port.transport == .tcp ? 0 : representativePorts.count)
        if let answer = answers.withLock({ $0[place] }) { return .known(answer == .open) }
        let isOpen = isOpen(port, leavingOut: entities.addresses(for: port.number)) {
            entities.include(prefixList: $0, for: port.number)
        }
        if case .known(let isOpen) = isOpen.state { answers.withLock { $0[place] = isOpen ? .open : .closed } }
        return isOpen
    }

    /// Returns the first of these ports that is certainly open; `nil` if none is open.
    /// - Throws: `Unknown` if none is certainly open, and one may be.
    func firstOpen(of ports: [TransportPort]) throws(Unknown) -> TransportPort? {
        let answers = ports.map { ($0, isOpen($0)) }
        if let (port, _) = answers.first(where: { (try? $1.value) == true }) { return port }
        for (_, isOpen) in answers { _ = try isOpen.value }
        return nil
    }

    /// Whether a port that is not open would be open if required entities in the settings counted.
    func isOpenToRequiredEntities(_ port: TransportPort) -> Bool {
        guard entities.mayReach(port.number) else { return false }
        return (try? isOpen(port, leavingOut: AddressSet()) { _ in false }.value) == true
    }

    private func isOpen(
        _ port: TransportPort, leavingOut allowed: AddressSet, _ isAllowed: (String) -> Bool
    ) -> Fact<Bool> {
        var admitted = AddressSet()
        var unresolved: Unknown?
        for source in sources where source.reaches(port) {
            if case .prefixList(let id) = source.rule.peer, isAllowed(id) { continue }
            switch source.addresses.state {
            case .known(let addresses): admitted = admitted.union(addresses)
            case .unknown(let unknown): unresolved = unknown
            }
        }
        if Internet.isAmong(allowed.isEmpty ? admitted : admitted.subtracting(allowed)) { return .known(true) }
        return unresolved.map { .unknown($0) } ?? .known(false)
    }
}

// MARK: - Messages and evidence

extension SecurityGroupExposure {
    /// Returns the sources that open the port, for a message: the ones that count as the internet alone, or the number
    /// of rules that do together.
    func openers(of port: TransportPort) -> String {
        let reaching = sources.filter { $0.reaches(port) }
        let wide = reaching.filter { source in (try? source.addresses.value).map(Internet.isAmong) ?? false }
        guard !wide.isEmpty else {
            return "\(reaching.count) rules that together cover the internet"
        }
        return Set(wide.map(\.rule.peer.text)).sorted().joined(separator: " and ")
    }

    /// Evidence that no rule reaches the ports.
    static let noRules = [Evidence("SecurityGroupRules", [], from: .describeSecurityGroupRules)]

    /// Returns the rules that reach any of these ports, the entries of their prefix lists, and the settings for these
    /// ports.
    func evidence(for ports: [TransportPort]) -> [Evidence] {
        let reaching = sources.indices.filter { place in ports.contains { sources[place].reaches($0) } }
        let settings = entities.evidence(for: ports.lazy.map(\.number))
        // To append nothing would copy what many findings share.
        return settings.isEmpty ? cited(reaching) : cited(reaching) + settings
    }

    /// Returns the rules at these places of ``sources``, and the entries of their prefix lists.
    private func cited(_ places: [Int]) -> [Evidence] {
        guard !places.isEmpty else { return Self.noRules }
        guard sources.count <= 64 else { return evidence(of: places) }
        let mask = places.reduce(into: UInt64(0)) { $0 |= 1 << UInt64($1) }
        if let known = cited.withLock({ $0[mask] }) { return known }
        let evidence = evidence(of: places)
        return cited.withLock { cited in
            if let known = cited[mask] { return known }
            cited[mask] = evidence
            return evidence
        }
    }

    private func evidence(of places: [Int]) -> [Evidence] {
        var evidence = [
            Evidence(
                "SecurityGroupRules", .array(places.map { sources[$0].evidence }), from: .describeSecurityGroupRules)
        ]
        for id in Set(places.compactMap { sources[$0].rule.prefixListID }).sorted() {
            guard case .known(let cidrs)? = prefixLists[id]?.state else { continue }
            evidence.append(Evidence("Entries of \(id)", JSON(cidrs), from: .getManagedPrefixListEntries).about(id))
        }
        return evidence
    }
}

extension SecurityGroupRule {
    /// The rule's ports; all ports if it names none.
    var portRange: ClosedRange<Int> {
        guard ipProtocol != "-1", let fromPort, let toPort, fromPort >= 0, fromPort <= toPort else { return 0...65_535 }
        return fromPort...toPort
    }

    /// The rule with its members sorted by name, as reports write them. Sorted once, because many findings cite one
    /// rule.
    fileprivate var evidence: JSON {
        var members: [JSON.Object.Member] = [
            .init("FromPort", JSON(fromPort)), .init("IpProtocol", .string(ipProtocol)),
            .init("SecurityGroupRuleId", .string(securityGroupRuleID)), .init("ToPort", JSON(toPort)),
        ]
        let field = peer.field
        members.insert(.init(field, .string(peer.text)), at: members.firstIndex { $0.name > field } ?? members.endIndex)
        return .members(members)
    }
}

extension SecurityGroupRule.Peer {
    /// Returns the peer's addresses. Another group has none, because its members are not the internet: they have
    /// addresses in the VPC.
    fileprivate func addresses(_ prefixLists: [String: Fact<[String]>]) throws(Unknown) -> AddressSet {
        let cidrs: [String]
        switch self {
        case .ipv4(let cidr), .ipv6(let cidr): cidrs = [cidr]
        case .prefixList(let id): cidrs = try (prefixLists[id] ?? .notCollected).value
        case .group: cidrs = []
        case .unknown:
            throw Unknown(
                .failed, call: Facet.securityGroupRules.source,
                detail: "a rule of the security group has an unknown type")
        }
        var addresses = AddressSet()
        for cidr in cidrs {
            guard let block = CIDR(cidr, allowingAddress: false) else { throw .malformed(cidr: cidr) }
            addresses.insert(block)
        }
        return addresses
    }

    fileprivate var text: String {
        switch self {
        case .ipv4(let text), .ipv6(let text), .prefixList(let text), .group(let text): text
        case .unknown: "an unknown type"
        }
    }

    fileprivate var field: String {
        switch self {
        case .ipv4: "CidrIpv4"
        case .ipv6: "CidrIpv6"
        case .prefixList: "PrefixListId"
        case .group: "ReferencedGroupId"
        case .unknown: "Source"
        }
    }
}

extension Unknown {
    static func malformed(cidr: String) -> Unknown {
        Unknown(.failed, detail: "\(cidr) is not an address range")
    }
}
