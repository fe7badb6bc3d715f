import AWSClient

/// An elastic network interface, as `DescribeNetworkInterfaces` lists it.
public struct NetworkInterface: Sendable, Codable, Hashable {
    public var networkInterfaceID: String
    /// The security groups that are associated with the interface.
    public var groupSet: [Group]

    public struct Group: Sendable, Codable, Hashable {
        public var groupID: String
    }

    public init(networkInterfaceID: String, securityGroupIDs: [String]) {
        self.networkInterfaceID = networkInterfaceID
        groupSet = securityGroupIDs.map { Group(groupID: $0) }
    }

    public var securityGroupIDs: [String] { groupSet.map(\.groupID) }
}

extension Facet {
    public static let networkInterfaces = FacetOf<ByName<[NetworkInterface]>>.perRegion(
        "networkInterfaces", EC2.describeNetworkInterfaces(), by: \.networkInterfaceID
    ) {
        $0.networkInterfaceSet
    }
}
