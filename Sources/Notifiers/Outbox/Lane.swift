import AWSClient
import Basics
import Foundation
import Store

/// The messages of one notifier on their way. Lanes do not wait for one another.
actor Lane {
    let notifier: Notifier
    private let receiver: any Receiver
    private let store: Store
    private let clock: OutboxClock
    private let report: @Sendable (String) -> Void
    private let count: Outbox.Counting
    private let epoch: Date
    private var budget: TokenBucket
    /// Nothing is sent before, because the receiver is in trouble or asked for it.
    private var pausedUntil = Date.distantPast
    private var failuresInARow = 0
    /// What was sent, or failed, but could not be stored yet, because the disk was full or the store locked.
    private var unstored: [StoredDelivery] = []

    init(
        _ notifier: Notifier, _ receiver: any Receiver, store: Store, clock: OutboxClock,
        report: @escaping @Sendable (String) -> Void, count: @escaping Outbox.Counting
    ) {
        (self.notifier, self.receiver, self.store) = (notifier, receiver, store)
        (self.clock, self.report, self.count) = (clock, report, count)
        epoch = clock.now()
        // A burst of a tenth of a minute lets a few messages at once through.
        budget = TokenBucket(
            RateLimit(perSecond: Double(notifier.rate) / 60, burst: max(1, Double(notifier.rate) / 10)), now: .zero)
    }

    struct Progress: Sendable, Hashable {
        var sent = 0
        var failed = 0
        var dead = 0
        /// The time at which there is more to do; `nil` if no message waits.
        var next: Date?
    }

    /// Sends what may be sent now.
    /// - Parameter maximum: the number of messages after which it ends, so that a caller sees progress.
    /// - Throws: ``Failure`` if the store cannot be read or written. What was sent is not sent again then.
    func drain(atMost maximum: Int = .max) async throws(Failure) -> Progress {
        var progress = Progress()
        var messages = 0
        while !Task.isCancelled, messages < maximum {
            try storeOutcomes([])
            let now = clock.now()
            guard let batch = try nextBatch(at: now) else {
                progress.next = try store.nextDelivery(of: notifier.name)
                return progress
            }
            let wait = budget.wait(now: elapsed(now))
            if pausedUntil > now || wait > .zero {
                progress.next = max(pausedUntil, now.addingTimeInterval(wait / .seconds(1)))
                return progress
            }
            _ = budget.take(now: elapsed(now))
            messages += 1
            try await send(batch, at: now, &progress)
        }
        progress.next = clock.now()
        return progress
    }

    /// A clock that is set back holds nothing up.
    private func elapsed(_ now: Date) -> Duration { .seconds(max(0, now.timeIntervalSince(epoch))) }

    // MARK: - The next message

    private func nextBatch(at now: Date) throws(Failure) -> Batch? {
        let end = now.addingTimeInterval(TimeInterval(notifier.groupSeconds))
        var held: Set<Int64?> = []
        while true {
            let waiting = try store.waitingDeliveries(of: notifier.name, until: end)
            guard let batch = Batch(of: waiting.filter { !held.contains($0.number) }, by: notifier, at: now) else {
                return nil
            }
            if batch.leader.isSealed {
                return Batch(sealed: try store.waitingDeliveries(of: notifier.name, inGroup: batch.leader.group))
            }
            let changed = try judge(batch.deliveries)
            if changed.isEmpty { return batch }
            // These may have kept others out of the group.
            try store.change("the messages to send") { try $0.update(changed) }
            held.formUnion(changed.map(\.number))
        }
    }

    /// The deliveries that have nothing more to tell, or must wait.
    private func judge(_ deliveries: [StoredDelivery]) throws(Failure) -> [StoredDelivery] {
        var changed: [StoredDelivery] = []
        for var delivery in deliveries where Notice.Kind(rawValue: delivery.kind)?.isAboutFinding == true {
            let finding = delivery.subject.prefix { $0 != "/" }
            let all = try store.deliveries(of: notifier.name, aboutFinding: String(finding))
            switch FindingStory(of: delivery, among: all) {
            case .send: continue
            case .withdraw(let reason): delivery.withdraw(reason)
            case .wait(let time): delivery.due = time
            }
            changed.append(delivery)
        }
        return changed
    }

    // MARK: - Sending

    private func send(_ batch: Batch, at now: Date, _ progress: inout Progress) async throws(Failure) {
        var deliveries = batch.deliveries
        let leader = batch.leader
        for place in deliveries.indices { deliveries[place].begin(behind: leader) }
        let begun = deliveries
        try store.change("the messages to send") { try $0.update(begun) }

        var items: [OutgoingMessage.Item] = []
        var unreadable: [StoredDelivery] = []
        var sendable: [StoredDelivery] = []
        for var delivery in deliveries {
            do throws(Failure) {
                items.append(.init(key: delivery.key, notice: try Notice(parsing: delivery.content)))
                sendable.append(delivery)
            } catch {
                delivery.reject(error.why)
                unreadable.append(delivery)
            }
        }
        try storeOutcomes(unreadable)
        guard !items.isEmpty else {
            progress.dead += unreadable.count
            count(notifier.name, .init(dead: unreadable.count))
            return
        }
        let message = OutgoingMessage(
            notifier: notifier.name, key: begun[0].messageKey, items: items, time: now)
        let receiver = receiver
        // Not a child of this task: a message that is on its way when the process is told to end is seen through.
        let outcome = await Task { await receiver.send(message) }.value
        let before = progress
        let concluded = conclude(sendable, outcome, &progress)
        count(
            notifier.name,
            .init(
                sent: progress.sent - before.sent, failed: progress.failed - before.failed,
                dead: progress.dead - before.dead + unreadable.count))
        try storeOutcomes(concluded)
    }

    private func conclude(
        _ deliveries: [StoredDelivery], _ outcome: SendOutcome, _ progress: inout Progress
    ) -> [StoredDelivery] {
        var deliveries = deliveries
        let now = clock.now()
        func succeed(except refused: [Int: String]) {
            failuresInARow = 0
            for place in deliveries.indices {
                if let reason = refused[place] {
                    deliveries[place].reject(reason)
                } else {
                    deliveries[place].succeed(at: now, isLeader: place == 0)
                }
            }
            progress.sent += deliveries.count - refused.count
        }
        switch outcome {
        case .sent: succeed(except: [:])
        case .sentExcept(let refused): succeed(except: refused)
        case .refused(let reason):
            for place in deliveries.indices { deliveries[place].reject(reason) }
        case .failed(let reason, let retryAfter):
            failuresInARow += 1
            let random = clock.random()
            for place in deliveries.indices {
                deliveries[place].fail(reason, at: now, retryAfter: retryAfter, random: random)
            }
            // Other messages try the receiver again soon: this one may be the trouble.
            let pause = RetrySchedule.firstDelay * Double(1 << min(failuresInARow - 1, 4))
            pausedUntil = now.addingTimeInterval(
                max(min(60, pause), min(retryAfter ?? 0, RetrySchedule.longestRetryAfter)))
            progress.failed += deliveries.count
            report("notifier '\(notifier.name)': \(reason); trying again")
        }
        let dead = deliveries.filter { $0.state == .dead }
        progress.dead += dead.count
        if let reason = dead.first?.error {
            report(
                "notifier '\(notifier.name)': \(dead.count) message\(dead.count == 1 ? "" : "s") given up: \(reason)")
        }
        return deliveries
    }

    /// Stores what became of deliveries. If that fails they are kept, so that the next try sends nothing twice.
    private func storeOutcomes(_ deliveries: [StoredDelivery]) throws(Failure) {
        unstored += deliveries
        guard !unstored.isEmpty else { return }
        let outcomes = unstored
        try store.change("the messages that were sent") { try $0.update(outcomes) }
        unstored = []
    }
}
