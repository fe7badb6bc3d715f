import AWSClient
public import Basics
import Foundation
public import Notifiers
public import Reports
public import Store

/// Lists the messages in a store, and lets those be sent again that were given up.
public struct NotifyListRun: Sendable {
    /// The store, for a ``NotifyRun`` that sends the messages.
    public let store: Store
    private let notifiers: [String]
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - db: the store's file; `nil` for the usual one.
    ///   - notifiers: names of notifiers; empty for all.
    /// - Throws: ``Failure`` if there is no store, or it cannot be opened.
    public init(
        db: String?, notifiers: [String], in environment: RunEnvironment = RunEnvironment()
    ) throws(Failure) {
        let path = try StoreFile(db).path(in: environment)
        // To open a store that is not there would create it.
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                "the store \(path) cannot be opened", why: "the file does not exist",
                advice: "start parapet watch first, or name another file with --db")
        }
        store = try Store(path)
        let known = Set(try store.deliveryCounts().map(\.notifier)).sorted()
        if let name = notifiers.first(where: { !known.contains($0) }) {
            throw Failure(
                "the messages of '\(name)' cannot be found", why: "the store has no message of a notifier of that name",
                advice: known.isEmpty ? "see parapet notify test" : "use \(known.joined(separator: ", "))")
        }
        self.notifiers = notifiers
        now = environment.aws.now
    }

    /// - Parameter isComplete: whether sent and withdrawn messages are listed too.
    public func messages(isComplete: Bool, limit: Int) throws(Failure) -> MessageList {
        let states: Set<StoredDelivery.State> = isComplete ? [] : [.waiting, .dead]
        var messages: [StoredDelivery] = []
        if notifiers.isEmpty {
            messages = try store.deliveries(in: states, limit: limit)
        } else {
            for name in notifiers { messages += try store.deliveries(in: states, of: name, limit: limit) }
        }
        let counts = try store.deliveryCounts().filter { notifiers.isEmpty || notifiers.contains($0.notifier) }
        return MessageList(
            messages.map(MessageList.Message.init),
            counts: counts.map { .init(notifier: $0.notifier, state: $0.state.rawValue, count: $0.count) })
    }

    /// Lets dead letters be sent again.
    /// - Parameter number: the number of one message; `nil` for all.
    /// - Returns: how many there are.
    /// - Throws: ``Failure`` if the message is not a dead letter, or the store cannot be written.
    public func retry(number: Int64?) throws(Failure) -> Int {
        let time = now()
        let names: [String?] = notifiers.isEmpty ? [nil] : notifiers.map(Optional.some)
        let count = try store.change("the messages") { writer in
            try names.reduce(0) { $0 + (try writer.reviveDeliveries(of: $1, number: number, at: time)) }
        }
        if count == 0, let number {
            throw Failure(
                "message \(number) cannot be sent again", why: "it was not given up",
                advice: "see parapet notify list")
        }
        return count
    }
}

extension MessageList.Message {
    init(_ delivery: StoredDelivery) {
        self.init(
            number: Int(delivery.number ?? 0), notifier: delivery.notifier, kind: delivery.kind,
            subject: delivery.subject,
            title: (try? Notice(parsing: delivery.content))?.title ?? "(unreadable)", severity: delivery.severity,
            state: delivery.state.rawValue, created: delivery.created, due: delivery.due, sent: delivery.sent,
            attempts: delivery.attempts, error: delivery.error)
    }
}

extension MessageTestList {
    public init(_ tests: [NotifierTest]) {
        self.init(
            tests.map {
                Result(
                    notifier: $0.notifier.name, type: $0.notifier.receiver.kind.rawValue, problem: $0.problem,
                    milliseconds: Int($0.took / .milliseconds(1)))
            })
    }
}
