import AWSClient
import Basics

/// Cache of answers by request: a request that several facets or accounts make is sent once, and all of them get its
/// answer.
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
        /// The type that the answer is decoded as.
        var output: ObjectIdentifier
    }

    /// Returns the answer's pages: from the cache if the same request was made before, otherwise by sending it.
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
