import Foundation

/// Where messages go. It sends one message once; the ``Outbox`` decides when, and whether again.
protocol Receiver: Sendable {
    func send(_ message: OutgoingMessage) async -> SendOutcome
}

/// What became of a message.
enum SendOutcome: Sendable, Hashable {
    case sent
    /// Sent but for some items, which the receiver refused: the reasons by their place in the message.
    case sentExcept([Int: String])
    /// Not sent, or nobody knows: another attempt can help.
    /// - Parameter after: the seconds for which the receiver asks to be left alone.
    case failed(String, after: TimeInterval? = nil)
    /// Not sent, and another attempt would be refused too.
    case refused(String)
}

/// The time limits of one attempt.
enum SendLimit {
    static let time: Duration = .seconds(10)
    /// Longest answer that is read.
    static let answerBytes = 64 << 10

    /// The outcome of `body`, which is canceled when the time is up. It can have been sent all the same, if only the
    /// end of the answer is missing.
    static func within(
        _ limit: Duration = time, _ body: @escaping @Sendable () async -> SendOutcome
    ) async -> SendOutcome {
        await withTaskGroup(of: SendOutcome?.self) { group in
            group.addTask { await body() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            let last = await group.next() ?? nil
            return last == .sent ? .sent : .failed("no answer within \(limit.components.seconds) seconds")
        }
    }
}
