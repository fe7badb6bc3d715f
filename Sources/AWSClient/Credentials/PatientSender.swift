import FoundationEssentials

/// Sends the few requests that credentials take, and retries those that may succeed later.
struct PatientSender: Sendable {
    var transport: any HTTPTransport
    var pause: @Sendable (Duration) async throws -> Void
    /// With the first.
    var attempts = 3
    /// For each attempt.
    var timeout: Duration = .seconds(10)

    /// No answer of a credential source is nearly as long.
    private static let maximumBodyBytes = 1 << 20

    /// - Parameters:
    ///   - makeRequest: called for each attempt, so that each is signed at its own time.
    ///   - retries: whether an answer is worth another attempt; by default a failure of the server's own.
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
    /// Words from elsewhere, fit for a line of an error message: on one line, without control characters, not endless.
    var quotable: String {
        let line = String(
            unicodeScalars.prefix(2000).map { $0.properties.generalCategory == .control ? " " : Character($0) })
        let words = line.split(separator: " ").joined(separator: " ")
        return words.count > 500 ? "\(words.prefix(500))…" : words
    }
}
