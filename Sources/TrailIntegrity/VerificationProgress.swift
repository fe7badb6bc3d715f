import Synchronization

/// The progress of a verification.
public final class VerificationProgress: Sendable {
    public struct State: Sendable, Hashable {
        /// Number of folders with digests, one for each account and Region.
        public var folders = 0
        public var startedFolders = 0
        /// Number of digests in the range that are known so far.
        public var listedDigests = 0
        public var digests = 0
        /// Number of log files that the digests read so far list.
        public var listedLogs = 0
        public var logs = 0
        /// Size of the compressed log files that were read.
        public var bytes = 0

        public init() {}

        /// The checked share of the expected log files, between 0 and 1.
        public var fraction: Double {
            guard digests > 0, listedLogs > 0 else { return 0 }
            let unseen =
                max(1, Double(listedDigests) / Double(digests))
                * max(1, Double(folders) / Double(max(1, startedFolders)))
            let expected = Double(listedLogs) * unseen
            return min(1, Double(logs) / expected)
        }
    }

    private let current = Mutex(State())

    public init() {}

    public var state: State { current.withLock { $0 } }

    func update(_ change: (inout State) -> Void) {
        current.withLock { change(&$0) }
    }
}
