import Basics
import Foundation
import Logging
import ServiceLifecycle

@testable import Dashboard
@testable import Store

/// Serves the pages of a store on a free port, to whoever sends the header `X-Test-User`.
func withPages<Value: Sendable>(
    _ pages: DashboardPages, now: Date, _ body: @escaping @Sendable (String) async throws -> Value
) async throws -> Value {
    let (ports, port) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "pages")
    logger.logLevel = .critical
    let server = try DashboardServer(
        DashboardSettings(
            address: ListenAddress(parsing: "127.0.0.1:0"), hosts: AllowedHosts(),
            access: DashboardSettings.header("X-Test-User", from: DashboardSettings.loopback), allowsWrites: true),
        pages: pages, store: pages.store, metrics: PrometheusRegistry(), now: { now },
        onListening: { port.yield($0) }, logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
        group.addTask { try await services.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        let value: Value
        do { value = try await body("http://127.0.0.1:\(number)") } catch {
            await services.triggerGracefulShutdown()
            throw error
        }
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return value
    }
}

extension PageRequest {
    /// - Parameter url: a path with a query.
    init(url: String, mayWrite: Bool = true, now: Date) {
        let parts = URLComponents(string: url)
        self.init(
            path: (parts?.path ?? "").split(separator: "/").map(String.init),
            query: (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") },
            viewer: Viewer(name: "token", csrfToken: "csrf-1", mayWrite: mayWrite), now: now)
    }
}
