import Basics
import Foundation
import Store
import Synchronization
import Testing

@testable import Notifiers

/// A receiver that answers from a list, the last answer again and again, and remembers what it was sent.
final class ScriptedReceiver: Receiver {
    private let state: Mutex<(outcomes: [SendOutcome], sent: [OutgoingMessage])>

    init(_ outcomes: SendOutcome...) { state = Mutex((outcomes, [])) }

    var sent: [OutgoingMessage] { state.withLock { $0.sent } }

    func send(_ message: OutgoingMessage) async -> SendOutcome {
        state.withLock { state in
            state.sent.append(message)
            return state.outcomes.count > 1 ? state.outcomes.removeFirst() : state.outcomes[0]
        }
    }
}

/// A receiver that never answers.
struct SilentReceiver: Receiver {
    func send(_ message: OutgoingMessage) async -> SendOutcome {
        try? await Task.sleep(for: .seconds(3_600))
        return .sent
    }
}

/// A clock that tests set.
final class VirtualClock: Sendable {
    private let state = Mutex(Sample.now)

    var now: Date { state.withLock { $0 } }
    func advance(_ seconds: TimeInterval) { state.withLock { $0.addTimeInterval(seconds) } }
    func set(_ time: Date) { state.withLock { $0 = time } }

    var outbox: OutboxClock { OutboxClock(now: { self.now }, random: { 0.5 }) }
}

/// The life of messages, on a clock that the tests set.
@Suite struct OutboxTests {
    private let folder = TemporaryFolder()
    private let clock = VirtualClock()
    private let store: Store

    init() throws { store = try Store(folder.file("a.db")) }

    private func notifier(
        _ name: String = "a", _ receiver: ReceiverSettings = .stdout, _ change: (inout Notifier) -> Void = { _ in }
    ) -> Notifier {
        var notifier = Notifier(name, receiver)
        notifier.groupSeconds = 0
        change(&notifier)
        return notifier
    }

    private func outbox(_ receivers: [(notifier: Notifier, receiver: any Receiver)]) -> Outbox {
        Outbox(receivers, store: store, clock: clock.outbox)
    }

    private func add(_ notifier: Notifier, _ ids: [String], _ severity: Severity = .high) throws {
        let routing = NotifierRouting([notifier])
        try store.change("the messages") { writer in
            for id in ids { try writer.add(routing.deliveries(for: Sample.alert(id, severity), at: clock.now)) }
        }
    }

    private func change(_ notifier: Notifier, _ before: String?, _ after: String) throws {
        let finding = Sample.finding("f", after)
        let change = Sample.change(finding, from: before, to: after, at: clock.now)
        let routing = NotifierRouting([notifier])
        try store.change("the messages") {
            try $0.add(routing.deliveries(for: change, of: finding, at: clock.now))
        }
    }

    @Test func messagesOfOneTimeAreSentTogetherAndOnce() async throws {
        let notifier = notifier { $0.groupSeconds = 30 }
        let receiver = ScriptedReceiver(.sent)
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, ["1", "2"])
        clock.advance(20)
        try add(notifier, ["3"])
        #expect(try await outbox.drainOnce().next == Sample.now.addingTimeInterval(30))
        #expect(receiver.sent.isEmpty)
        clock.advance(10)
        #expect(try await outbox.drainOnce() == .init(sent: 3, next: nil))
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["1", "2", "3"]])
        #expect(try await outbox.drainOnce().sent == 0)
        #expect(try store.deliveries().map(\.state) == [.merged, .merged, .sent])
        #expect(try store.deliveries().allSatisfy { $0.sent == clock.now && $0.attempts == 1 })
    }

    @Test func whatWaitsForTheEndOfQuietHoursIsSentOnceByALaterProcess() async throws {
        // The clock of the tests begins at midnight.
        let notifier = notifier { $0.quietHours = QuietHours(from: 0, to: 120, in: .gmt) }
        let receiver = ScriptedReceiver(.sent)
        try add(notifier, ["1"], .low)
        #expect(try await outbox([(notifier, receiver)]).drainOnce().sent == 0)
        clock.advance(2 * 3_600)
        for _ in 0..<2 {
            // Each is a process of its own.
            let later = try Store(folder.file("a.db"))
            _ = try await Outbox([(notifier, receiver)], store: later, clock: clock.outbox).drainOnce()
        }
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["1"]])
    }

    @Test func aReceiverThatTakesOneEventGetsOneAMessage() async throws {
        let notifier = notifier("p", .pagerDuty(key: .environment("K"), address: "https://x.example"))
        let receiver = ScriptedReceiver(.sent)
        try add(notifier, ["1", "2", "3"])
        _ = try await outbox([(notifier, receiver)]).drainOnce()
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["1"], ["2"], ["3"]])
    }

    @Test func theEndOfAnAlertIsToldAfterTheAlertAndOnce() async throws {
        let notifier = notifier("a")
        let receiver = ScriptedReceiver(.sent)
        let outbox = outbox([(notifier, receiver)])
        let alert = Sample.alert("0a", source: "verify")
        let routing = NotifierRouting([notifier], link: "https://page.example")
        func end() throws {
            try store.change("the end") {
                try $0.add(routing.deliveries(forEndOf: alert, "a digest file came", at: clock.now))
            }
        }
        // Nobody was told of the alert.
        try end()
        #expect(try await outbox.drainOnce().sent == 0)
        clock.advance(10)
        try store.change("the alert") { try $0.add(routing.deliveries(for: alert, at: clock.now)) }
        try end()
        for _ in 0..<3 {
            _ = try await outbox.drainOnce()
            clock.advance(2)
        }
        let notices = receiver.sent.flatMap(\.items).map(\.notice)
        #expect(notices.map(\.kind) == [.alert, .resolved])
        #expect(notices.map(\.link) == ["https://page.example/alerts/0a", "https://page.example/alerts/0a"])
        #expect(notices.last?.message == "a digest file came")
        let events = receiver.sent.flatMap(\.items).flatMap { PagerDutyEvent.events(for: $0, routingKey: "k") }
        #expect(events.map { $0["event_action"]?.text } == ["trigger", "resolve"])
        #expect(Set(events.map { $0["dedup_key"]?.text }) == ["parapet/alert/0a"])
    }

    @Test func whatBecomesOfMessagesIsCounted() async throws {
        let notifier = notifier("a")
        let counts = Mutex<[Outbox.Progress]>([])
        let receiver = ScriptedReceiver(.failed("busy"), .sent, .refused("no"))
        let outbox = Outbox(
            [(notifier, receiver)], store: store, clock: clock.outbox,
            count: { name, outcome in
                if name == "a" { counts.withLock { $0.append(outcome) } }
            })
        try add(notifier, ["1"])
        _ = try await outbox.drainOnce()
        clock.advance(60)
        _ = try await outbox.drainOnce()
        try add(notifier, ["2", "3"])
        _ = try await outbox.drainOnce()
        #expect(counts.withLock { $0 } == [.init(failed: 1), .init(sent: 1), .init(dead: 2)])
    }

    @Test func theRateIsKept() async throws {
        let notifier = notifier("p", .pagerDuty(key: .environment("K"), address: "https://x.example")) { $0.rate = 60 }
        let receiver = ScriptedReceiver(.sent)
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, (1...40).map(String.init))
        var times: [Date] = []
        for _ in 0..<200 {
            let progress = try await outbox.drainOnce()
            times += Array(repeating: clock.now, count: progress.sent)
            guard let next = progress.next else { break }
            #expect(next > clock.now)
            clock.set(next.addingTimeInterval(0.001))
        }
        #expect(times.count == 40)
        // Six at once, then one a second.
        #expect(times.count { $0 == Sample.now } == 6)
        #expect((33...35).contains(clock.now.timeIntervalSince(Sample.now)))
    }

    @Test func aFailedMessageIsTriedLessAndLessOftenAndThenGivenUp() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.failed("it answered 503"))
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, ["1"])
        var waits: [TimeInterval] = []
        while let next = try await outbox.drainOnce().next {
            if next > clock.now { waits.append(next.timeIntervalSince(clock.now)) }
            clock.set(max(next, clock.now.addingTimeInterval(1)))
        }
        #expect(receiver.sent.count == RetrySchedule.attempts)
        #expect(Set(receiver.sent.map(\.key)).count == 1)
        #expect(waits.prefix(4) == [5, 10, 20, 40])
        #expect(waits.max() == RetrySchedule.longestDelay)
        #expect((23...25).contains(clock.now.timeIntervalSince(Sample.now) / 3_600))
        let dead = try #require(try store.deliveries(in: [.dead]).first)
        #expect(dead.error == "it answered 503")

        // A dead letter is sent again on request, with the same key.
        #expect(try store.change("the messages") { try $0.reviveDeliveries(of: "a", number: nil, at: clock.now) } == 1)
        let good = ScriptedReceiver(.sent)
        _ = try await self.outbox([(notifier, good)]).drainOnce()
        #expect(good.sent.map(\.key) == [receiver.sent[0].key])
        #expect(try store.deliveries().map(\.state) == [.sent])
    }

    @Test func aReceiverIsLeftAloneForAsLongAsItAsks() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.failed("it answered 429", after: 600), .sent)
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, ["1"])
        #expect(try await outbox.drainOnce() == .init(failed: 1, next: Sample.now.addingTimeInterval(600)))
        try add(notifier, ["2"])
        clock.advance(599)
        #expect(try await outbox.drainOnce().sent == 0)
        clock.advance(1)
        #expect(try await outbox.drainOnce().sent == 2)
        // What failed together is sent together again, and nothing joins it.
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["1"], ["1"], ["2"]])
    }

    @Test func aMessageThatFailsDoesNotHoldUpOthersForLong() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.failed("it answered 500"), .failed("it answered 500"), .sent)
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, ["1"])
        _ = try await outbox.drainOnce()
        clock.advance(5)
        _ = try await outbox.drainOnce()
        try add(notifier, ["2"])
        clock.advance(10)
        _ = try await outbox.drainOnce()
        #expect(receiver.sent.suffix(2).flatMap { $0.items.map(\.notice.id) }.contains("2"))
    }

    @Test func oneNotifiersTroubleDoesNotHoldUpOthers() async throws {
        let (bad, good) = (notifier("bad"), notifier("good"))
        let receiver = ScriptedReceiver(.sent)
        let outbox = Outbox(
            [(bad, SilentReceiver()), (good, receiver)], store: store, clock: OutboxClock(now: { Date() }))
        try add(bad, ["1"])
        try add(good, (0..<600).map(String.init))
        let running = Task { await outbox.run() }
        for _ in 0..<500 where receiver.sent.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(!receiver.sent.isEmpty)
        running.cancel()
    }

    @Test func whatIsRefusedIsADeadLetterAtOnce() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.sentExcept([1: "InvalidInput: no"]), .refused("it answered 404"))
        let outbox = outbox([(notifier, receiver)])
        try add(notifier, ["1", "2", "3"])
        #expect(try await outbox.drainOnce() == .init(sent: 2, dead: 1))
        try add(notifier, ["4"])
        #expect(try await outbox.drainOnce() == .init(dead: 1))
        #expect(try store.deliveries(in: [.dead]).map(\.error) == ["it answered 404", "InvalidInput: no"])
    }

    /// What a process leaves that is killed between sending and storing is a message that was begun.
    @Test func afterACrashTheSameMessageIsSentAgainWithTheSameKey() async throws {
        let notifier = notifier { $0.groupSeconds = 30 }
        try add(notifier, ["1", "2"])
        clock.advance(30)
        let reached = Mutex<OutgoingMessage?>(nil)
        struct Dying: Receiver {
            let reach: @Sendable (OutgoingMessage) -> Void
            func send(_ message: OutgoingMessage) async -> SendOutcome {
                reach(message)
                try? await Task.sleep(for: .seconds(3_600))
                return .sent
            }
        }
        let dying = outbox([(notifier, Dying { message in reached.withLock { $0 = message } })])
        let killed = Task { try await dying.drainOnce() }
        defer { killed.cancel() }
        for _ in 0..<500 where reached.withLock({ $0 == nil }) { try await Task.sleep(for: .milliseconds(10)) }
        let first = try #require(reached.withLock { $0 })

        // More happens before the next start, and does not change the message.
        try add(notifier, ["3"])
        let receiver = ScriptedReceiver(.sent)
        let next = outbox([(notifier, receiver)])
        _ = try await next.drainOnce()
        #expect(receiver.sent.first?.key == first.key)
        #expect(receiver.sent.first?.items == first.items)
        clock.advance(60)
        _ = try await next.drainOnce()
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["1", "2"], ["3"]])
        #expect(try store.deliveries(in: [.waiting]).isEmpty)
    }

    @Test func aStoreThatCannotBeReadIsAnErrorAndNothingIsSent() async throws {
        let notifier = notifier()
        try add(notifier, ["1"])
        let receiver = ScriptedReceiver(.sent)
        let locked = try Store(folder.file("a.db"), isReadOnly: true)
        let outbox = Outbox([(notifier, receiver)], store: locked, clock: clock.outbox)
        await #expect(throws: Failure.self) { try await outbox.drainOnce() }
        #expect(receiver.sent.isEmpty)
    }

    @Test func contentThatIsNoNoticeIsADeadLetter() async throws {
        let notifier = notifier()
        var delivery = try #require(NotifierRouting([notifier]).deliveries(for: Sample.alert("1"), at: clock.now).first)
        delivery.content = "{"
        try store.change("the messages") { try $0.add([delivery]) }
        try add(notifier, ["2"])
        let receiver = ScriptedReceiver(.sent)
        _ = try await outbox([(notifier, receiver)]).drainOnce()
        #expect(receiver.sent.map { $0.items.map(\.notice.id) } == [["2"]])
        #expect(try store.deliveries(in: [.dead]).count == 1)
    }

    // MARK: - Findings

    @Test func aResolvedFindingIsToldIfItsFailureWas() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.sent)
        let outbox = outbox([(notifier, receiver)])
        for (before, after) in [("pass", "fail"), ("fail", "unknown"), ("unknown", "fail"), ("fail", "pass")] {
            try change(notifier, before, after)
            _ = try await outbox.drainOnce()
            clock.advance(60)
        }
        #expect(receiver.sent.flatMap { $0.items.map(\.notice.kind) } == [.finding, .resolved])
        try change(notifier, "unknown", "pass")
        _ = try await outbox.drainOnce()
        #expect(receiver.sent.count == 2)
    }

    @Test func aFailureThatIsOverBeforeItIsToldIsNotTold() async throws {
        let notifier = notifier { $0.groupSeconds = 60 }
        let receiver = ScriptedReceiver(.sent)
        let outbox = outbox([(notifier, receiver)])
        try change(notifier, "pass", "fail")
        clock.advance(10)
        try change(notifier, "fail", "pass")
        clock.advance(300)
        _ = try await outbox.drainOnce()
        #expect(receiver.sent.isEmpty)
        #expect(try store.deliveries().allSatisfy { $0.state == .merged && $0.sent == nil })
    }

    @Test func aResolveMessageDoesNotOvertakeItsFailure() async throws {
        let notifier = notifier()
        let receiver = ScriptedReceiver(.failed("it answered 500"), .failed("it answered 500"), .sent)
        let outbox = outbox([(notifier, receiver)])
        try change(notifier, "pass", "fail")
        _ = try await outbox.drainOnce()
        clock.advance(1)
        try change(notifier, "fail", "pass")
        while let next = try await outbox.drainOnce().next { clock.set(max(next, clock.now.addingTimeInterval(1))) }
        #expect(receiver.sent.flatMap { $0.items.map(\.notice.kind) } == [.finding, .finding, .finding, .resolved])
    }
}

/// The transitions and decisions, without a store.
@Suite struct DeliveryTests {
    private func delivery(
        _ number: Int64, _ kind: String, _ state: StoredDelivery.State, attempts: Int = 0, sent: Bool = false
    ) -> StoredDelivery {
        var delivery = StoredDelivery(
            notifier: "a", subject: "f/\(number)", group: "a", kind: kind, severity: .high, content: "{}",
            created: Sample.now, due: Sample.now)
        (delivery.number, delivery.state, delivery.attempts) = (number, state, attempts)
        delivery.sent = sent ? Sample.now : nil
        return delivery
    }

    @Test(arguments: [(1, 5.0), (2, 10), (3, 20), (9, 1_280), (10, 1_800), (55, 1_800)])
    func waitsDoubleUpToHalfAnHour(count: Int, seconds: Double) throws {
        #expect(RetrySchedule.delay(after: count, retryAfter: nil, random: 0.5) == seconds)
        let early = try #require(RetrySchedule.delay(after: count, retryAfter: nil, random: 0))
        let late = try #require(RetrySchedule.delay(after: count, retryAfter: nil, random: 0.999))
        #expect(early < seconds && late > seconds)
    }

    @Test func aReceiverCannotHoldAMessageBackForLong() {
        #expect(RetrySchedule.delay(after: 1, retryAfter: 30, random: 0.5) == 30)
        #expect(RetrySchedule.delay(after: 1, retryAfter: 86_400, random: 0.5) == 3_600)
        #expect(RetrySchedule.delay(after: 1, retryAfter: -5, random: 0.5) == 5)
        #expect(RetrySchedule.delay(after: 56, retryAfter: nil, random: 0.5) == nil)
        #expect(RetrySchedule.delay(after: Int.max, retryAfter: nil, random: 0.5) == nil)
    }

    @Test func aMessageKeepsItsGroupOnceItWasBegun() {
        let leader = delivery(1, "alert", .waiting)
        var other = delivery(2, "alert", .waiting)
        other.begin(behind: leader)
        #expect(other.isSealed && other.messageKey == leader.key && other.attempts == 1)
        other.begin(behind: other)
        #expect(other.messageKey == leader.key && other.attempts == 2)
    }

    @Test func aStoryIsToldInItsOrder() {
        let failed = delivery(1, "finding", .sent, attempts: 1, sent: true)
        let tried = delivery(1, "finding", .waiting, attempts: 2)
        let untried = delivery(1, "finding", .waiting)
        let resolved = delivery(2, "resolved", .waiting)
        let again = delivery(3, "finding", .waiting)
        func story(_ all: StoredDelivery...) -> FindingStory { FindingStory(of: all[all.count - 1], among: all) }
        #expect(story(untried) == .send)
        #expect(story(failed, resolved) == .send)
        #expect(story(failed, again) == .withdraw("the failure was sent before"))
        #expect(story(resolved) == .withdraw("the failure or alert was never sent"))
        #expect(story(untried, resolved) == .withdraw("the failure or alert was never sent"))
        #expect(story(tried, resolved) == .wait(until: Sample.now.addingTimeInterval(1)))
        #expect(story(delivery(1, "finding", .dead), resolved) == .withdraw("the failure or alert was never sent"))
        #expect(story(failed, delivery(2, "resolved", .merged, sent: true), again) == .send)
        #expect(
            FindingStory(of: untried, among: [untried, resolved])
                == .withdraw("the finding changed again before this was sent"))
    }

    @Test func aMessageIsNeitherTooLongNorMixed() throws {
        let notifier = Notifier("a", .slack(address: .environment("S")))
        var waiting = (1...50).map { delivery(Int64($0), "alert", .waiting) }
        #expect(Batch(of: waiting, by: notifier, at: Sample.now)?.deliveries.count == 20)
        for place in waiting.indices { waiting[place].content = String(repeating: "x", count: 50_000) }
        #expect(Batch(of: waiting, by: notifier, at: Sample.now)?.deliveries.count == 3)
        waiting[0].content = String(repeating: "x", count: 500_000)
        #expect(Batch(of: waiting, by: notifier, at: Sample.now)?.deliveries.count == 1)
        waiting[0].kind = "test"
        #expect(Batch(of: Array(waiting.prefix(2)), by: notifier, at: Sample.now)?.deliveries.map(\.kind) == ["test"])
        #expect(Batch(of: waiting, by: notifier, at: Sample.now.addingTimeInterval(-1)) == nil)
        #expect(Batch(of: [], by: notifier, at: Sample.now) == nil)
    }
}
