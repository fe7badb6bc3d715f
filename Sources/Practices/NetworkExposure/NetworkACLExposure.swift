import AWSClient
import Basics
import Inventory
import Posture

/// The inbound sources that a network ACL allows.
struct NetworkACLExposure {
    private let entries: [NetworkACL.Entry]
    private let entities: RequiredEntities

    /// - Throws: `Unknown` if the entries are not known.
    init(of list: NetworkACL, by settings: Settings) throws(Unknown) {
        entries = try list.entries.value.filter { !$0.egress }
        entities = RequiredEntities(ofNetworkACLBy: settings)
    }

    /// Whether the ACL allows the internet to reach the port. The lowest-numbered entry that matches an address
    /// decides.
    ///
    /// Source: Amazon VPC User Guide, "Network ACL rules".
    /// - Throws: `Unknown` if an entry for the port has no valid CIDR block.
    func isOpen(_ port: TransportPort) throws(Unknown) -> Bool {
        var decided = AddressSet()
        var admitted = AddressSet()
        for entry in entries where entry.concerns(port) {
            guard let block = CIDR(entry.cidr, allowingAddress: false) else { throw .malformed(cidr: entry.cidr) }
            if entry.allows { admitted = admitted.union(AddressSet(block).subtracting(decided)) }
            decided.insert(block)
        }
        return Internet.isAmong(admitted.subtracting(entities.addresses(for: port.number)))
    }

    /// One port of each range in which the same entries and required entities apply.
    var representativePorts: [Int] {
        (entries.map(\.portRange) + entities.portRanges).representativePorts
    }

    /// Returns the inbound entries for any of these ports in their order, and the settings for these ports.
    func evidence(for ports: [TransportPort]) -> [Evidence] {
        let concerned = entries.filter { entry in ports.contains { entry.concerns($0) } }
        return [Evidence("Entries", .array(concerned.map(\.evidence)), from: .describeNetworkACLs)]
            + entities.evidence(for: ports.map(\.number))
    }
}

extension NetworkACL.Entry {
    fileprivate func concerns(_ port: TransportPort) -> Bool {
        port.transport.isMeant(by: `protocol`) && portRange.contains(port.number)
    }

    fileprivate var portRange: ClosedRange<Int> {
        `protocol` == "-1" ? 0...65_535 : ports ?? 0...65_535
    }

    fileprivate var evidence: JSON {
        .object([
            "RuleNumber": .int(ruleNumber), "RuleAction": .string(ruleAction),
            "Protocol": .string(`protocol`), "From": JSON(ports?.lowerBound), "To": JSON(ports?.upperBound),
            "CidrBlock": .string(cidr),
        ])
    }
}
