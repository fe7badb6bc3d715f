import AWSClient
import Basics
import Foundation

/// A receiver that is sent JSON by HTTP: a webhook, Slack, Microsoft Teams, or PagerDuty.
struct HTTPReceiver: Receiver {
    /// A request's body, and headers besides those of JSON.
    struct Content: Sendable {
        var body: JSON
        var headers: @Sendable ([UInt8], Date) -> [(name: String, value: String)] = { _, _ in [] }
    }

    var transport: any HTTPTransport
    var now: @Sendable () -> Date
    var limit = SendLimit.time
    /// Returns the address. It is read for each message, so that a secret in a file can be replaced.
    var address: @Sendable () throws(Failure) -> String
    /// Returns the other secrets, which no error shows.
    var secrets: @Sendable () throws(Failure) -> [String]
    /// Makes the requests of a message from it and the secrets. All must be accepted.
    var contents: @Sendable (OutgoingMessage, _ secrets: [String]) -> [Content]

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        let address: String
        let secrets: [String]
        var request: HTTPRequest
        do throws(Failure) {
            address = try self.address()
            secrets = try self.secrets()
            request = try HTTPRequest(to: address, from: "the address of notifier '\(message.notifier)'")
        } catch {
            // The configuration can be mended while messages wait.
            return .failed(error.description)
        }
        let hidden = Redacted([address, request.path, request.url] + request.query.map(\.value) + secrets)
        for content in contents(message, secrets) {
            request.body = content.body.bytes()
            request.headers =
                [.init("Content-Type", "application/json"), .init("Idempotency-Key", message.key)]
                + content.headers(request.body, message.time).map { .init($0.name, $0.value) }
            let outcome = await post(request, hidden)
            guard outcome == .sent else { return outcome }
        }
        return .sent
    }

    private func post(_ request: HTTPRequest, _ hidden: Redacted) async -> SendOutcome {
        await SendLimit.within(limit) {
            do throws(TransportError) {
                let response = try await transport.send(
                    request, timeout: limit, maximumBodyBytes: SendLimit.answerBytes)
                return outcome(response, hidden)
            } catch {
                // The receiver answered, and only the rest of its answer is missing.
                if let status = error.status { return outcome(HTTPResponse(status: status), hidden) }
                return .failed(hidden.text(error.description))
            }
        }
    }

    private func outcome(_ response: HTTPResponse, _ hidden: Redacted) -> SendOutcome {
        let said = String(decoding: response.body, as: UTF8.self)
        let reason = hidden.text("it answered \(response.status)" + (said.isEmpty ? "" : ": \(said)"))
        switch response.status {
        case 200..<300: return .sent
        case 300..<400: return .refused(hidden.text("it answered \(response.status): redirects are not followed"))
        // Source: RFC 9110, RFC 8470 and RFC 6585.
        case 408, 425, 429, 500...: return .failed(reason, after: response.retryAfter(at: now()))
        default: return .refused(reason)
        }
    }
}

/// Hides secrets in the words of others.
struct Redacted: Sendable {
    private let secrets: [String]

    init(_ secrets: [String]) {
        // The longest first, so that no part of one stays behind another. A short text is no secret.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// One line of at most 300 characters, safe to show.
    func text(_ text: String) -> String {
        secrets.reduce(text) { $0.replacingOccurrences(of: $1, with: "[hidden]") }
            .split(whereSeparator: \.isWhitespace).joined(separator: " ").showingUnsafeCharacters(atMost: 300)
    }
}
