public import Basics
public import Foundation
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import Store

/// The web page over a store: its network, its login, its limits.
public struct DashboardServer: Service {
    private let settings: DashboardSettings
    private let responder: DashboardResponder
    private let server: HTTPServerBuilder
    private let feed: ChangeFeed
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - store: opened read-only unless the settings allow writes.
    ///   - onListening: called with the port as soon as the server accepts connections.
    /// - Throws: ``Failure`` if the store's file cannot be read or the certificate cannot be used.
    public init(
        _ settings: DashboardSettings, pages: any PageSource, store: Store, metrics: PrometheusRegistry,
        now: @escaping @Sendable () -> Date = { Date() },
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }, logger: Logger
    ) throws(Failure) {
        self.settings = settings
        self.onListening = onListening
        self.logger = logger
        let changes = try StoreChanges(store.path)
        let work = BlockingWork()
        feed = ChangeFeed(changes, work: work, logger: logger)
        do { server = try settings.limits.server(tls: settings.certificate?.configuration) } catch {
            throw Failure(
                "the certificate cannot be used", why: "\(error)", advice: "check the certificate and its key",
                cause: error)
        }
        let health = HealthEndpoints(metrics: metrics, token: settings.metricsToken) {
            do {
                try await work.run { try changes.checkFile() }
                return .ready
            } catch let failure as Failure {
                return .notReady(failure.why)
            } catch {
                return .notReady("the server has too much to do")
            }
        }
        responder = DashboardResponder(
            settings: settings, pages: pages, store: store, changes: changes, feed: feed, health: health,
            desk: LoginDesk(settings), work: work, metrics: metrics, logger: logger, now: now)
    }

    /// Serves until the service group stops.
    /// - Throws: ``Failure`` if the address cannot be listened on.
    public func run() async throws {
        do { try await application.run() } catch { throw settings.address.failure(error) }
    }

    var application: some ApplicationProtocol {
        Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname("\(settings.address.address)", port: settings.address.port),
                backlog: 1_024,
                availableConnectionsDelegate: .maximum(settings.connections, logger: logger)),
            services: [feed],
            onServerRunning: { await onListening($0.localAddress?.port ?? 0) },
            logger: logger)
    }
}
