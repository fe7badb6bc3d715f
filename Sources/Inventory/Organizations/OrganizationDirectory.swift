public import AWSClient

/// Asks about an organization with the credentials that a run began with, which often are the management account's or a
/// delegated administrator's, while a member's own may ask next to nothing. Each question is asked once, however many
/// accounts of the organization the run reads.
public actor OrganizationDirectory {
    /// The account of the credentials.
    nonisolated let accountID: String
    private let client: Client
    private let region: String
    private var answers: [String: Task<any Sendable, any Error>] = [:]

    /// - Parameters:
    ///   - client: the one that the run began with.
    ///   - accountID: the account that its credentials are of, whose quota the calls are counted against.
    ///   - region: where calls go that concern no region in particular.
    public init(client: Client, accountID: String, region: String) {
        self.accountID = accountID
        var client = client
        client.accountID = accountID
        self.client = client
        self.region = region
    }

    /// The answer's pages: a new one, or the one that was given before to the same question.
    /// - Parameter about: what is asked about; with the operation it is the question.
    func pages<Output>(
        of request: ReadRequest<Output>, about: String
    ) async throws(AWSError) -> [Output] {
        let question = "\(request.operation) \(about)"
        let answer =
            answers[question]
            ?? Task { [client, region] in try await client.all(request, in: region) { [$0] } as any Sendable }
        answers[question] = answer
        let pages: (any Sendable)?
        do {
            pages = try await answer.value
        } catch let error as AWSError {
            throw error
        } catch {
            throw AWSError(.unreadableAnswer, request.operation, region: region, message: "\(error)")
        }
        guard let pages = pages as? [Output] else {
            throw AWSError(.unreadableAnswer, request.operation, region: region, message: "another kind of answer")
        }
        return pages
    }
}
