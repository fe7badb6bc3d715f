public import Basics
public import Foundation
import Store

/// The clock and the randomness of an ``Outbox``.
public struct OutboxClock: Sendable {
    public var now: @Sendable () -> Date
    /// Waits; ends early with an error if the task is canceled.
    public var pause: @Sendable (Duration) async throws -> Void
    /// Returns a random number, uniform in 0..<1.
    public var random: @Sendable () -> Double

    public init(
        now: @escaping @Sendable () -> Date,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.now = now
        self.pause = pause
        self.random = random
    }
}

/// Sends the messages that wait in the store: each at least once, and twice only if the process ends or the answer is
/// lost between the sending and the storing of its success. Both copies have the same key then.
public struct Outbox: Sendable {
    private let lanes: [Lane]
    private let clock: OutboxClock
    private let report: @Sendable (String) -> Void

    /// Seconds after which the store is looked at for new messages.
    public static let interval: TimeInterval = 1

    /// Receives what became of a notifier's messages, after each attempt.
    public typealias Counting = @Sendable (_ notifier: String, _ outcome: Progress) -> Void

    /// - Parameters:
    ///   - report: receives what goes wrong, in lines that are safe to show and hold no secret.
    init(
        _ receivers: [(notifier: Notifier, receiver: any Receiver)], store: Store, clock: OutboxClock,
        report: @escaping @Sendable (String) -> Void = { _ in }, count: @escaping Counting = { _, _ in }
    ) {
        lanes = receivers.map {
            Lane($0.notifier, $0.receiver, store: store, clock: clock, report: report, count: count)
        }
        self.clock = clock
        self.report = report
    }

    public struct Progress: Sendable, Hashable {
        /// Notices that were sent.
        public var sent = 0
        /// Notices whose attempt failed, and which wait for another one.
        public var failed = 0
        /// Notices that were given up.
        public var dead = 0
        /// The time at which there is more to do; `nil` if nothing waits.
        public var next: Date?
    }

    /// Sends what may be sent now, for all notifiers at once.
    /// - Throws: ``Failure`` if the store cannot be read or written.
    public func drainOnce() async throws(Failure) -> Progress {
        let results = await withTaskGroup(of: Result<Lane.Progress, Failure>.self) { group in
            for lane in lanes {
                group.addTask {
                    do throws(Failure) { return .success(try await lane.drain()) } catch { return .failure(error) }
                }
            }
            var results: [Result<Lane.Progress, Failure>] = []
            for await result in group { results.append(result) }
            return results
        }
        var progress = Progress()
        for result in results {
            let lane = try result.get()
            progress.sent += lane.sent
            progress.failed += lane.failed
            progress.dead += lane.dead
            if let next = lane.next { progress.next = progress.next.map { min($0, next) } ?? next }
        }
        return progress
    }

    /// Sends messages until the task is canceled. A message that is on its way then is seen through, at most
    /// for the time limit of a request. A store that is locked or full is tried again. Returns at once if there are no
    /// notifiers.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes {
                group.addTask {
                    var failure: Failure?
                    while !Task.isCancelled {
                        var wait = Self.interval
                        do throws(Failure) {
                            _ = try await lane.drain()
                            failure = nil
                        } catch {
                            wait = 5
                            // The same trouble is told once.
                            if failure != error { report("notifier '\(lane.notifier.name)': \(error)") }
                            failure = error
                        }
                        do { try await clock.pause(.seconds(wait)) } catch { return }
                    }
                }
            }
        }
    }
}
