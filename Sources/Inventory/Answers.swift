import AWSClient
import Basics

/// Cache of answers by request: a request that several facets or accounts make is sent once, and all of them get its
/// answer.
actor Answers {
    private let client: Client
    private var answers: [Question: Answer] = [:]

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

    private enum Answer {
        case underway(Task<any Sendable, any Error>)
        /// Without the task, which would hold much memory after its end.
        case given(Result<any Sendable, any Error>)
    }

    /// Returns the answer's pages: from the cache if the same request was made before, otherwise by sending it.
    func pages<Output>(of request: ReadRequest<Output>, in region: String) async throws(AWSError) -> [Output] {
        let question = Question(
            operation: request.operation, parameters: request.parameters, binding: request.binding, region: region,
            output: ObjectIdentifier(Output.self))
        let pages: any Sendable
        do {
            pages = try await answer(to: question) { [client] in
                try await client.all(request, in: region) { [$0] }
            }.get()
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

    private func answer(
        to question: Question, _ ask: @escaping @Sendable () async throws -> any Sendable
    ) async -> Result<any Sendable, any Error> {
        let task: Task<any Sendable, any Error>
        switch answers[question] {
        case .given(let answer): return answer
        case .underway(let known): task = known
        case nil: task = Task { try await ask() }
        }
        answers[question] = .underway(task)
        let answer = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        answers[question] = .given(answer)
        return answer
    }
}
