import AWSClient

/// The organization that an account belongs to, as `DescribeOrganization` answers.
public struct Organization: Sendable, Codable, Hashable {
    /// `o-…`
    public var id: String
    /// The management account, which owns the organization. The organization's policies do not apply to it.
    public var masterAccountID: String
    /// `ALL`, or `CONSOLIDATED_BILLING` if the organization only shares a bill and has no policies.
    public var featureSet: String

    public init(id: String, masterAccountID: String, featureSet: String = "ALL") {
        self.id = id
        self.masterAccountID = masterAccountID
        self.featureSet = featureSet
    }
}

extension Facet {
    /// The organization, which any member account can read; `nil` if the account is in none.
    public static let organization = FacetOf.ofAccount(
        "organization", Organizations.describeOrganization(), absent: "AWSOrganizationsNotInUseException"
    ) { (answers: [DescribeOrganizationAnswer<Organization>]) in
        answers.first?.organization
    }
}
