extension Service {
    public static let organizations = Service(
        endpointPrefix: "organizations", signingName: "organizations", environmentName: "ORGANIZATIONS",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "AWSOrganizationsV20161128"), isGlobal: true)
}

extension Operation {
    public static let listAccounts = Operation(.organizations, "ListAccounts")
}

/// AWS Organizations, as far as it is used. Source of the shapes: the AWS Organizations API Reference.
public enum Organizations {
    /// Every account of the organisation; asked from its management account or a delegated administrator.
    public static func listAccounts() -> Request<ListAccountsAnswer> {
        Request(.listAccounts, paging: Paging("NextToken") { $0.nextToken })
    }
}

public struct ListAccountsAnswer: Decodable, Sendable {
    public var accounts: [Account]
    public var nextToken: String?

    enum CodingKeys: String, CodingKey {
        case accounts = "Accounts"
        case nextToken = "NextToken"
    }

    public struct Account: Decodable, Sendable {
        public var id: String
        public var name: String?
        /// `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE`, …
        public var status: String?

        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case name = "Name"
            case status = "Status"
        }
    }
}
