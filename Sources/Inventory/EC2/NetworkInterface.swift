import AWSClient

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

extension Facet {
    public static let networkInterfaces = FacetOf.perRegion(
        "networkInterfaces", EC2.describeNetworkInterfaces(), by: \.id
    ) {
        $0.networkInterfaceSet.map(NetworkInterface.init)
    }
}

extension NetworkInterface {
    fileprivate init(_ answer: DescribeNetworkInterfacesAnswer.Interface) {
        self.init(
            id: answer.networkInterfaceID, securityGroupIDs: answer.groupSet.map(\.groupID).sorted(),
            publicAddress: answer.association?.publicIP)
    }
}
