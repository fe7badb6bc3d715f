import Foundation
import Store

/// What becomes of a message: it waits, is sealed into a message with others, and is then sent, tried again, or given
/// up. The transitions are pure; the ``Outbox`` stores each before it acts on it.
extension StoredDelivery {
    private static let sealPrefix = "sealed/"

    /// Whether it is a part of a message that was begun, so that it is sent with the same others again.
    var isSealed: Bool { group.hasPrefix(Self.sealPrefix) }

    /// The identifier by which receivers recognize the message when it is sent twice.
    var key: String { Notice.key(notifier, kind, subject) }

    /// The key of the message that it was sealed into, or else its own.
    var messageKey: String { isSealed ? String(group.dropFirst(Self.sealPrefix.count)) : key }

    /// Begins an attempt. It is stored before the message is sent, so that after a crash the same message with the same
    /// key is sent again, and a message that kills the process is not tried for ever.
    /// - Parameter leader: the first delivery of the message.
    mutating func begin(behind leader: StoredDelivery) {
        if !isSealed { group = Self.sealPrefix + leader.key }
        attempts += 1
    }

    /// - Parameter isLeader: whether it is the first of its message.
    mutating func succeed(at time: Date, isLeader: Bool) {
        (state, sent, error) = (isLeader ? .sent : .merged, time, nil)
    }

    /// Ends an attempt after which another one can help.
    mutating func fail(_ reason: String, at time: Date, retryAfter: TimeInterval?, random: Double) {
        error = reason
        if let delay = RetrySchedule.delay(after: attempts, retryAfter: retryAfter, random: random) {
            due = time.addingTimeInterval(delay)
        } else {
            state = .dead
        }
    }

    /// Ends an attempt that the receiver refused, and would refuse again.
    mutating func reject(_ reason: String) { (state, error) = (.dead, reason) }

    /// Takes back a message that nobody needs.
    mutating func withdraw(_ reason: String) { (state, error) = (.merged, reason) }

    /// Whether the receiver was told of it.
    var wasTold: Bool { state == .sent || (state == .merged && sent != nil) }
}

/// The waits between the attempts at sending a message.
enum RetrySchedule {
    /// Seconds after the first failure. Each further wait is twice as long.
    static let firstDelay: TimeInterval = 5
    /// Seconds of the longest wait of its own.
    static let longestDelay: TimeInterval = 1_800
    /// Seconds of the longest wait that a receiver can impose.
    static let longestRetryAfter: TimeInterval = 3_600
    /// After so many attempts, about a day after the first one, a message is a dead letter.
    static let attempts = 56

    /// Seconds until the next attempt; `nil` to give up.
    /// - Parameters:
    ///   - count: the attempts that failed, at least 1.
    ///   - retryAfter: the seconds for which the receiver asks.
    ///   - random: uniform in 0..<1, so that messages that failed together do not come together again.
    static func delay(after count: Int, retryAfter: TimeInterval?, random: Double) -> TimeInterval? {
        guard count < attempts else { return nil }
        let delay = min(longestDelay, firstDelay * Double(1 << min(max(0, count - 1), 16)))
        let spread = delay * (0.9 + 0.2 * random)
        return max(spread, min(longestRetryAfter, retryAfter ?? 0))
    }
}
