public import AWSClient

/// A virtual private cloud, as `DescribeVpcs` lists it.
public struct VPC: Sendable, Codable, Hashable {
    public var vpcID: String
    public var isDefault: Bool?
    /// The account that owns the VPC; it is another one if its subnets are shared with this account.
    public var ownerID: String?
    public var tagSet: [EC2Tag]?
}

extension Facet {
    public static let vpcs = FacetOf<ByName<[VPC]>>.perRegion("vpcs", EC2.describeVPCs(), by: \.vpcID) { $0.vpcSet }
}

extension [EC2Tag] {
    /// Value of the tag `Name`.
    public var name: String? { first { $0.key == "Name" }?.value }
}

extension VPC: Sampled {
    public static var sample: VPC { VPC(vpcID: "vpc-0a1b2c3d", isDefault: false, ownerID: "123456789012") }
}
