import Foundation
import Synchronization

/// Does work that waits for the disk on threads of its own: those of the server must never wait.
final class BlockingWork: Sendable {
    /// Too much work is waiting.
    struct Overload: Error {}

    private static let waitingLimit = 200
    private let queue: OperationQueue
    private let waiting = Mutex(0)

    init(threads: Int = 4) {
        queue = OperationQueue()
        queue.maxConcurrentOperationCount = threads
        queue.name = "dashboard"
    }

    /// - Throws: what `work` throws; ``Overload`` at once if too much is waiting.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let isAccepted = waiting.withLock { waiting in
            guard waiting < Self.waitingLimit else { return false }
            waiting += 1
            return true
        }
        guard isAccepted else { throw Overload() }
        defer { waiting.withLock { $0 -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result(catching: work)) }
        }
    }
}
