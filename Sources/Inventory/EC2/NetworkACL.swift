public import AWSClient

/// A network access control list, as `DescribeNetworkAcls` lists it.
public struct NetworkACL: Sendable, Codable, Hashable {
    public var networkACLID: String
    public var vpcID: String?
    /// The account that owns the list; it can be another one if the VPC is shared.
    public var ownerID: String?
    public var `default`: Bool?
    public var entrySet: [Entry]
    /// The subnets that are associated with the list.
    @DefaultIfAbsent public var associationSet: [Association] = []
    public var tagSet: [EC2Tag]?

    /// One numbered rule; the lowest number that matches decides.
    public struct Entry: Sendable, Codable, Hashable {
        public var ruleNumber: Int
        public var egress: Bool
        /// `allow` or `deny`.
        public var ruleAction: String
        /// A protocol number, `-1` for all.
        public var `protocol`: String
        /// `nil` for every port.
        public var portRange: PortRange?
        public var cidrBlock: String?
        public var ipv6CIDRBlock: String?

        public init(
            _ ruleNumber: Int, _ ruleAction: String, protocol: String = "-1", ports: ClosedRange<Int>? = nil,
            cidr: String
        ) {
            self.ruleNumber = ruleNumber
            egress = false
            self.ruleAction = ruleAction
            self.protocol = `protocol`
            portRange = ports.map { PortRange(from: $0.lowerBound, to: $0.upperBound) }
            cidrBlock = cidr
        }

        public var allows: Bool { ruleAction == "allow" }
        /// The IPv4 or the IPv6 block.
        public var cidr: String { cidrBlock ?? ipv6CIDRBlock ?? "" }

        /// The ports in the range; `nil` for every port.
        public var ports: ClosedRange<Int>? {
            guard let from = portRange?.from, let to = portRange?.to, from <= to else { return nil }
            return from...to
        }

        /// Whether action, protocol, source and ports are of known kinds.
        fileprivate var isUnderstood: Bool {
            ["allow", "deny"].contains(ruleAction) && IPProtocol.isKnown(`protocol`) && !cidr.isEmpty
                && (portRange == nil || ports.map { $0.lowerBound >= 0 && $0.upperBound <= 65_535 } == true)
        }
    }

    public struct PortRange: Sendable, Codable, Hashable {
        public var from: Int?
        public var to: Int?
    }

    public struct Association: Sendable, Codable, Hashable {
        public var subnetID: String?
    }

    /// The entries in the order of evaluation. Unknown if one entry is of an unknown kind, because it could be the one
    /// that matches.
    public var entries: Fact<[Entry]> {
        let unknown = entrySet.filter { !$0.isUnderstood }
        guard unknown.isEmpty else {
            return .unknown(
                Unknown(
                    .failed, call: Operation.describeNetworkACLs.description,
                    detail: "\(unknown.count) of \(entrySet.count) entries are of a kind that is not known"))
        }
        return .known(entrySet.sorted { ($0.ruleNumber, $0.cidr) < ($1.ruleNumber, $1.cidr) })
    }
}

extension Facet {
    public static let networkACLs = FacetOf<ByName<[NetworkACL]>>.perRegion(
        "networkACLs", EC2.describeNetworkACLs(), by: \.networkACLID
    ) {
        $0.networkACLSet
    }
}

extension NetworkACL: Sampled {
    /// A list that allows the office on port 22 and denies everyone else.
    public static var sample: NetworkACL {
        .sample(
            Entry(100, "allow", protocol: "6", ports: 22...22, cidr: "203.0.113.0/24"),
            Entry(32_767, "deny", cidr: "0.0.0.0/0"))
    }

    /// A list with these entries.
    public static func sample(_ entries: Entry...) -> NetworkACL {
        NetworkACL(networkACLID: "acl-0a1b2c3d", vpcID: VPC.sample.vpcID, default: false, entrySet: entries)
    }
}
