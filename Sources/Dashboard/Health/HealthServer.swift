import Basics
import Crypto
import Foundation
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Whether a process does its work.
public enum Readiness: Sendable, Hashable {
    case ready
    /// The reason is shown to anyone who asks.
    case notReady(String)
}

/// A small server for Prometheus and for whoever restarts processes: `/metrics`, `/healthz` (the process answers) and
/// `/readyz` (it does its work).
///
/// `/metrics` names what is watched, so it is answered without a token only to programs on this machine.
public struct HealthServer: Service {
    private let address: ListenAddress
    private let endpoints: HealthEndpoints
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - token: what other machines must send as `Authorization: Bearer` to read `/metrics`.
    ///   - isReady: asked at each request of `/readyz`; it must answer soon.
    ///   - onListening: called with the port as soon as the server accepts connections.
    public init(
        at address: ListenAddress, metrics: PrometheusRegistry, token: AccessToken? = nil,
        isReady: @escaping @Sendable () async -> Readiness,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in },
        logger: Logger
    ) {
        self.address = address
        endpoints = HealthEndpoints(metrics: metrics, token: token, isReady: isReady)
        self.onListening = onListening
        self.logger = logger
    }

    /// Serves until the service group stops.
    /// - Throws: ``Failure`` if the address cannot be listened on.
    public func run() async throws {
        let application = application
        do {
            try await application.run()
        } catch {
            throw address.failure(error)
        }
    }

    var application: some ApplicationProtocol {
        Application(
            responder: HealthResponder(endpoints: endpoints),
            server: ConnectionLimits.health.plain,
            configuration: ApplicationConfiguration(
                address: .hostname("\(address.address)", port: address.port),
                availableConnectionsDelegate: .maximum(ConnectionLimits.health.connections, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
            logger: logger)
    }
}

/// Answers the paths of health, for a server of their own and for the dashboard.
struct HealthEndpoints: Sendable {
    var metrics: PrometheusRegistry
    var token: AccessToken?
    var isReady: @Sendable () async -> Readiness

    /// - Returns: `nil` for any other path.
    func answer(_ request: Request, from peer: IPAddress?, isLoggedIn: Bool = false) async -> Response? {
        switch request.uri.path {
        case "/healthz": return .text("ok\n")
        case "/readyz":
            switch await isReady() {
            case .ready: return .text("ready\n")
            case .notReady(let reason): return .text("not ready: \(reason)\n", status: .serviceUnavailable)
            }
        case "/metrics":
            guard isLoggedIn || isLocal(request, peer) || holdsToken(request) else {
                return .text(
                    "metrics are for programs on this machine, or with the metrics token\n", status: .unauthorized,
                    headers: [.wwwAuthenticate: #"Bearer realm="metrics""#])
            }
            let (contentType, text) = metrics.answer(accept: request.headers[.accept])
            return .text(text, headers: [.contentType: contentType])
        default: return nil
        }
    }

    /// Whether the request comes from this machine and is for this machine: one that a proxy on this machine passes on
    /// names another host, or says for whom it is.
    private func isLocal(_ request: Request, _ peer: IPAddress?) -> Bool {
        guard let peer, peer.isLoopback, let host = HostName(request.head.authority), host.isLoopback else {
            return false
        }
        return !request.headers.contains { HTTPFieldNames.forwarding.contains($0.name) }
    }

    private func holdsToken(_ request: Request) -> Bool {
        guard let token, let header = request.headers[.authorization] else { return false }
        let parts = header.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && parts[0].lowercased() == "bearer" && token.matches(String(parts[1]))
    }
}

/// Answers health and nothing else.
private struct HealthResponder: HTTPResponder {
    let endpoints: HealthEndpoints

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            return .text("method not allowed\n", status: .methodNotAllowed, headers: [.allow: "GET, HEAD"])
        }
        let response =
            await endpoints.answer(request, from: context.peer) ?? .text("not found\n", status: .notFound)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
