import Basics
public import FoundationEssentials
internal import Synchronization

/// Reads logs with several threads: finds them, fetches and decompresses them, and hands their pieces to whoever looks
/// for something in them.
///
/// ```swift
/// let result = try await LogPipeline([LogLocation("logs/")], layout: .json).run {
///     Hunt(rules)
/// } read: { hunt, piece in
///     hunt.look(at: piece)
/// }
/// ```
///
/// Each thread has a state of its own, so that nothing is locked; the caller merges them at the end. Which thread gets
/// which piece, and in what order, is not certain.
public struct LogPipeline: Sendable {
    private let sources: [LogLocation]
    private let layout: LogLayout
    private let dates: DateFolders
    private let store: (any LogStore)?
    private let workers: Int
    private let fetches: Int

    var sizes = PieceSizes()

    /// - Parameters:
    ///   - dates: which days are wanted, where the layout of folders tells them apart.
    ///   - store: what ``LogLocation/objects(bucket:prefix:)`` is read from.
    ///   - workers: threads that decompress and read; one for each processor is best.
    ///   - fetches: how many objects are fetched at once, at most.
    public init(
        _ sources: [LogLocation], layout: LogLayout, dates: DateFolders = DateFolders(from: nil, to: nil),
        store: (any LogStore)? = nil, workers: Int = ProcessInfo.processInfo.activeProcessorCount, fetches: Int = 16
    ) {
        self.sources = sources
        self.layout = layout
        self.dates = dates
        self.store = store
        self.workers = max(1, workers)
        self.fetches = max(1, fetches)
    }

    /// Reads everything.
    /// - Parameters:
    ///   - makeState: is called once on each thread.
    ///   - read: is given each piece, on the thread of the state.
    /// - Returns: the threads' states, and what was read. A file that cannot be read is told there.
    /// - Throws: ``Failure`` if a source cannot be read at all.
    public func run<State>(
        progress: LogProgress = LogProgress(), _ makeState: @escaping @Sendable () -> State,
        read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async throws -> (states: [State], account: ReadingAccount) {
        let queue = BlockingQueue<WorkItem>()
        let lane = Lane(width: sizes.underWay)
        var unlisted = ReadingAccount()
        try listFiles(into: queue, progress, &unlisted)
        let hasObjects = sources.contains { if case .objects = $0 { true } else { false } }
        if !hasObjects {
            progress.listedAll()
            queue.close()
        }

        // The threads run while the objects are listed.
        async let finished = work(queue, lane, progress, makeState, read)
        var failure: (any Error)?
        if hasObjects {
            do {
                try await fetchObjects(into: queue, lane, progress)
            } catch {
                failure = error
                progress.stop()
            }
            progress.listedAll()
            queue.close()
        }
        let results = await finished
        if let failure { throw failure }
        var account = unlisted
        for result in results { account.merge(result.account) }
        account.damagedFiles += account.sharedFiles.count
        return (results.map(\.state), account)
    }

    /// Files beside each other are about the same time: who reads several of them has less to remember, and the others too.
    private static let run = 24

    private func listFiles(
        into queue: BlockingQueue<WorkItem>, _ progress: LogProgress, _ account: inout ReadingAccount
    ) throws(Failure) {
        let losses = LossLog()
        var finder = FileFinder(dates: dates) { file in
            progress.found(file)
            for item in WorkItem.items(of: file, layout: layout, range: sizes.range) { queue.push(item) }
        } skip: { file, why in
            losses.file(file, why)
        }
        for source in sources {
            switch source {
            case .path(let path): try finder.find(path)
            case .standardInput:
                let file = LogFile(.standardInput, size: 0)
                progress.found(file)
                queue.push(.file(file))
            case .objects: break
            }
        }
        account = losses.account
    }

    private func fetchObjects(into queue: BlockingQueue<WorkItem>, _ lane: Lane, _ progress: LogProgress) async throws {
        guard let store else {
            throw Failure("Amazon S3 cannot be read", why: "no store was given", advice: "name files")
        }
        // Places may overlap; keys are remembered only where they can.
        let isOverlapping = sources.count { if case .objects = $0 { true } else { false } } > 1
        var seen: Set<ObjectAddress> = []
        try await withThrowingDiscardingTaskGroup { group in
            for case .objects(let bucket, let prefix) in sources {
                try await ObjectFinder(store: store, bucket: bucket, dates: dates).find(prefix) { file in
                    guard !progress.isStopped, case .object(let address) = file.place else { return false }
                    if isOverlapping, !seen.insert(address).inserted { return true }
                    progress.found(file)
                    guard file.size <= ObjectFetch.largest else {
                        queue.push(.large(file))
                        return true
                    }
                    let share = max(file.size, sizes.underWay / fetches)
                    await lane.enter(share)
                    group.addTask {
                        let item = await ObjectFetch.whole(file, at: address, in: store, share: share)
                        if case .fetched = item {} else { lane.leave(share) }
                        queue.push(item)
                    }
                    return true
                }
            }
        }
    }

    /// A thread's state. It is handed over once, when the thread is done with it.
    private struct Result<State>: @unchecked Sendable {
        var state: State
        var account: ReadingAccount
    }

    private func work<State>(
        _ queue: BlockingQueue<WorkItem>, _ lane: Lane, _ progress: LogProgress,
        _ makeState: @escaping @Sendable () -> State, _ read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async -> [Result<State>] {
        let workers = workers
        let layout = layout
        let store = store
        let sizes = sizes
        return await withCheckedContinuation { continuation in
            let gathered = Gathered<Result<State>>(count: workers) { continuation.resume(returning: $0) }
            for _ in 0..<workers {
                WorkerThread.start {
                    var state = makeState()
                    let account = withUnsafeMutablePointer(to: &state) { state in
                        let reader = PieceReader(
                            layout: layout, store: store, lane: lane, progress: progress, sizes: sizes,
                            wholeUpTo: max(sizes.whole / 8, sizes.whole / workers)
                        ) { read(&state.pointee, $0) }
                        while true {
                            let run = queue.pop(upTo: Self.run, of: workers * 4)
                            guard !run.isEmpty else { break }
                            for item in run {
                                if progress.isStopped { item.discard(lane) } else { reader.read(item) }
                            }
                        }
                        return reader.losses.account
                    }
                    gathered.add(Result(state: state, account: account))
                }
            }
        }
    }
}

/// Gathers so many values from as many threads.
private final class Gathered<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    private let count: Int
    private let finish: @Sendable ([Value]) -> Void

    init(count: Int, finish: @escaping @Sendable ([Value]) -> Void) {
        self.count = count
        self.finish = finish
    }

    func add(_ value: Value) {
        let all = values.withLock { values in
            values.append(value)
            return values.count == count ? values : nil
        }
        if let all { finish(all) }
    }
}

extension WorkItem {
    /// Lets the next objects come without having read this one.
    fileprivate func discard(_ lane: Lane) {
        if case .fetched(_, _, let share) = self { lane.leave(share) }
    }
}
