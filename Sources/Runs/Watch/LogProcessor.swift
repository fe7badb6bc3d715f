import Analytics
import Basics
import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import Sigma
import Store
import Synchronization

/// Reads new log objects, evaluates them, and stores what was found. Each object takes effect once: its alerts, the
/// messages about them, what correlations need of it and the fact that it was read are stored in one transaction, and
/// only then is the queue's message deleted.
actor LogProcessor {
    /// Objects and records that were worked on.
    struct Outcome: Sendable {
        /// The objects that could not be fetched. Trying again may help.
        var unfetched: [ObjectAddress: Unfetched] = [:]
        /// Objects of CloudTrail's digests.
        var digests = 0
        var changes: Set<TouchedResource> = []
    }

    /// An object that could not be fetched.
    struct Unfetched: Sendable, Hashable {
        var why: String
        /// The failed attempts that were the object's own; those of an outage do not count.
        var attempts: Int
        /// Whether the failure says nothing about the object: then it is never given up.
        var isOutage: Bool
    }

    /// The objects that could not be fetched and were not read since.
    private(set) var unread: Set<ObjectAddress> = []

    private(set) var logs: [LogSource: WatchedLog] = [:]
    private let makeHunt: @Sendable (LogSource) throws -> Hunt
    private let objects: any LogStore
    private let store: Store
    private let state: WatchState
    private let log: WatchLog
    private let route: WatchRun.Routing
    /// Whether a resource that an event touched is to be checked again.
    private let isWatched: @Sendable (TouchedResource) -> Bool
    private let now: @Sendable () -> Date
    private let turn = Turn()
    private let started: Date
    private var lastAnalysis: [LogSource: ContinuousClock.Instant] = [:]
    private var lastCost: Duration = .zero

    /// The greatest number of objects that are read together: what a batch holds in memory is bounded by it, and by the
    /// pipeline's own bound of bytes.
    static let batch = 200
    /// The time between two evaluations of the analytics.
    static let analysisPause: Duration = .seconds(5)
    private static let mostAlerts = 100_000
    /// The time for which a bucket that was read counts as readable, in seconds: access that is denied to one object is
    /// then the object's own.
    private static let readable: TimeInterval = 600

    init(
        _ makeHunt: @escaping @Sendable (LogSource) throws -> Hunt, objects: any LogStore, store: Store,
        state: WatchState, log: WatchLog, route: @escaping WatchRun.Routing,
        isWatched: @escaping @Sendable (TouchedResource) -> Bool = { _ in false },
        now: @escaping @Sendable () -> Date
    ) {
        self.makeHunt = makeHunt
        self.objects = objects
        self.store = store
        self.state = state
        self.log = log
        self.route = route
        self.isWatched = isWatched
        self.now = now
        started = now()
    }

    /// - Throws: ``Failure`` if nothing can be read or stored. Nothing of the batch then counts as done.
    func process(_ objects: [WatchedObject], _ records: [WatchedRecord] = []) async throws -> Outcome {
        try await turn.take { try await self.work(objects, records) }
    }

    private func work(_ objects: [WatchedObject], _ records: [WatchedRecord]) async throws -> Outcome {
        var outcome = Outcome()
        let read = try store.readTags(of: objects.map(\.name) + records.map(\.address.description))
        var wanted: [LogSource: [WatchedObject]] = [:]
        for object in objects {
            let kind = LogObjectKind(key: object.address.key)
            if case .digest = kind { outcome.digests += 1 }
            guard let source = LogSource(kind) else {
                if case .other(let what) = kind { state.skipped(what) }
                continue
            }
            if let tag = read[object.name], tag.isEmpty || object.object.eTag.isEmpty || tag == object.object.eTag {
                state.repeated()
                continue
            }
            wanted[source, default: []].append(object)
        }
        let records = records.filter { read[$0.address.description] == nil }
        for source in LogSource.allCases {
            let part = wanted[source] ?? []
            let messages = source == .cloudTrail ? records : []
            guard !part.isEmpty || !messages.isEmpty else { continue }
            try await work(part, messages, of: source, &outcome)
        }
        return outcome
    }

    private func work(
        _ part: [WatchedObject], _ records: [WatchedRecord], of source: LogSource, _ outcome: inout Outcome
    ) async throws {
        // Taken out, so that nothing is copied; if the batch fails, the state is read from the store again.
        var watched = try logs.removeValue(forKey: source) ?? open(source)
        let time = now()
        watched.hunt.settings.moment = Int(time.timeIntervalSince1970)
        let found = Mutex<[Alert]>([])
        let finder = source == .cloudTrail ? ChangeFinder(since: try unscanned) : nil
        let progress = LogProgress()
        // These come again in a trail's objects, if there is a trail.
        if !records.isEmpty { watched.memory.countEventsOnce() }
        var memory = watched.memory
        watched.memory = watched.memory.empty(for: watched.hunt)
        let hunt = watched.hunt
        let pipeline = pipeline(part, records, source)
        let batch = try await withTaskCancellationHandler {
            try await hunt.run(pipeline, remembering: &memory, progress: progress) { alert in
                found.withLock { if $0.count < Self.mostAlerts { $0.append(alert) } }
            } look: { piece in
                finder?.look(at: piece)
            }
        } onCancel: {
            progress.stop()
        }
        try Task.checkCancellation()
        watched.memory = memory
        watched.isDirty = true
        let alerts = found.withLock { $0 }
        if alerts.count == Self.mostAlerts {
            log(.error, "more than \(Self.mostAlerts) alerts in one batch: some are not stored")
        }
        let (new, longer) = watched.judged(alerts, at: time)
        let result = batch.result
        let done = part.filter { !result.unfetched.contains($0.name) }
        let attempts = try store.attempts(of: part.map(\.name))
        let reads = Set(done.map(\.address.bucket))
        let unfetched = try failures(part, reads, result, attempts, at: time)
        let outages = Dictionary(
            unfetched.filter { $0.value.isOutage && !reads.contains($0.key.bucket) }.map {
                ($0.key.bucket, $0.value.why)
            }
        ) { first, _ in first }
        outcome.unfetched.merge(unfetched) { _, new in new }
        let damages = Dictionary(result.incomplete.map { ($0.file, $0.what) }, uniquingKeysWith: { first, _ in first })
        let damaged = done.filter { damages[$0.name] != nil }
        for object in damaged {
            log(.warning, "\(object.name) could not be read completely: \(damages[object.name] ?? "")")
        }
        let own = damaged.map { StoredAlert.damagedObject($0, why: damages[$0.name] ?? "", at: time) }
        let touched = (finder?.changes ?? []).filter(isWatched)
        let kept = watched.hunt.settings.runsAnalytics ? WatchedLog.content(of: records) : nil
        let isDamaged = Set(damaged.map(\.name))
        let stored = try await write("what was found in \(part.count + records.count) objects") { [route] writer in
            for bucket in reads {
                try writer.setLastRead(of: bucket, at: time)
                try writer.end(.bucket(bucket), at: time)
            }
            let outages = try outages.compactMap { try writer.note(.bucket($0), why: $1, at: time) }
            let added = try writer.addLinked(new + own + outages)
            try writer.set(StoredTraffic.all(of: result))
            try writer.set(StoredAccess.all(of: result))
            for alert in longer { try writer.update(alert) }
            try writer.add(added.flatMap(route))
            for object in done {
                // An object that was listed has no tag. If it is damaged, its upload may be announced yet.
                let isUnsure = object.object.eTag.isEmpty && isDamaged.contains(object.name)
                try writer.markRead(object.name, tag: isUnsure ? "damaged" : object.object.eTag, at: time)
                guard attempts[object.name] != nil else { continue }
                try writer.forgetAttempts(of: object.name)
                _ = try writer.acknowledge(StoredAlert.unreadObjectID(object.name), by: "parapet watch", at: time)
            }
            for (address, failure) in unfetched where !failure.isOutage {
                try writer.setAttempts(failure.attempts, of: address.description, at: time)
            }
            for record in records { try writer.markRead(record.address.description, tag: "", at: time) }
            if let kept { try writer.setBaseline(WatchedLog.records(source) + UUID().uuidString, kept, at: time) }
            for resource in touched { try writer.setTouched(resource.text, at: time) }
            if let observations = batch.observations {
                try writer.setBaseline(
                    WatchedLog.observations(source) + UUID().uuidString, Data(observations.bytes()), at: time)
            }
            return added
        }
        logs[source] = watched
        outcome.changes.formUnion(finder?.changes ?? [])
        for object in done { unread.remove(object.address) }
        if unread.count < Self.mostAlerts { unread.formUnion(unfetched.keys) }
        state.damaged(damaged.count)
        state.worked(
            objects: done.count - damaged.count + records.count, events: result.statistics.events,
            lags: done.map { now().timeIntervalSince($0.arrived) } + records.map { now().timeIntervalSince($0.arrived) }
        )
        tell(stored)
        for doubt in result.doubts { log(.detail, "\(source.rawValue): \(doubt)") }
    }

    /// The failures to fetch objects, and whether they are the objects' own.
    /// - Parameter reads: the buckets of which objects were read in the batch.
    private func failures(
        _ part: [WatchedObject], _ reads: Set<String>, _ result: HuntResult, _ attempts: [String: Int], at time: Date
    ) throws -> [ObjectAddress: Unfetched] {
        guard !result.unfetched.isEmpty else { return [:] }
        let lastReads = try store.lastReads(of: Set(part.map(\.address.bucket)).subtracting(reads))
        var unfetched: [ObjectAddress: Unfetched] = [:]
        for object in part where result.unfetched.contains(object.name) {
            let bucket = object.address.bucket
            let isOutage =
                switch result.troubles[object.name] {
                case .outage: true
                case .denied:
                    !reads.contains(bucket)
                        && lastReads[bucket].map { time.timeIntervalSince($0) > Self.readable } ?? true
                case nil: false
                }
            unfetched[object.address] = Unfetched(
                why: result.incomplete.first { $0.file == object.name }?.what ?? "it could not be fetched",
                attempts: attempts[object.name, default: 0] + (isOutage ? 0 : 1), isOutage: isOutage)
        }
        return unfetched
    }

    /// Forgets the attempts at an object that was given up. If it is announced again, it is tried again.
    func forget(_ object: ObjectAddress) throws {
        unread.remove(object)
        // The entry stays: when the object is read after all, its alert is over.
        try store.change("the attempts") { try $0.setAttempts(0, of: object.description, at: now()) }
    }

    /// The time from which changes are not known from a scan. A scan takes a while, and sees an early or a late state.
    private var unscanned: Date {
        get throws { try store.lastCompleteScan()?.addingTimeInterval(-900) ?? started }
    }

    private func pipeline(_ part: [WatchedObject], _ records: [WatchedRecord], _ source: LogSource) -> LogPipeline {
        var messages: [ObjectAddress: [UInt8]] = [:]
        for record in records { messages[record.address] = record.json.bytes() }
        let places =
            part.map { LogLocation.object($0.address, size: $0.object.size) }
            + records.map { LogLocation.object($0.address, size: messages[$0.address]?.count) }
        return LogPipeline(
            places, layout: Hunt.layout(of: source), store: MessageLogStore(objects: objects, messages: messages),
            // Few objects are read faster by few threads.
            workers: max(1, min(ProcessInfo.processInfo.activeProcessorCount, places.count / 4)),
            fetches: AWSSession.fetchesAtOnce)
    }

    private func open(_ source: LogSource) throws -> WatchedLog {
        let watched = try WatchedLog(source, try makeHunt(source), store, at: now())
        try store.change("the beginning of the analytics' window") {
            try $0.setCursor(WatchedLog.windowCursor(source), Moment(watched.windowStart).description, at: now())
            try $0.removeBaselines(named: WatchedLog.records(source), before: watched.windowStart)
        }
        if watched.isRereading {
            log(
                .information,
                "\(source.rawValue): reading the objects of the analytics' window again: \(watched.toReread.count)")
        }
        return watched
    }

    private func tell(_ alerts: [StoredAlert]) {
        state.alerted(alerts)
        for alert in alerts {
            log(.information, "alert \(alert.id) (\(alert.severity.rawValue)): \(alert.title): \(alert.actor)")
        }
    }

    /// Writes to the store, and tries again for a while if another process is writing or the disk is full.
    private func write<Value: Sendable>(
        _ what: String, _ body: @Sendable (StoreWriter) throws -> Value
    ) async throws -> Value {
        var pause = Duration.seconds(1)
        while true {
            do {
                return try store.change(what, body)
            } catch {
                guard pause <= .seconds(4), !Task.isCancelled else { throw error }
                log(.warning, "\(error.description); trying again")
                state.failed(error)
                try await Task.sleep(for: pause)
                pause *= 2
            }
        }
    }

    // MARK: The analytics

    /// Evaluates the analytics of each log that has changed, and ends windows.
    /// - Parameter isLast: whether to evaluate now, without a pause after the last evaluation.
    func analyze(isLast: Bool = false) async throws {
        for source in LogSource.allCases {
            try await turn.take { try await self.analyze(source, isLast) }
        }
    }

    private func analyze(_ source: LogSource, _ isLast: Bool) async throws {
        guard var watched = try logs.removeValue(forKey: source) ?? reopened(source) else { return }
        defer { logs[source] = watched }
        while watched.isRereading {
            try await reread(&watched)
            // Between two parts, new objects are worked on.
            if !isLast { return }
        }
        let end = watched.windowStart.addingTimeInterval(WatchedLog.window)
        let time = now()
        let isOver = time >= end
        // The analytics take at most a tenth of the time.
        let pause = max(Self.analysisPause, lastCost * 10)
        let isDue = isLast || lastAnalysis[source].map { ContinuousClock.now - $0 >= pause } ?? true
        guard isOver || watched.isDirty && isDue, watched.memory.hasTally else { return }
        let begun = ContinuousClock.now
        watched.hunt.settings.moment = Int(time.timeIntervalSince1970)
        let (alerts, learned, doubts) = watched.hunt.analyze(watched.memory, watched.baseline)
        let before = watched.analyzed
        let (new, longer) = watched.judged(alerts, at: time)
        do {
            let content = isOver ? try JSONEncoder().encode(learned) : nil
            let kept = time.addingTimeInterval(-Double(watched.memory.observations.timespan) / 1000 - 7_200)
            let stored = try await write("what the analytics found") { [route] writer in
                let added = try writer.addLinked(new)
                for alert in longer { try writer.update(alert) }
                try writer.add(added.flatMap(route))
                if let content {
                    try writer.setBaseline(source.rawValue, content, at: time)
                    try writer.setCursor(WatchedLog.windowCursor(source), Moment(time).description, at: time)
                    try writer.removeBaselines(named: WatchedLog.observations(source), before: kept)
                    try writer.removeBaselines(named: WatchedLog.records(source), before: time)
                }
                return added
            }
            tell(stored)
        } catch {
            watched.analyzed = before
            throw error
        }
        watched.isDirty = false
        lastAnalysis[source] = .now
        lastCost = ContinuousClock.now - begun
        state.analyzed(source)
        for doubt in doubts { log(.detail, "\(source.rawValue): \(doubt)") }
        guard isOver else { return }
        log(.information, "\(source.rawValue): the baseline was updated")
        watched.baseline = learned
        watched.windowStart = time
        watched.memory.forgetTally()
        watched.correlated.forget(before: time.addingTimeInterval(-8 * WatchedLog.window))
        watched.analyzed.forget(before: time.addingTimeInterval(-2 * WatchedLog.window))
    }

    /// Opens a log that this process has not met, if an earlier watch left a window of it open.
    private func reopened(_ source: LogSource) throws -> WatchedLog? {
        guard try store.cursor(WatchedLog.windowCursor(source)) != nil else { return nil }
        return try open(source)
    }

    /// Adds a part of the window's objects, or of its messages, to the tally.
    private func reread(_ watched: inout WatchedLog) async throws {
        if let name = watched.recordsToReread.first {
            if let content = try store.baseline(name), let json = try? JSON(parsing: Array(content)) {
                var tally = watched.memory.empty(for: watched.hunt)
                let records = [WatchedRecord(id: name, json: json, arrived: now())]
                _ = try await watched.hunt.run(pipeline([], records, watched.source), remembering: &tally)
                watched.memory.mergeTally(of: tally)
                watched.isDirty = true
            }
            watched.recordsToReread.removeFirst()
            return
        }
        let names = watched.toReread.prefix(Self.batch)
        let part = names.compactMap { name -> WatchedObject? in
            guard case .objects(let bucket, let key) = LogLocation(name), bucket != WatchedRecord.bucket else {
                return nil
            }
            return WatchedObject(object: NotifiedObject(ObjectAddress(bucket: bucket, key: key)), arrived: now())
        }
        if !part.isEmpty {
            var tally = watched.memory.empty(for: watched.hunt)
            _ = try await watched.hunt.run(pipeline(part, [], watched.source), remembering: &tally)
            watched.memory.mergeTally(of: tally)
        }
        watched.toReread.removeFirst(names.count)
        watched.isDirty = true
    }

    /// Whether objects of an earlier window are still to be read again.
    var isRereading: Bool { logs.values.contains(where: \.isRereading) }
}
