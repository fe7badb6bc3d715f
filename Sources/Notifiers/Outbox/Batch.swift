import Foundation
import Store

/// The deliveries that go into one message.
struct Batch: Sendable, Hashable {
    var deliveries: [StoredDelivery]

    var leader: StoredDelivery { deliveries[0] }

    /// Longest contents of one message together, in bytes. Amazon SNS admits 256 KiB for a message.
    static let maximumBytes = 160 << 10

    /// A message that was begun before.
    init?(sealed deliveries: [StoredDelivery]) {
        if deliveries.isEmpty { return nil }
        self.deliveries = deliveries
    }

    /// The next message of a notifier; `nil` if nothing may be sent now.
    /// - Parameter waiting: its deliveries that wait and are due by the end of the time for grouping, in the order of
    ///   their creation. Those that were begun are a message of their own again.
    init?(of waiting: [StoredDelivery], by notifier: Notifier, at now: Date) {
        guard let first = waiting.first(where: { $0.due <= now }) else { return nil }
        if first.isSealed {
            deliveries = waiting.filter { $0.group == first.group }
            return
        }
        let isTest = first.kind == Notice.Kind.test.rawValue
        deliveries = []
        var bytes = 0
        for delivery in waiting
        where !delivery.isSealed && (delivery.kind == Notice.Kind.test.rawValue) == isTest {
            bytes += delivery.content.utf8.count
            guard deliveries.isEmpty || bytes <= Self.maximumBytes else { break }
            deliveries.append(delivery)
            if deliveries.count == notifier.receiver.kind.groupLimit { break }
        }
    }
}
