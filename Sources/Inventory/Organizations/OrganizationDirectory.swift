public import AWSClient

/// Reads the organization with the credentials that the run started with. These often belong to the management account
/// or a delegated administrator, while a member account's own credentials can read almost nothing. Each request is sent
/// once, however many accounts of the organization the run reads.
public struct OrganizationDirectory: Sendable {
    /// The account that the credentials belong to.
    let accountID: String
    private let answers: Answers
    private let region: String

    /// - Parameters:
    ///   - client: the client that the run started with.
    ///   - accountID: the account that its credentials belong to; calls count against that account's quota.
    ///   - region: the region for calls that concern no particular region.
    public init(client: Client, accountID: String, region: String) {
        self.accountID = accountID
        var client = client
        client.accountID = accountID
        answers = Answers(client)
        self.region = region
    }

    /// Returns the answer's pages: from the cache if the same request was made before, otherwise by sending it.
    func pages<Output>(of request: ReadRequest<Output>) async throws(AWSError) -> [Output] {
        try await answers.pages(of: request, in: region)
    }
}
