import Basics
import Foundation

/// What came back from a notifier to which a test message was sent.
public struct NotifierTest: Sendable, Hashable {
    public var notifier: Notifier
    /// The reason for which the message did not arrive; `nil` if the receiver accepted it.
    public var problem: String?
    /// The time that the receiver took.
    public var took: Duration
}

extension NotifierSurroundings {
    /// Sends a test message through a notifier, once, at once, and without the store.
    public func test(_ notifier: Notifier) async -> NotifierTest {
        let now = clock.now()
        let notice = Notice.test(at: now)
        let key = Notice.key(notifier.name, notice.kind.rawValue, "\(now.timeIntervalSince1970)")
        let message = OutgoingMessage(
            notifier: notifier.name, key: key, items: [.init(key: key, notice: notice)], time: now)
        let start = ContinuousClock.now
        let outcome = await receiver(of: notifier).send(message)
        let problem: String? =
            switch outcome {
            case .sent: nil
            case .sentExcept(let reasons): reasons.values.first ?? "it was refused"
            case .failed(let reason, _), .refused(let reason): reason
            }
        return NotifierTest(notifier: notifier, problem: problem, took: start.duration(to: .now))
    }
}
