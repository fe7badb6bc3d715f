public import AWSClient
import Synchronization

/// A transport that answers from a list, the last answer again and again, and remembers what was sent.
public final class ScriptedTransport: HTTPTransport {
    public typealias Answer = Result<HTTPResponse, TransportError>

    private let state: Mutex<(answers: [Answer], sent: [HTTPRequest])>

    public init(_ answers: [Answer]) {
        state = Mutex((answers, []))
    }

    public convenience init(_ responses: HTTPResponse...) {
        self.init(responses.map { .success($0) })
    }

    /// What was sent so far.
    public var sent: [HTTPRequest] { state.withLock { $0.sent } }

    public func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state in
            state.sent.append(request)
            return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
        }
        return try answer.get()
    }
}

extension HTTPResponse {
    public static func json(_ text: String, status: Int = 200, _ headers: [HTTPRequest.Header] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
    }

    public static func xml(_ text: String, status: Int = 200, _ headers: [HTTPRequest.Header] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(text.utf8))
    }
}
