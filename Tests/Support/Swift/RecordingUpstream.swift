public import AWSClient

/// The moto server behind a proxy. What it answered once it answers again from memory, so that hundreds of scans of
/// an account that does not change take seconds.
public actor RecordingUpstream {
    private let endpoint: String
    private let transport = AsyncHTTPTransport(isPatient: true)
    private var answers: [Key: HTTPResponse] = [:]

    private struct Key: Hashable {
        var operation: WireOperation?
        var path: String
        var query: [HTTPRequest.QueryItem]
        var body: [UInt8]
    }

    public init(_ endpoint: String) {
        self.endpoint = endpoint
    }

    public func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let key = Key(
            operation: WireOperation(request), path: request.path, query: request.query, body: request.body)
        if let known = answers[key] { return known }
        var forwarded = request
        let authority = endpoint.dropFirst("http://".count).split(separator: ":")
        forwarded.host = String(authority[0])
        forwarded.port = Int(authority[1])
        forwarded.headers.removeAll {
            ["host", "content-length", "connection", "transfer-encoding"].contains($0.name.lowercased())
        }
        let answer = try await transport.send(forwarded, timeout: .seconds(300), maximumBodyBytes: 64 << 20)
        answers[key] = answer
        return answer
    }
}
