import AWSClient
import Basics
import Foundation
import Logging
import ServiceLifecycle
import Store
import Synchronization
import Testing

@testable import Dashboard
@testable import Runs

/// What a watch answers over HTTP, on a clock that the tests set.
@Suite struct WatchHealthTests {
    private static let web = AsyncHTTPTransport(isPatient: true)

    private func get(_ port: Int, _ path: String) async throws -> (status: Int, text: String) {
        var request = try HTTPRequest(to: "http://127.0.0.1:\(port)\(path)", from: "the test")
        request.method = "GET"
        let answer = try await Self.web.send(request, timeout: .seconds(60), maximumBodyBytes: 1 << 20)
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// Serves the health of a watch until `body` has ended.
    private func serving(
        _ registry: PrometheusRegistry, _ isReady: @escaping @Sendable () async -> Readiness,
        _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        var logger = Logger(label: "health")
        logger.logLevel = .critical
        let server = HealthServer(
            at: try ListenAddress(parsing: "127.0.0.1:0"), metrics: registry, isReady: isReady,
            onListening: { port.yield($0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(configuration: .init(services: [server], logger: logger))
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let number = await iterator.next() ?? 0
            do { try await body(number) } catch {
                await services.triggerGracefulShutdown()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    @Test func readinessTurnsWhenAQueueDoesNotAnswerAndBackWhenItDoes() async throws {
        let folder = PageFolder()
        let store = try Store(folder.file("a.db"))
        let time = Mutex(PageSamples.now)
        let now: @Sendable () -> Date = { time.withLock { $0 } }
        let registry = PrometheusRegistry(help: WatchState.help)
        let state = WatchState(now: now, metrics: registry)
        @Sendable func sign() throws {
            try store.change("the state") { try $0.setSign("watch", state.sign("running", process: 1), at: now()) }
        }
        @Sendable func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
        try await serving(registry, { state.readiness(in: store) }) { port in
            // The store has no state yet.
            #expect(try await get(port, "/readyz").status == 503)
            try sign()
            #expect(try await get(port, "/readyz") == (200, "ready\n"))
            #expect(try await get(port, "/healthz") == (200, "ok\n"))
            state.began("https://sqs.example/1/q")
            state.succeeded("https://sqs.example/1/q")
            pass(10)
            state.began("https://sqs.example/1/q")
            pass(59)
            try sign()
            #expect(try await get(port, "/readyz").status == 200)
            pass(2)
            try sign()
            let blind = try await get(port, "/readyz")
            #expect(blind.status == 503)
            #expect(blind.text.contains("has not answered since") && !blind.text.contains("sqs.example"))
            #expect(try await get(port, "/healthz").status == 200)
            // The time since the last answer.
            #expect(try await get(port, "/metrics").text.contains("parapet_watch_lag_seconds 71.0"))
            state.succeeded("https://sqs.example/1/q")
            #expect(try await get(port, "/readyz").status == 200)
            pass(61)
            #expect(try await get(port, "/readyz").text.contains("the store has not been written"))
            try sign()
            #expect(try await get(port, "/readyz").status == 200)
        }
    }

    @Test func theLagOfTheLatestObjectsIsShown() async throws {
        let registry = PrometheusRegistry(help: WatchState.help)
        let state = WatchState(now: { PageSamples.now }, metrics: registry)
        try await serving(registry, { .ready }) { port in
            #expect(try await !get(port, "/metrics").text.contains("\nparapet_watch_lag_seconds "))
            state.worked(objects: 2, events: 40, lags: [1.5, 7.25])
            let text = try await get(port, "/metrics").text
            #expect(text.contains("parapet_watch_lag_seconds 7.25"), "\(text)")
            #expect(text.contains("parapet_watch_objects_total 2"))
            #expect(text.contains("parapet_watch_events_total 40"))
            state.set("https://sqs.example/1/q", waiting: 3, underWay: 1)
            #expect(
                try await get(port, "/metrics").text.contains(
                    #"parapet_watch_queue_messages{queue="https://sqs.example/1/q",state="waiting"} 3"#))
        }
    }
}
