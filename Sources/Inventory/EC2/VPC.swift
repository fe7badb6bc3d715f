import AWSClient

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

extension Facet {
    public static let vpcs = FacetOf.perRegion("vpcs", EC2.describeVPCs(), by: \.id) {
        $0.vpcSet.map {
            VPC(id: $0.vpcID, name: $0.tagSet?.name, isDefault: $0.isDefault ?? false, ownerID: $0.ownerID)
        }
    }
}

extension [EC2Tag] {
    var name: String? { first { $0.key == "Name" }?.value }
}

extension VPC: Sampled {
    public static var sample: VPC { VPC(id: "vpc-0a1b2c3d", isDefault: false, ownerID: "123456789012") }
}
