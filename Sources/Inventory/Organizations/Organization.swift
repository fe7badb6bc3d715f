import AWSClient

/// The organization that an account belongs to.
public struct Organization: Sendable, Codable, Hashable {
    /// `o-…`
    public var id: String
    /// The account that owns the organization, to which its policies do not apply.
    public var managementAccountID: String
    /// `false` if the organization only shares a bill, and has no policies.
    public var hasAllFeatures: Bool

    public init(id: String, managementAccountID: String, hasAllFeatures: Bool = true) {
        self.id = id
        self.managementAccountID = managementAccountID
        self.hasAllFeatures = hasAllFeatures
    }
}

extension Facet {
    /// The organization, which any member may ask about; `nil` for an account of none.
    public static let organization = FacetOf.ofAccount(
        "organization", Organizations.describeOrganization(), absent: "AWSOrganizationsNotInUseException"
    ) {
        $0.first.map(Organization.init)
    }
}

extension Organization {
    fileprivate init(_ answer: DescribeOrganizationAnswer) {
        self.init(
            id: answer.organization.id, managementAccountID: answer.organization.masterAccountID,
            hasAllFeatures: answer.organization.featureSet != "CONSOLIDATED_BILLING")
    }
}
