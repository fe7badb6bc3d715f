import Basics
import FoundationEssentials
import LogSources
import ServiceLifecycle
import Store
import Synchronization

/// Finds the new objects below a prefix by listing, for buckets without notifications.
///
/// A cursor for each folder is kept in the store. It moves when all objects before it were worked on. Objects are also
/// delivered late, with keys before the cursor, so each search begins a day before it, and passes over what was read.
final class PrefixPoller: Sendable {
    let bucket: String
    let prefix: String
    private let objects: any LogStore
    private let processor: LogProcessor
    private let store: Store
    private let settings: WatchConfiguration
    private let state: WatchState
    private let log: WatchLog
    private let now: @Sendable () -> Date
    private let giveUp: @Sendable (StoredAlert) async throws -> Void
    private let notice: @Sendable (LogProcessor.Outcome) async -> Void

    /// The objects that no hunt reads, so that each is reported once.
    private let skipped = Mutex<Set<String>>([])
    private static let mostSkipped = 50_000

    /// How far back a search goes, in seconds.
    static let reach: TimeInterval = 86_400

    init(
        _ bucket: String, _ prefix: String, objects: any LogStore, processor: LogProcessor, store: Store,
        settings: WatchConfiguration, state: WatchState, log: WatchLog, now: @escaping @Sendable () -> Date,
        giveUp: @escaping @Sendable (StoredAlert) async throws -> Void,
        notice: @escaping @Sendable (LogProcessor.Outcome) async -> Void
    ) {
        (self.bucket, self.prefix, self.objects, self.processor) = (bucket, prefix, objects, processor)
        (self.store, self.settings, self.state, self.log) = (store, settings, state, log)
        (self.now, self.giveUp, self.notice) = (now, giveUp, notice)
    }

    private var place: String { "poll/s3://\(bucket)/\(prefix)" }

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
        let since = now().addingTimeInterval(-Self.reach)
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
        try await search.find(in: bucket, below: prefix) { address, size in
            waiting.append(WatchedObject(object: NotifiedObject(address, size: size), arrived: now()))
            if waiting.count < LogProcessor.batch { return true }
            isFinished = await work()
            return isFinished
        }
        if isFinished { isFinished = await work() }
        if let failure { throw failure }
        guard isFinished, isWhole else { return }
        let content = String(decoding: try JSONEncoder().encode(search.cursors), as: UTF8.self)
        try store.change("the cursor of \(place)") { try $0.setCursor(place, content, at: now()) }
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
