import AWSClient
import Basics
import Synchronization
import TestSupport

/// A receiver of webhooks that remembers what it accepted, refuses for a while, or lets senders wait.
final class WebhookReceiver: Sendable {
    /// What is done with requests.
    enum Mood: Sendable { case accept, refuse, hold }

    private struct State: Sendable {
        var mood: Mood
        var accepted: [JSON] = []
        var attempts = 0
    }

    /// Shared with the server, which goes on as long as this value is kept.
    private final class Desk: Sendable {
        let state: Mutex<State>

        init(_ mood: Mood) { state = Mutex(State(mood: mood)) }
    }

    let url: String
    private let server: TestServer
    private let desk: Desk

    private init(_ server: TestServer, _ desk: Desk) {
        (self.server, self.desk) = (server, desk)
        url = server.endpoint + "/hook"
    }

    static func start(_ mood: Mood = .accept) async throws -> WebhookReceiver {
        let desk = Desk(mood)
        let server = try await TestServer.start { request in
            desk.state.withLock { $0.attempts += 1 }
            while desk.state.withLock({ $0.mood }) == .hold { try? await Task.sleep(for: .milliseconds(20)) }
            guard desk.state.withLock({ $0.mood }) == .accept, let body = try? JSON(parsing: request.body) else {
                return .answer(HTTPResponse(status: 503))
            }
            desk.state.withLock { $0.accepted.append(body) }
            return .answer(HTTPResponse(status: 204))
        }
        return WebhookReceiver(server, desk)
    }

    func become(_ mood: Mood) { desk.state.withLock { $0.mood = mood } }

    var attempts: Int { desk.state.withLock { $0.attempts } }
    /// The alerts and findings of all accepted messages.
    var items: [JSON] { desk.state.withLock { $0.accepted }.flatMap { $0["items"]?.elements ?? [] } }

    /// The settings of a watch that sends to it.
    var settings: String { "hook: {type: webhook, url: \"\(url)\"}" }
}
