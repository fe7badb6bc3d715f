import AWSClient
import Basics
import Inventory
import Posture

/// Wide sources that the settings allow to reach a security group or to pass a network ACL.
struct RequiredEntities: Sendable {
    private let entities: [AllowedIngress]

    init(_ settings: Settings, of group: SecurityGroup) {
        entities = settings.allowedIngress.filter {
            $0.groups.isEmpty || $0.groups.contains(group.groupID) || $0.groups.contains(group.groupName)
        }
    }

    /// A network ACL applies to all security groups of its subnets, so an entity that is allowed for certain groups
    /// only is left out.
    init(ofNetworkACLBy settings: Settings) {
        entities = settings.allowedIngress.filter(\.groups.isEmpty)
    }

    /// Returns the addresses that are allowed to reach a port.
    func addresses(for port: Int) -> AddressSet {
        entities.filter { $0.includes(port) }.reduce(AddressSet()) { $0.union($1.addresses) }
    }

    /// Whether an entity is allowed to reach a port.
    func mayReach(_ port: Int) -> Bool { entities.contains { $0.includes(port) } }

    /// Whether a prefix list is one of the entities that are allowed to reach a port.
    func include(prefixList id: String, for port: Int) -> Bool {
        entities.contains { $0.source == id && $0.includes(port) }
    }

    /// The port ranges of the entities.
    var portRanges: [ClosedRange<Int>] { entities.flatMap(\.portRanges) }

    /// Returns the settings for any of these ports as evidence.
    func evidence(for ports: some Collection<Int>) -> [Evidence] {
        entities.filter { entity in ports.contains { entity.includes($0) } }.map(\.evidence)
    }
}

extension AllowedIngress {
    /// Every port if none is named. Text that is neither a port nor a range allows nothing.
    fileprivate var portRanges: [ClosedRange<Int>] {
        guard !ports.isEmpty else { return [0...65_535] }
        return ports.compactMap { text in
            let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1], first <= last else {
                return nil
            }
            return first...last
        }
    }

    fileprivate func includes(_ port: Int) -> Bool { portRanges.contains { $0.contains(port) } }

    fileprivate var addresses: AddressSet {
        source == "*" ? .everything : AddressSet([CIDR(source, allowingAddress: false)].compactMap(\.self))
    }

    fileprivate var evidence: Evidence {
        Evidence(
            "allowedIngress",
            .object(["source": .string(source), "ports": JSON(ports), "reason": JSON(reason)]),
            from: .settings)
    }
}
