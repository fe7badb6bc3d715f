import Synchronization

/// Counts the calls to AWS, for `--verbose` and for tests.
public final class CallLog: Sendable {
    public struct Count: Sendable, Hashable {
        public var operation: Operation
        /// Answers received, successful or not; each page counts.
        public var calls: Int
        /// Attempts after the first.
        public var retries: Int
    }

    private let counts = Mutex<[Operation: (calls: Int, retries: Int)]>([:])

    public init() {}

    func record(_ operation: Operation, isRetry: Bool) {
        counts.withLock { counts in
            counts[operation, default: (0, 0)].calls += 1
            if isRetry { counts[operation, default: (0, 0)].retries += 1 }
        }
    }

    /// The counts by operation, in alphabetical order.
    public var all: [Count] {
        counts.withLock { counts in
            counts.map { Count(operation: $0.key, calls: $0.value.calls, retries: $0.value.retries) }
        }.sorted { $0.operation.description < $1.operation.description }
    }

    public var total: Int { all.reduce(0) { $0 + $1.calls } }
}
