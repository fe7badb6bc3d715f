/// A virtual private cloud.
public struct VPC: Sendable, Codable, Hashable {
    public var id: String
    /// The tag `Name`.
    public var name: String?
    public var isDefault: Bool
    /// The account that owns it; a subnet's VPC may be shared from another.
    public var ownerID: String?

    public init(id: String, name: String? = nil, isDefault: Bool, ownerID: String? = nil) {
        self.id = id
        self.name = name
        self.isDefault = isDefault
        self.ownerID = ownerID
    }
}

/// A flow log of a VPC, a subnet, an interface or a transit gateway.
public struct FlowLog: Sendable, Codable, Hashable {
    public var id: String
    /// The VPC, subnet, interface or transit gateway that is recorded.
    public var resourceID: String
    /// `ACCEPT`, `REJECT` or `ALL`; absent for a transit gateway.
    public var trafficType: String?
    /// `ACTIVE` while the flow log exists.
    public var status: String
    /// `SUCCESS` or `FAILED`; absent before the first delivery.
    public var deliveryStatus: String?
    /// `Access error`, `Rate limited` or `Unknown error`, where delivery fails.
    public var deliveryError: String?
    /// `cloud-watch-logs`, `s3` or `kinesis-data-firehose`.
    public var destinationType: String?
    /// The log group's name, or the destination's ARN.
    public var destination: String?

    public init(
        id: String, resourceID: String, trafficType: String?, status: String, deliveryStatus: String?,
        deliveryError: String? = nil, destinationType: String? = nil, destination: String? = nil
    ) {
        self.id = id
        self.resourceID = resourceID
        self.trafficType = trafficType
        self.status = status
        self.deliveryStatus = deliveryStatus
        self.deliveryError = deliveryError
        self.destinationType = destinationType
        self.destination = destination
    }
}

/// A security group with its rules, one for each source as `DescribeSecurityGroupRules` lists them.
public struct SecurityGroup: Sendable, Codable, Hashable {
    public var id: String
    public var name: String
    public var vpcID: String?
    public var rules: [SecurityGroupRule]

    public init(id: String, name: String, vpcID: String?, rules: [SecurityGroupRule]) {
        self.id = id
        self.name = name
        self.vpcID = vpcID
        self.rules = rules
    }

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

/// A network access control list with its entries.
public struct NetworkACL: Sendable, Codable, Hashable {
    public var id: String
    /// The tag `Name`.
    public var name: String?
    public var vpcID: String?
    public var isDefault: Bool
    /// The subnets that the list guards.
    public var subnetIDs: [String]
    public var entries: [Entry]

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
        self.entries = entries
    }
}

/// An elastic network interface, and which security groups guard it.
public struct NetworkInterface: Sendable, Codable, Hashable {
    public var id: String
    public var securityGroupIDs: [String]
    public var publicAddress: String?

    public init(id: String, securityGroupIDs: [String], publicAddress: String? = nil) {
        self.id = id
        self.securityGroupIDs = securityGroupIDs
        self.publicAddress = publicAddress
    }
}
