import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Tells the open pages when the store has changed: one reader for all of them, which looks once a second.
final class ChangeFeed: Service {
    enum Signal: Sendable {
        /// The newest rows after a change.
        case changed(StoreChanges.Newest)
        /// Nothing happened, but the connection must not seem dead.
        case alive
    }

    private struct State {
        var next = 0
        var listeners: [Int: AsyncStream<Signal>.Continuation] = [:]
    }

    /// The number of open pages.
    static let limit = 100
    private static let heartbeat = 15

    private let changes: StoreChanges
    private let work: BlockingWork
    private let logger: Logger
    private let pause: Duration
    private let state = Mutex(State())

    init(_ changes: StoreChanges, work: BlockingWork, logger: Logger, pause: Duration = .seconds(1)) {
        self.changes = changes
        self.work = work
        self.logger = logger
        self.pause = pause
    }

    var listeners: Int { state.withLock { $0.listeners.count } }

    /// - Returns: `nil` if too many are listening.
    func listen() -> AsyncStream<Signal>? {
        // A slow client gets the latest signal only: it tells the sum of what it missed.
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state -> Int? in
            guard state.listeners.count < Self.limit else { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[number] = nil }
        }
        return stream
    }

    func newest() async throws -> StoreChanges.Newest {
        try await work.run { [changes] in try changes.newest() }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var version: Int64?
            var ticks = 0
            while !Task.isCancelled {
                if listeners == 0 { version = nil } else { version = await look(version, &ticks) }
                try? await Task.sleep(for: pause)
            }
        }
        for listener in state.withLock({ $0.listeners.values.map(\.self) }) { listener.finish() }
    }

    private func look(_ version: Int64?, _ ticks: inout Int) async -> Int64? {
        ticks += 1
        do {
            let present = try await work.run { [changes] in try changes.version() }
            if let version, present != version {
                send(.changed(try await newest()))
                ticks = 0
            } else if ticks >= Self.heartbeat {
                send(.alive)
                ticks = 0
            }
            return present
        } catch {
            // The pages say what is wrong; a listener only sees that nothing happens.
            logger.debug("the store cannot be followed: \(error)")
            return version
        }
    }

    private func send(_ signal: Signal) {
        // Not within the lock: a listener that ends takes it.
        for listener in state.withLock({ $0.listeners.values.map(\.self) }) { listener.yield(signal) }
    }
}
