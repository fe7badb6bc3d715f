import Basics
public import FoundationEssentials
import Reports
import Synchronization

/// The lines that a watch writes: one for each happening. They go to stderr, since a service manager keeps that.
public final class WatchLog: Sendable {
    public enum Level: Int, Sendable, Comparable {
        case detail, information, warning, error

        public static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }
    }

    private let least: Level
    private let now: @Sendable () -> Date
    private let write: @Sendable (String) -> Void
    /// The times at which warnings and errors were written last, so that a lasting trouble does not fill the disk.
    private let written = Mutex<[String: Date]>([:])

    /// - Parameter write: receives a line with its end.
    public init(
        _ least: Level, now: @escaping @Sendable () -> Date = { Date() }, write: @escaping @Sendable (String) -> Void
    ) {
        self.least = least
        self.now = now
        self.write = write
    }

    public func callAsFunction(_ level: Level, _ text: String) {
        guard level >= least else { return }
        let time = now()
        let isNew = written.withLock { written in
            guard level >= .warning else { return true }
            if let last = written[text], time.timeIntervalSince(last) < 60 { return false }
            if written.count > 1000 { written.removeAll() }
            written[text] = time
            return true
        }
        guard isNew else { return }
        let name =
            switch level {
            case .detail: "debug"
            case .information: "info"
            case .warning: "warning"
            case .error: "error"
            }
        write("\(time.rfc3339) \(name): \(TerminalText.escaped(text))\n")
    }
}
