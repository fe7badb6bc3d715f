import AWSClient
import Basics
import Dashboard
import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import Notifiers
import Posture
import ServiceLifecycle
import Store
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The parts of a running watch, put together.
struct Watch: Sendable {
    private let run: WatchRun
    private let store: Store
    private let state: WatchState
    private let log: WatchLog
    private let processor: LogProcessor
    private let scans: ScanSchedule
    private let digests: DigestSchedule
    private let queues: [QueueFollower]
    private let pollers: [PrefixPoller]
    private let newDigests: Wake
    private let notify: NotifyRun
    private let now: @Sendable () -> Date

    private var settings: WatchConfiguration { run.configuration.watch }

    init(
        _ run: WatchRun, _ session: AWSSession, _ store: Store, _ environment: RunEnvironment, _ log: WatchLog
    ) throws {
        self.run = run
        self.store = store
        self.log = log
        let now: @Sendable () -> Date = { session.now }
        self.now = now
        let state = WatchState(now: now)
        self.state = state
        if let scan = try store.lastCompleteScan() { state.scanned(at: scan) }
        let configuration = run.configuration
        let notify = try NotifyRun(
            configuration.notify.notifiers, link: configuration.notify.link, store: store, session: run.session,
            in: environment, report: { log(.warning, $0) }, count: { state.delivered($1, by: $0) })
        self.notify = notify
        let routing = notify.routing
        let route: WatchRun.Routing = { routing.deliveries(for: $0, at: now()) }
        let selection = run.rules
        let loaded = try selection.load(configuration.hunt)
        for warning in LoadedRules.warnings(loaded.problems, isVerbose: false) { log(.warning, warning) }
        let objects = S3LogStore(client: session.client, baseRegion: session.baseRegion)
        let scans = ScanSchedule(
            configuration, mutes: run.mutes, session: run.session, account: session.accountID,
            environment: environment, store: store, state: state, log: log,
            route: { routing.deliveries(for: $0, of: $1, at: now()) })
        self.scans = scans
        let rechecks = configuration.watch.rechecks
        let processor = LogProcessor(
            { source in
                var settings = configuration.huntSettings
                settings.runsAnalytics = selection.usesBuiltIn
                let rules = try selection.load(configuration.hunt, for: source)
                return Hunt(rules.collection, for: source, settings, rulesOfBuckets: rules.ofBuckets)
            }, objects: objects, store: store, state: state, log: log, route: route,
            isWatched: { rechecks && scans.isWatched($0) }, now: now)
        self.processor = processor
        digests = DigestSchedule(
            session: run.session, environment: environment, store: store, state: state, log: log, route: route,
            ended: { routing.deliveries(forEndOf: $0, "a digest file came", at: now()) }, now: now)
        let newDigests = Wake()
        self.newDigests = newDigests
        let outages = Outages(store: store, state: state, log: log, route: route, now: now)
        let notice: @Sendable (LogProcessor.Outcome) async -> Void = { outcome in
            if outcome.digests > 0 { await newDigests.wake() }
            if rechecks { await scans.touch(outcome.changes) }
        }
        let giveUp: @Sendable (StoredAlert) async throws -> Void = { alert in
            let added = try store.change("an alert") { writer in
                let new = try writer.addLinked([alert])
                try writer.add(new.flatMap(route))
                return new
            }
            state.alerted(added)
        }
        queues = configuration.watch.queues.map { url in
            QueueFollower(
                queue: url, region: SQSQueue(url)?.region ?? session.baseRegion, client: session.client,
                processor: processor, settings: configuration.watch, state: state, outages: outages, log: log, now: now,
                giveUp: giveUp, notice: notice)
        }
        pollers = configuration.watch.polls.compactMap { place in
            guard case .objects(let bucket, let prefix) = LogLocation(place) else { return nil }
            return PrefixPoller(
                bucket, prefix, objects: objects, processor: processor, store: store, settings: configuration.watch,
                state: state, outages: outages, log: log, now: now, giveUp: giveUp, notice: notice)
        }
    }

    /// Takes up what an earlier process left undone.
    func takeUp() async throws { if settings.rechecks { try await scans.takeUp() } }

    func sign(_ name: String) throws {
        try store.change("the state of the watch") {
            try $0.setSign("watch", state.sign(name, process: getpid()), at: now())
        }
    }

    var readiness: Readiness { state.readiness(in: store) }

    // MARK: Once

    /// Works on what is there: the queues, the places, a scan and a verification if they are due.
    /// - Returns: whether something was found, or left undone.
    /// - Throws: the first failure. The other parts have done their work then, and what they found was sent.
    func once() async throws -> ExitStatus {
        var failure: (any Error)?
        var isUndone = false
        func attempt(_ work: () async throws -> Void) async throws {
            do {
                try await work()
            } catch {
                if error is CancellationError || Task.isCancelled { throw error }
                failure = failure ?? error
                log(.error, (error as? Failure)?.description ?? "\(error)")
            }
        }
        for queue in queues {
            try await attempt {
                let given = try await queue.drain()
                let remaining: Int? = if given > 0 { given } else { await left(in: queue) }
                guard remaining != 0 else { return }
                isUndone = true
                let count = remaining.map { "\($0)" } ?? "an unknown number of"
                log(.warning, "messages remain in \(queue.queue): \(count)")
            }
        }
        for poller in pollers { try await attempt { try await poller.poll() } }
        try await attempt { try await processor.analyze(isLast: true) }
        try await attempt { try await scans.recheckIfDue(now: true) }
        try await attempt { if settings.scanSeconds > 0, try secondsToScan() <= 0 { try await scans.scan() } }
        try await attempt {
            if settings.verifySeconds > 0, try secondsToVerification() <= 0 { try await digests.verify() }
        }
        let unread = await processor.unread.count
        if unread > 0 { log(.warning, "\(unread) log object\(unread == 1 ? " was" : "s were") not read") }
        try await attempt {
            let unsent = try await notify.finish()
            guard unsent > 0 else { return }
            isUndone = true
            log(.warning, "\(unsent) message\(unsent == 1 ? " waits" : "s wait") to be sent")
        }
        if let failure { throw failure }
        return state.exitStatus(isUndone: isUndone || unread > 0)
    }

    /// The number of messages that a queue still has after everything that it gave was done. Its figures lag behind, so
    /// they are asked for a few times.
    private func left(in queue: QueueFollower) async -> Int? {
        var left = await queue.count()
        for _ in 0..<5 where left != 0 {
            try? await pause(1)
            left = await queue.count()
        }
        return left
    }

    /// Says which messages wait for notifiers that the configuration does not have.
    func countUnclaimed(tells: Bool) throws {
        let known = Set(run.configuration.notify.notifiers.map(\.name))
        for count in try store.deliveryCounts() where count.state == .waiting && !known.contains(count.notifier) {
            state.setUnclaimed(count.count, of: count.notifier)
            guard tells else { continue }
            log(
                .warning,
                "\(count.count) message\(count.count == 1 ? " waits" : "s wait") for the notifier '\(count.notifier)', "
                    + "which the configuration does not have")
        }
    }

    private func secondsToScan() throws -> Int {
        let last = try store.lastCompleteScan() ?? .distantPast
        return Int(clamping: Int64(max(-1e9, Double(settings.scanSeconds) - now().timeIntervalSince(last))))
    }

    private func secondsToVerification() throws -> Int {
        let last = try DigestSchedule.lastSuccess(in: store) ?? .distantPast
        return Int(clamping: Int64(max(-1e9, Double(settings.verifySeconds) - now().timeIntervalSince(last))))
    }

    // MARK: Until it is stopped

    /// The parts that run beside each other.
    var services: [@Sendable () async throws -> Void] {
        var services: [@Sendable () async throws -> Void] = []
        for queue in queues { services.append { try await queue.run() } }
        for poller in pollers { services.append { try await poller.run() } }
        services.append(analyses)
        services.append(heartbeat)
        // A part that returns ends the watch, and without notifiers there is nothing to send.
        if !run.configuration.notify.notifiers.isEmpty {
            services.append { await cancelWhenGracefulShutdown { await notify.run() } }
        }
        if settings.scanSeconds > 0 { services.append(scanning) }
        if settings.rechecks { services.append(rechecking) }
        if settings.verifySeconds > 0 { services.append(verifying) }
        return services
    }

    /// Repeats `work` until the service stops. A failure is logged and does not end it.
    private func repeating(every seconds: Int, _ work: @Sendable () async throws -> Void) async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await work()
            } catch  where Task.isCancelled {
                return
            } catch {
                state.failed(error)
                log(.error, (error as? Failure)?.description ?? "\(error)")
            }
            try? await pause(seconds)
        }
    }

    @Sendable private func analyses() async throws {
        try await repeating(every: 1) {
            repeat { try await processor.analyze() } while await processor.isRereading && !Task.isShuttingDownGracefully
        }
        // What the last batches brought is evaluated, because the next start can be far away.
        if await !processor.isRereading { try? await processor.analyze(isLast: true) }
    }

    /// Sends the messages that are due when the other parts have ended: those of the last batches would else wait for the
    /// next start. What cannot be sent within ``lastSending`` stays in the store.
    func sendLast() async {
        guard !run.configuration.notify.notifiers.isEmpty else { return }
        let outcome = await withTaskGroup(of: Result<Outbox.Progress, Failure>?.self) { group in
            group.addTask { [notify] in
                do throws(Failure) { return .success(try await notify.drainOnce()) } catch { return .failure(error) }
            }
            group.addTask {
                try? await Task.sleep(for: Self.lastSending)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        switch outcome {
        case .success(let progress)?:
            if progress.sent > 0 { log(.information, "sent \(progress.sent) last messages") }
        case .failure(let failure)?: log(.error, failure.description)
        case nil: log(.warning, "not all messages were sent before the stop; the next start sends them")
        }
    }

    /// A message that is on its way when the time is up is seen through, for at most ten seconds more.
    private static let lastSending: Duration = .seconds(10)

    @Sendable private func heartbeat() async throws {
        try await repeating(every: 10) {
            for queue in queues { await queue.count() }
            try countUnclaimed(tells: false)
            try sign("running")
            try state.setMessages(store.deliveryCounts())
        }
    }

    @Sendable private func scanning() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let wait = try secondsToScan()
                if wait <= 0 { try await cancelWhenGracefulShutdown { try await scans.scan() } }
                // Many watches that start together do not scan together for long.
                let jitter = Int.random(in: 0...max(1, settings.scanSeconds / 20))
                try await pause(max(1, try secondsToScan() + jitter))
            } catch  where Task.isCancelled || Task.isShuttingDownGracefully {
                return
            } catch {
                state.failed(error)
                log(.error, (error as? Failure)?.description ?? "\(error)")
                try? await pause(60)
            }
        }
    }

    @Sendable private func rechecking() async throws {
        try await repeating(every: 1) { try await cancelWhenGracefulShutdown { try await scans.recheckIfDue() } }
    }

    @Sendable private func verifying() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let isWoken = await newDigests.isAwake
                if try isWoken || secondsToVerification() <= 0 {
                    await newDigests.rest()
                    try await cancelWhenGracefulShutdown { try await digests.verify() }
                }
                // Digests of all Regions come together, so they are verified together.
                try await pause(min(60, max(1, settings.verifySeconds)))
            } catch  where Task.isCancelled || Task.isShuttingDownGracefully {
                return
            } catch {
                state.failed(error)
                log(.error, (error as? Failure)?.description ?? "\(error)")
                try? await pause(300)
            }
        }
    }
}

/// Remembers that there is something to do.
private actor Wake {
    private(set) var isAwake = false
    func wake() { isAwake = true }
    func rest() { isAwake = false }
}
