import AWSClient
public import Basics
import Foundation
import Logging
public import Notifiers
public import Store

/// Sends the messages that wait in a store, as long as a watch runs.
public struct NotifyRun: Sendable {
    /// Makes the messages about alerts and findings, which the caller stores.
    public let routing: NotifierRouting
    private let outbox: Outbox
    private let store: Store
    private let clock: OutboxClock

    /// - Parameters:
    ///   - write: writes the lines of notifiers of the type `stdout`.
    ///   - link: the address of the dashboard, for links in the messages.
    ///   - report: receives what goes wrong; the default is the environment's warnings.
    ///   - count: receives what became of messages, after each attempt.
    /// - Throws: ``Failure`` if a secret of a notifier is missing, or an address cannot be used.
    public init(
        _ notifiers: [Notifier], link: String? = nil, store: Store, session: SessionOptions = SessionOptions(),
        in environment: RunEnvironment = RunEnvironment(),
        write: @escaping @Sendable ([UInt8]) throws -> Void = Terminal.standardOutput.write,
        report: (@Sendable (String) -> Void)? = nil, count: @escaping Outbox.Counting = { _, _ in }
    ) throws(Failure) {
        let surroundings = try NotifierSurroundings(session, in: environment, write: write)
        for notifier in notifiers { try surroundings.check(notifier) }
        routing = NotifierRouting(notifiers, link: link)
        self.store = store
        clock = OutboxClock(now: environment.aws.now, pause: environment.aws.pause)
        outbox = Outbox(
            notifiers, store: store, in: surroundings, report: report ?? environment.warn, count: count)
    }

    /// Sends what may be sent now.
    /// - Throws: ``Failure`` if the store cannot be read or written.
    public func drainOnce() async throws(Failure) -> Outbox.Progress { try await outbox.drainOnce() }

    /// Sends what waits, also what waits for others of its group, since no more will come. What the rate limit holds up
    /// is waited for, for half a minute at most; what failed is not tried again.
    /// - Returns: the number of messages that still wait, because of a failure, a limit or quiet hours, or that were given
    ///   up meanwhile.
    /// - Throws: ``Failure`` if the store cannot be read or written.
    public func finish() async throws(Failure) -> Int {
        let beginning = clock.now()
        let latest = beginning.addingTimeInterval(30)
        var dead = 0
        while true {
            try closeGroups(at: clock.now())
            let progress = try await outbox.drainOnce()
            dead += progress.dead
            guard progress.failed == 0, let next = progress.next, next <= latest else { break }
            do { try await clock.pause(.seconds(max(0.01, next.timeIntervalSince(clock.now())))) } catch { break }
        }
        let names = Set(routing.notifiers.map(\.name))
        return try dead
            + store.deliveryCounts().filter { $0.state == .waiting && names.contains($0.notifier) }
            .reduce(0) { $0 + $1.count }
    }

    /// Makes messages due that wait only for others of their group.
    private func closeGroups(at now: Date) throws(Failure) {
        for notifier in routing.notifiers where notifier.groupSeconds > 0 {
            let end = now.addingTimeInterval(TimeInterval(notifier.groupSeconds))
            var waiting = try store.waitingDeliveries(of: notifier.name, until: end).filter {
                // Those of quiet hours are due later than their group.
                $0.attempts == 0 && $0.due > now
                    && $0.due.timeIntervalSince($0.created) < TimeInterval(notifier.groupSeconds) + 1
            }
            guard !waiting.isEmpty else { continue }
            for place in waiting.indices { waiting[place].due = now }
            let due = waiting
            try store.change("the messages to send") { try $0.update(due) }
        }
    }

    /// Sends messages as they come, until the task is canceled. What is on its way then is seen through, which takes at
    /// most ten seconds.
    public func run() async { await outbox.run() }
}

/// Sends a test message through notifiers, without a store.
public struct NotifyTestRun: Sendable {
    private let notifiers: [Notifier]
    private let session: SessionOptions

    /// - Parameter names: the notifiers to test; empty for all.
    /// - Throws: ``InvalidInput`` if there is no notifier of a name, or none at all.
    public init(_ notifiers: [Notifier], named names: [String], session: SessionOptions) throws(InvalidInput) {
        guard !notifiers.isEmpty else { throw InvalidInput("the configuration has no notifiers") }
        for name in names where !notifiers.contains(where: { $0.name == name }) {
            let known = notifiers.map(\.name).joined(separator: ", ")
            throw InvalidInput("the configuration has no notifier '\(name)'; it has \(known)")
        }
        self.notifiers = names.isEmpty ? notifiers : notifiers.filter { names.contains($0.name) }
        self.session = session
    }

    /// - Returns: what came back, in the order of the configuration.
    /// - Throws: ``Failure`` if the network settings cannot be used.
    public func run(
        in environment: RunEnvironment = RunEnvironment(),
        write: @escaping @Sendable ([UInt8]) throws -> Void = Terminal.standardOutput.write
    ) async throws(Failure) -> [NotifierTest] {
        let surroundings = try NotifierSurroundings(session, in: environment, write: write)
        return await withTaskGroup(of: (Int, NotifierTest).self) { group in
            for (place, notifier) in notifiers.enumerated() {
                group.addTask { (place, await surroundings.test(notifier)) }
            }
            var results: [(Int, NotifierTest)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

extension NotifierSurroundings {
    init(
        _ session: SessionOptions, in environment: RunEnvironment,
        write: @escaping @Sendable ([UInt8]) throws -> Void
    ) throws(Failure) {
        let shared = try SharedConfiguration(environment.aws)
        let profile = try shared.selectProfile(explicit: session.profile, environment.aws)
        let network = try NetworkSettings(environment.aws, shared, profile: profile)
        let caller = NotifierCaller(session, in: environment)
        let aws = environment.aws
        self.init(
            transport: environment.transport(4, network), variables: aws.variables,
            readFile: aws.readFile,
            session: { () async throws(Failure) in try await caller.session() },
            finding: NoticeFinding.make, write: write, clock: OutboxClock(now: aws.now, pause: aws.pause))
    }
}

/// The caller that sends messages through AWS. It is looked up when the first message needs it.
private actor NotifierCaller {
    private let options: SessionOptions
    private let environment: RunEnvironment
    private var known: NotifierSession?

    init(_ options: SessionOptions, in environment: RunEnvironment) {
        self.options = options
        self.environment = environment
    }

    func session() async throws(Failure) -> NotifierSession {
        if let known { return known }
        let session = try await AWSSession(options, in: environment)
        let found = NotifierSession(session.client, accountID: session.accountID)
        known = found
        return found
    }
}
