public import AWSClient

/// Answers in this process what an upstream answered before, or what a test makes of that.
public struct ReplayTransport: HTTPTransport {
    public typealias Answer = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    private let answer: Answer

    public init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    public func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        let answer = try await answer(request)
        guard answer.body.count <= maximumBodyBytes else { throw TransportError(.tooLarge, "too long") }
        return answer
    }
}
