import AWSClient

/// A network access control list with its entries.
public struct NetworkACL: Sendable, Codable, Hashable {
    public var id: String
    /// The tag `Name`.
    public var name: String?
    public var vpcID: String?
    public var isDefault: Bool
    /// The subnets that the list guards.
    public var subnetIDs: [String]
    /// Unknown if one of them is of a kind that is not known: it could be the one that decides.
    public var entries: Fact<[Entry]>

    /// One numbered rule; the lowest number that matches decides.
    public struct Entry: Sendable, Codable, Hashable {
        public var number: Int
        public var isEgress: Bool
        public var allows: Bool
        /// A protocol number, `-1` for all.
        public var ipProtocol: String
        /// `nil` for every port.
        public var ports: ClosedRange<Int>?
        public var cidr: String

        public init(
            number: Int, isEgress: Bool = false, allows: Bool, ipProtocol: String, ports: ClosedRange<Int>? = nil,
            cidr: String
        ) {
            self.number = number
            self.isEgress = isEgress
            self.allows = allows
            self.ipProtocol = ipProtocol
            self.ports = ports
            self.cidr = cidr
        }
    }

    public init(
        id: String, name: String? = nil, vpcID: String?, isDefault: Bool, subnetIDs: [String] = [], entries: [Entry]
    ) {
        self.id = id
        self.name = name
        self.vpcID = vpcID
        self.isDefault = isDefault
        self.subnetIDs = subnetIDs
        self.entries = .known(entries)
    }
}

extension Facet {
    public static let networkACLs = FacetOf.perRegion("networkACLs", EC2.describeNetworkACLs(), by: \.id) {
        $0.networkACLSet.map(NetworkACL.init)
    }
}

extension NetworkACL {
    fileprivate init(_ answer: DescribeNetworkACLsAnswer.NetworkACL) {
        let entries = answer.entrySet.compactMap(Entry.init)
        self.init(
            id: answer.networkACLID, name: answer.tagSet?.name, vpcID: answer.vpcID,
            isDefault: answer.default ?? false,
            subnetIDs: (answer.associationSet ?? []).compactMap(\.subnetID).sorted(),
            entries: entries.sorted { ($0.number, $0.cidr) < ($1.number, $1.cidr) })
        if entries.count != answer.entrySet.count {
            let count = answer.entrySet.count - entries.count
            self.entries = .unknown(
                Unknown(
                    .failed, call: Operation.describeNetworkACLs.description,
                    detail: "\(count) of \(answer.entrySet.count) entries are of a kind that is not known"))
        }
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
            ipProtocol: answer.protocol, ports: ports, cidr: cidr)
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
            id: "acl-0a1b2c3d", vpcID: VPC.sample.vpcID, isDefault: false, subnetIDs: ["subnet-0a1b2c3d"],
            entries: entries
        )
    }
}
