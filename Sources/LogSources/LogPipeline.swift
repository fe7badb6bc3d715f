import Basics
public import FoundationEssentials
internal import Synchronization

/// Finds logs, fetches and decompresses them with several threads, and hands out their pieces in lanes.
///
/// ```swift
/// let result = try await LogPipeline([LogLocation("logs/")], layout: .json).run {
///     Hunt(rules)
/// } read: { hunt, piece in
///     hunt.look(at: piece)
/// }
/// ```
///
/// Each lane has a state of its own, so that nothing is locked; the caller merges them at the end. A lane gets the same
/// pieces in the same order in each run, whatever the number of threads; the order across lanes is undefined.
public struct LogPipeline: Sendable {
    private let sources: [LogLocation]
    private let layout: LogLayout
    private let dates: DateFolders
    private let services: ServiceFolders
    private let store: (any LogStore)?
    private let cursors: [ObjectListing.Cursor]?
    private let workers: Int
    private let fetches: Int
    private let deadline: ContinuousClock.Instant?

    var sizes = PieceSizes()

    /// - Parameters:
    ///   - dates: the wanted days, as far as the names of folders and files show them.
    ///   - services: selects the folders to read if several AWS services deliver to one bucket.
    ///   - store: the store that ``LogLocation/objects(bucket:prefix:)`` is read from.
    ///   - cursors: the cursors of an earlier run, to read only the objects delivered since then; empty for the first
    ///     run of a watch; `nil` to keep none. See ``ReadingAccount/cursors``.
    ///   - workers: threads that decompress and read, at most one for each lane; one for each processor is best.
    ///   - fetches: the maximum number of objects fetched at once.
    ///   - deadline: the time at which the store stops answering. Objects not listed or fetched by then are reported as
    ///     losses.
    public init(
        _ sources: [LogLocation], layout: LogLayout, dates: DateFolders = DateFolders(from: nil, to: nil),
        services: ServiceFolders = .all, store: (any LogStore)? = nil, after cursors: [ObjectListing.Cursor]? = nil,
        workers: Int = ProcessInfo.processInfo.activeProcessorCount, fetches: Int = 16,
        deadline: ContinuousClock.Instant? = nil
    ) {
        self.sources = sources
        self.layout = layout
        self.dates = dates
        self.services = services
        self.store = store
        self.cursors = cursors
        self.workers = max(1, workers)
        self.fetches = max(1, fetches)
        self.deadline = deadline
    }

    /// Reads everything.
    /// - Parameters:
    ///   - makeState: is called once for each lane that gets something to read, and at least once.
    ///   - read: receives each piece with the state of its lane, which no other thread uses at that time.
    /// - Returns: the states in the order of the lanes, and an account of all files, including unreadable ones.
    /// - Throws: ``Failure`` if a source cannot be read at all.
    public func run<State>(
        progress: LogProgress = LogProgress(), _ makeState: @escaping @Sendable () -> State,
        read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async throws -> (states: [State], account: ReadingAccount) {
        let queue = LaneQueue<WorkItem>(lanes: lanes, threads: workers)
        // An object that waits for its turn must not keep room that an earlier object waits for.
        let fetcher = store.map { ObjectFetcher($0, bytes: sizes.underWay, requests: fetches, larger: nil) }
        var account = try listFiles(into: queue, progress)
        let hasObjects = sources.contains(where: \.isInStore)
        if !hasObjects {
            progress.listedAll()
            queue.close()
        }

        // The threads run while the objects are listed.
        async let finished = work(queue, fetcher, progress, LaneStates(makeState), read)
        var failure: (any Error)?
        if hasObjects {
            do {
                let (finder, losses) = try await fetchObjects(into: queue, fetcher, progress)
                account.merge(losses)
                account.cursors = finder.cursors
                account.otherServices.merge(ServiceFolders.counts(finder.passed), uniquingKeysWith: +)
            } catch {
                failure = error
                progress.stop()
            }
            progress.listedAll()
            queue.close()
        }
        let results = await finished
        if let failure { throw failure }
        // Listed objects that were not read must be listed again in the next run.
        if progress.isStopped || isLate { account.cursors = cursors ?? [] }
        for result in results { account.merge(result.losses.account) }
        account.damagedFiles += account.sharedFiles.count
        return (results.map(\.state), account)
    }

    /// The number and the size in bytes of the objects that a run would read, as the store lists them. Files on disk do
    /// not count.
    /// - Throws: ``Failure`` if a place cannot be listed.
    public func measure() async throws -> (files: Int, bytes: Int) {
        guard let store else { return (0, 0) }
        var finder = ObjectFinder(store: store, dates: dates, services: services, after: nil)
        var (files, bytes) = (0, 0)
        for case .objects(let bucket, let prefix) in sources {
            try await finder.find(bucket, prefix) { file, _ in
                files += 1
                bytes += file.size
                return true
            }
        }
        return (files, bytes)
    }

    /// The maximum number of lanes.
    private static let mostLanes = 8

    /// The number of lanes. It depends on the sources alone.
    public var lanes: Int {
        guard sources.count == 1 else { return Self.mostLanes }
        switch sources[0] {
        case .standardInput: return 1
        case .path(let path):
            guard let status = FileStatus(path), status.kind != .folder else { return Self.mostLanes }
            let file = LogFile(.file(path), size: status.kind == .file ? status.size : 0)
            return min(Self.mostLanes, WorkItem.items(of: file, layout: layout, range: sizes.range).count)
        case .objects: return Self.mostLanes
        case .object: return 1
        }
    }

    private func listFiles(
        into queue: LaneQueue<WorkItem>, _ progress: LogProgress
    ) throws(Failure) -> ReadingAccount {
        let losses = LossLog()
        var items: [WorkItem] = []
        var finder = FileFinder(dates: dates, services: services) { file in
            progress.found(file)
            items += WorkItem.items(of: file, layout: layout, range: sizes.range)
        } skip: { file, why in
            losses.file(file, why)
        }
        for source in sources {
            switch source {
            case .path(let path): try finder.find(path)
            case .standardInput:
                let file = LogFile(.standardInput, size: 0)
                progress.found(file)
                items.append(.file(file))
            case .objects, .object: break
            }
        }
        divide(items, among: queue)
        losses.account.otherServices = ServiceFolders.counts(finder.passed)
        return losses.account
    }

    /// Gives each lane a part of the list with about as many bytes as the others. Neighboring files cover about the same
    /// time, so consecutive files keep the state of a lane small.
    private func divide(_ items: [WorkItem], among queue: LaneQueue<WorkItem>) {
        let total = items.reduce(0.0) { $0 + Double($1.size) }
        var before = 0.0
        for item in items where item.size > 0 {
            queue.push(item, lane: min(queue.count - 1, Int(before / total * Double(queue.count))))
            before += Double(item.size)
        }
        // Pipes can last for ever, so they come last, each in another lane as long as there are enough.
        for (number, item) in items.filter({ $0.size == 0 }).enumerated() {
            queue.push(item, lane: queue.count - 1 - number % queue.count)
        }
    }

    private var isLate: Bool { deadline.map { $0 <= .now } ?? false }

    /// The number of consecutive objects in a lane: few, so that the objects under way belong to many lanes.
    private static let run = 4

    /// - Returns: the finder after the listing, and a loss for each prefix that was not listed completely.
    private func fetchObjects(
        into queue: LaneQueue<WorkItem>, _ fetcher: ObjectFetcher?, _ progress: LogProgress
    ) async throws -> (ObjectFinder, losses: ReadingAccount) {
        guard let fetcher else {
            throw Failure("Amazon S3 cannot be read", why: "no store was given", advice: "name files")
        }
        // Keys are remembered only if two sources can have one in common.
        let isOverlapping = sources.count { if case .objects = $0 { true } else { false } } > 1
        var seen: Set<ObjectAddress> = []
        var finder = ObjectFinder(store: fetcher.store, dates: dates, services: services, after: cursors)
        let losses = LossLog()
        var objects = 0
        // Places are reserved in the order of the list, because the objects come in any order.
        func nextPlace() -> LaneQueue<WorkItem>.Place {
            defer { objects += 1 }
            return queue.reserve(objects / Self.run % queue.count)
        }
        try await withThrowingDiscardingTaskGroup { group in
            for case .object(let address, let size) in sources {
                guard !progress.isStopped, seen.insert(address).inserted else { continue }
                let size = size.map { ListedObject(key: address.key, size: $0).size }
                let file = LogFile(.object(address), size: size ?? 0)
                progress.found(file)
                let admission = await fetcher.admission(for: size)
                let place = nextPlace()
                group.addTask { queue.push(await Self.item(file, address, fetcher, admission, size: size), at: place) }
            }
            for case .objects(let bucket, let prefix) in sources {
                do {
                    try await finder.find(bucket, prefix) { file, address in
                        guard !progress.isStopped else { return false }
                        if isOverlapping, !seen.insert(address).inserted { return true }
                        progress.found(file)
                        let admission = await fetcher.admission(for: file.size)
                        let place = nextPlace()
                        group.addTask {
                            queue.push(await Self.item(file, address, fetcher, admission, size: file.size), at: place)
                        }
                        return true
                    }
                } catch  where isLate {
                    losses.file(
                        LogFile(.object(ObjectAddress(bucket: bucket, key: prefix)), size: 0),
                        "the time was up before all of its objects were listed")
                }
            }
        }
        return (finder, losses.account)
    }

    private static func item(
        _ file: LogFile, _ address: ObjectAddress, _ fetcher: ObjectFetcher, _ admission: Admission, size: Int?
    ) async -> WorkItem {
        do throws(Failure) {
            guard let object = try await fetcher.fetch(address, size: size, admission) else {
                return .failed(file, .vanishedObject)
            }
            return .object(size == nil ? LogFile(file.place, size: object.totalSize) : file, object)
        } catch {
            return .failed(file, OpenLogFile.Failure(error))
        }
    }

    private func work<State>(
        _ queue: LaneQueue<WorkItem>, _ fetcher: ObjectFetcher?, _ progress: LogProgress, _ states: LaneStates<State>,
        _ read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async -> [LaneState<State>] {
        let threads = min(workers, queue.count)
        let layout = layout
        let sizes = sizes
        await withCheckedContinuation { continuation in
            let running = Atomic(threads)
            for _ in 0..<threads {
                WorkerThread.start {
                    let reader = PieceReader(
                        layout: layout, fetcher: fetcher, progress: progress, sizes: sizes,
                        wholeUpTo: max(sizes.whole / 8, sizes.whole / threads))
                    var lane: Int?
                    // A read item is released at once, so that the next objects can be fetched.
                    while let next = queue.next(after: lane) {
                        lane = next.lane
                        if progress.isStopped { continue }
                        let own = states[next.lane]
                        reader.read(next.item, own.losses) { read(&own.state, $0) }
                    }
                    if running.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                        continuation.resume()
                    }
                }
            }
        }
        return states.all
    }
}

/// A lane's state, which only the thread that has the lane uses.
private final class LaneState<State>: @unchecked Sendable {
    var state: State
    let losses = LossLog()

    init(_ state: State) { self.state = state }
}

/// The states of the lanes. Each is made when its lane gets something to read.
private final class LaneStates<State>: Sendable {
    private let states = Mutex<[Int: LaneState<State>]>([:])
    private let make: @Sendable () -> State

    init(_ make: @escaping @Sendable () -> State) { self.make = make }

    subscript(lane: Int) -> LaneState<State> {
        states.withLock { states in
            if let state = states[lane] { return state }
            let state = LaneState(make())
            states[lane] = state
            return state
        }
    }

    /// In the order of the lanes.
    var all: [LaneState<State>] {
        let made = states.withLock { $0 }
        return made.isEmpty ? [LaneState(make())] : made.sorted { $0.key < $1.key }.map(\.value)
    }
}
