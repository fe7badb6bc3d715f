import FoundationEssentials

/// Sends the requests of credential sources, and retries after temporary failures.
struct PatientSender: Sendable {
    var transport: any HTTPTransport
    var pause: @Sendable (Duration) async throws -> Void
    /// Number of attempts, including the first.
    var attempts = 3
    /// Timeout of each attempt.
    var timeout: Duration = .seconds(10)

    /// Limit in bytes; no answer of a credential source comes near it.
    private static let maximumBodyBytes = 1 << 20

    /// - Parameters:
    ///   - makeRequest: called for each attempt, so that each has a current signature.
    ///   - retries: whether to try again after an answer; by default after a server error.
    func send(
        _ makeRequest: () -> HTTPRequest,
        retries: (HTTPResponse) -> Bool = { $0.status >= 500 || $0.status == 429 }
    ) async throws(TransportError) -> HTTPResponse {
        var attempt = 1
        while true {
            do {
                let response = try await transport.send(
                    makeRequest(), timeout: timeout, maximumBodyBytes: Self.maximumBodyBytes)
                guard attempt < attempts, retries(response) else { return response }
            } catch {
                guard attempt < attempts, [.connection, .timeout, .cut].contains(error.kind) else { throw error }
            }
            do {
                try await pause(.milliseconds(200) * (1 << min(attempt - 1, 4)))
            } catch {
                throw TransportError(.cancelled, "cancelled")
            }
            attempt += 1
        }
    }
}

extension String {
    /// The text of another program or server, made safe for an error message: one line, without control characters,
    /// shortened.
    var quotable: String {
        let line = String(
            unicodeScalars.prefix(2000).map { $0.properties.generalCategory == .control ? " " : Character($0) })
        let words = line.split(separator: " ").joined(separator: " ")
        return words.count > 500 ? "\(words.prefix(500))…" : words
    }
}
