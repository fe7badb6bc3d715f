public import AWSClient

/// Asks about an organization with the credentials that a run began with, which often are the management account's or a
/// delegated administrator's, while a member's own may ask next to nothing. Each question is asked once, however many
/// accounts of the organization the run reads.
public struct OrganizationDirectory: Sendable {
    /// The account of the credentials.
    let accountID: String
    private let answers: Answers
    private let region: String

    /// - Parameters:
    ///   - client: the one that the run began with.
    ///   - accountID: the account that its credentials are of, whose quota the calls are counted against.
    ///   - region: where calls go that concern no region in particular.
    public init(client: Client, accountID: String, region: String) {
        self.accountID = accountID
        var client = client
        client.accountID = accountID
        answers = Answers(client)
        self.region = region
    }

    /// The answer's pages: a new one, or the one that was given before to the same question.
    func pages<Output>(of request: ReadRequest<Output>) async throws(AWSError) -> [Output] {
        try await answers.pages(of: request, in: region)
    }
}
