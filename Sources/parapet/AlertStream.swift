import Detection
import LogReaders
import Reports
import Synchronization

/// Writes alerts to stdout while the logs are still being read.
final class AlertStream: Sendable {
    private let progress: LogProgress
    private let rules: [String: AlertRule]
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameter progress: is stopped where nobody takes the alerts any more.
    init(_ progress: LogProgress, _ rules: [AlertRule]) {
        self.progress = progress
        self.rules = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// One at a time.
    @Sendable func write(_ alert: Alert) {
        failure.withLock { failure in
            guard failure == nil else { return }
            do {
                try Terminal.standardOutput.write(try HuntNDJSON.line(alert, rule: rules[alert.rule]))
            } catch {
                failure = error
                progress.stop()
            }
        }
    }

    /// - Throws: why alerts could not be written.
    func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
