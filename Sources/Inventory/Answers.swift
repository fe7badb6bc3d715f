import AWSClient
import Basics

/// Answers by their requests: what several facets or accounts ask is sent once, and the answer given to all who ask.
actor Answers {
    private let client: Client
    private var given: [Question: Task<any Sendable, any Error>] = [:]

    init(_ client: Client) {
        self.client = client
    }

    private struct Question: Hashable {
        var operation: Operation
        var parameters: [String: JSON]
        var binding: RESTBinding
        var region: String
        /// What the answer is read as.
        var output: ObjectIdentifier
    }

    /// The answer's pages: new ones, or those that were given before to the same request.
    func pages<Output>(of request: ReadRequest<Output>, in region: String) async throws(AWSError) -> [Output] {
        let question = Question(
            operation: request.operation, parameters: request.parameters, binding: request.binding, region: region,
            output: ObjectIdentifier(Output.self))
        let answer =
            given[question] ?? Task { [client] in try await client.all(request, in: region) { [$0] } as any Sendable }
        given[question] = answer
        let pages: any Sendable
        do {
            pages = try await withTaskCancellationHandler {
                try await answer.value
            } onCancel: {
                answer.cancel()
            }
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
