internal import Synchronization

/// The progress of a run. Other threads read it to draw a bar, and can stop the run.
public final class LogProgress: Sendable {
    private let files = Atomic(0)
    private let bytes = Atomic(0)
    private let allFiles = Atomic(0)
    private let allBytes = Atomic(0)
    private let listed = Atomic(false)
    private let stopped = Atomic(false)

    /// Snapshot of a run's progress.
    public struct State: Sendable, Hashable {
        public var files: Int
        /// Bytes read so far, before decompression.
        public var bytes: Int
        /// The number of files known so far. It grows until ``isListed``.
        public var allFiles: Int
        public var allBytes: Int
        public var isListed: Bool
        /// What ``files`` counts.
        public var unit = "files"

        init(files: Int, bytes: Int, allFiles: Int, allBytes: Int, isListed: Bool) {
            (self.files, self.bytes, self.allFiles) = (files, bytes, allFiles)
            (self.allBytes, self.isListed) = (allBytes, isListed)
        }

        /// The state of an engine that works on tasks, of which it can still find more.
        public init(tasks: Int, of all: Int, bytes: Int) {
            self.init(files: tasks, bytes: bytes, allFiles: all, allBytes: 0, isListed: false)
            unit = "tasks"
        }
    }

    public init() {}

    public var state: State {
        State(
            files: files.load(ordering: .relaxed), bytes: bytes.load(ordering: .relaxed),
            allFiles: allFiles.load(ordering: .relaxed), allBytes: allBytes.load(ordering: .relaxed),
            isListed: listed.load(ordering: .relaxed))
    }

    /// Ends the workers after their current pieces.
    public func stop() { stopped.store(true, ordering: .relaxed) }

    public var isStopped: Bool { stopped.load(ordering: .relaxed) }

    func found(_ file: LogFile) {
        allFiles.wrappingAdd(1, ordering: .relaxed)
        allBytes.wrappingAdd(file.size, ordering: .relaxed)
    }

    func listedAll() { listed.store(true, ordering: .relaxed) }

    func read(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

    func finished() { files.wrappingAdd(1, ordering: .relaxed) }
}
