import Basics
import FoundationEssentials
import LogSources
import ServiceLifecycle
import Store
import Synchronization

/// Finds the new objects below a prefix by listing, for buckets without notifications.
///
/// A cursor for each folder is kept in the store. It moves when all objects before it were worked on. Objects are also
/// delivered late, with keys before the cursor, so each search begins a day before it, and passes over what was read. Once
/// a day a search goes back further, to ``WatchConfiguration/lookBackSeconds``.
final class PrefixPoller: Sendable {
    let bucket: String
    let prefix: String
    private let objects: any LogStore
    private let processor: LogProcessor
    private let store: Store
    private let settings: WatchConfiguration
    private let state: WatchState
    private let outages: Outages
    private let log: WatchLog
    private let now: @Sendable () -> Date
    private let giveUp: @Sendable (StoredAlert) async throws -> Void
    private let notice: @Sendable (LogProcessor.Outcome) async -> Void

    /// The objects that no hunt reads, so that each is reported once.
    private let skipped = Mutex<Set<String>>([])
    private static let mostSkipped = 50_000

    /// How far back a search goes, in seconds.
    static let reach: TimeInterval = 86_400
    /// The time between two searches that go back further, in seconds.
    private static let lookPause: TimeInterval = 86_400
    /// The time after which such a search is repeated if it left an object unread, in seconds.
    private static let lookRetry: TimeInterval = 3600

    init(
        _ bucket: String, _ prefix: String, objects: any LogStore, processor: LogProcessor, store: Store,
        settings: WatchConfiguration, state: WatchState, outages: Outages, log: WatchLog,
        now: @escaping @Sendable () -> Date, giveUp: @escaping @Sendable (StoredAlert) async throws -> Void,
        notice: @escaping @Sendable (LogProcessor.Outcome) async -> Void
    ) {
        (self.bucket, self.prefix, self.objects, self.processor) = (bucket, prefix, objects, processor)
        (self.store, self.settings, self.state, self.outages, self.log) = (store, settings, state, outages, log)
        (self.now, self.giveUp, self.notice) = (now, giveUp, notice)
    }

    private var place: String { "poll/s3://\(bucket)/\(prefix)" }

    /// The searches that go back further than ``reach``.
    private struct LookBack: Codable {
        /// The time of the first search. What is a day older was there before the watch.
        var first: Date
        /// The time from which the pause to the next one is counted.
        var last: Date
    }

    private var lookBackPlace: String { "look-back/s3://\(bucket)/\(prefix)" }

    private func lookBack() throws -> LookBack? {
        try store.cursor(lookBackPlace).flatMap { try? JSONDecoder().decode(LookBack.self, from: Data($0.utf8)) }
    }

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await poll()
                state.succeeded(place)
            } catch  where Task.isCancelled || Task.isShuttingDownGracefully {
                return
            } catch {
                // Unlike an answer of a queue, a listing with all of its objects can take long.
                state.began(place)
                state.failed(error)
                log(.error, (error as? Failure)?.description ?? "\(error)")
            }
            try? await pause(settings.pollSeconds)
        }
    }

    /// Works on the objects that were delivered since the last time.
    func poll() async throws {
        let saved = try store.cursor(place).map {
            try JSONDecoder().decode([ObjectListing.Cursor].self, from: Data($0.utf8))
        }
        let time = now()
        var lookBack = try lookBack() ?? LookBack(first: time, last: time)
        let isLookingBack = settings.lookBackSeconds > 0 && time.timeIntervalSince(lookBack.last) >= Self.lookPause
        let reach = isLookingBack ? max(Self.reach, TimeInterval(settings.lookBackSeconds)) : Self.reach
        let since = max(time.addingTimeInterval(-reach), lookBack.first.addingTimeInterval(-Self.reach))
        var search = NewObjects(objects, after: (saved ?? []).map { $0.goingBack(to: since) }, since: since)
        var waiting: [WatchedObject] = []
        var failure: (any Error)?
        var isWhole = true
        func work() async -> Bool {
            guard !waiting.isEmpty else { return true }
            do {
                let new = try unread(waiting)
                if !new.isEmpty, try await !self.work(new) { isWhole = false }
                waiting = []
                return !Task.isShuttingDownGracefully
            } catch {
                failure = error
                return false
            }
        }
        var isFinished = true
        do {
            try await search.find(in: bucket, below: prefix) { address, size in
                waiting.append(WatchedObject(object: NotifiedObject(address, size: size), arrived: now()))
                if waiting.count < LogProcessor.batch { return true }
                isFinished = await work()
                return isFinished
            }
        } catch {
            if !Task.isCancelled {
                outages.failed(
                    .listing(bucket: bucket, prefix: prefix), why: (error as? Failure)?.description ?? "\(error)")
            }
            throw error
        }
        outages.ended(.listing(bucket: bucket, prefix: prefix))
        if isFinished { isFinished = await work() }
        if let failure { throw failure }
        guard isFinished else { return }
        if isLookingBack {
            lookBack.last = isWhole ? time : time.addingTimeInterval(Self.lookRetry - Self.lookPause)
        }
        let look = String(decoding: try JSONEncoder().encode(lookBack), as: UTF8.self)
        let cursors = String(decoding: try JSONEncoder().encode(search.cursors), as: UTF8.self)
        try store.change("the cursor of \(place)") { writer in
            try writer.setCursor(lookBackPlace, look, at: time)
            if isWhole { try writer.setCursor(place, cursors, at: time) }
        }
    }

    /// The objects that were not read before. A listing does not say whether one was replaced since.
    private func unread(_ part: [WatchedObject]) throws -> [WatchedObject] {
        let read = try store.readTags(of: part.map(\.name))
        return part.filter { object in
            if read[object.name] != nil { return false }
            guard case .other = LogObjectKind(key: object.address.key) else { return true }
            return skipped.withLock { skipped in
                if skipped.count >= Self.mostSkipped { skipped.removeAll() }
                return skipped.insert(object.name).inserted
            }
        }
    }

    /// - Returns: whether all objects were read or given up.
    private func work(_ part: [WatchedObject]) async throws -> Bool {
        let outcome = try await processor.process(part)
        await notice(outcome)
        var isWhole = true
        for (address, failure) in outcome.unfetched {
            let (why, count) = (failure.why, failure.attempts)
            guard !failure.isOutage, count >= settings.attempts else {
                log(.warning, "\(address) cannot be read: \(why); trying again later")
                isWhole = false
                continue
            }
            // It was given up before, and is listed again.
            if count > settings.attempts { continue }
            try await giveUp(.unreadObject(address.description, why: why, attempts: count, at: now()))
            state.gaveUp()
            log(.error, "\(address) was given up after \(count) attempts: \(why)")
        }
        return isWhole
    }
}
