import Analytics
import LogSources
import Synchronization

/// Passes alerts on while the logs are still being read.
final class AlertStream: Sendable {
    private let progress: LogProgress
    private let rules: [String: AlertRule]
    private let receiver: HuntRun.AlertReceiver
    private let failure = Mutex<(any Error)?>(nil)

    /// - Parameter progress: the progress of the hunt, which is stopped if the receiver fails.
    init(_ progress: LogProgress, _ rules: [AlertRule], _ receiver: @escaping HuntRun.AlertReceiver) {
        self.progress = progress
        self.rules = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.receiver = receiver
    }

    /// Passes an alert on, one at a time.
    @Sendable func receive(_ alert: Alert) {
        failure.withLock { failure in
            guard failure == nil else { return }
            do {
                try receiver(alert, rules[alert.rule])
            } catch {
                failure = error
                progress.stop()
            }
        }
    }

    /// - Throws: the error that the receiver threw.
    func check() throws {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
