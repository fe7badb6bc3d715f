import Basics
public import FoundationEssentials
internal import Synchronization

/// Finds logs, fetches and decompresses them with several threads, and hands out their pieces.
///
/// ```swift
/// let result = try await LogPipeline([LogLocation("logs/")], layout: .json).run {
///     Hunt(rules)
/// } read: { hunt, piece in
///     hunt.look(at: piece)
/// }
/// ```
///
/// Each thread has a state of its own, so that nothing is locked; the caller merges them at the end. The order of the
/// pieces, and the thread that gets each, are undefined.
public struct LogPipeline: Sendable {
    private let sources: [LogLocation]
    private let layout: LogLayout
    private let dates: DateFolders
    private let services: ServiceFolders
    private let store: (any LogStore)?
    private let cursors: [ObjectListing.Cursor]?
    /// Threads that decompress and read.
    public let workers: Int
    private let fetches: Int
    private let deadline: ContinuousClock.Instant?

    var sizes = PieceSizes()

    /// - Parameters:
    ///   - dates: the wanted days, as far as the names of folders and files show them.
    ///   - services: selects the folders to read if several AWS services deliver to one bucket.
    ///   - store: the store that ``LogLocation/objects(bucket:prefix:)`` is read from.
    ///   - cursors: the cursors of an earlier run, to read only the objects delivered since then; empty for the first
    ///     run of a watch; `nil` to keep none. See ``ReadingAccount/cursors``.
    ///   - workers: threads that decompress and read; one for each processor is best.
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
    ///   - makeState: is called once on each thread.
    ///   - read: receives each piece, on the thread of the state.
    /// - Returns: the threads' states, and an account of all files, including unreadable ones.
    /// - Throws: ``Failure`` if a source cannot be read at all.
    public func run<State>(
        progress: LogProgress = LogProgress(), _ makeState: @escaping @Sendable () -> State,
        read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async throws -> (states: [State], account: ReadingAccount) {
        let queue = BlockingQueue<WorkItem>()
        let fetcher = store.map { ObjectFetcher($0, bytes: sizes.underWay, requests: fetches) }
        var account = try listFiles(into: queue, progress)
        let hasObjects = sources.contains(where: \.isInStore)
        if !hasObjects {
            progress.listedAll()
            queue.close()
        }

        // The threads run while the objects are listed.
        async let finished = work(queue, fetcher, progress, makeState, read)
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
        for result in results { account.merge(result.account) }
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

    /// Maximum number of files that a thread takes at once. Neighboring files cover about the same time, so reading
    /// consecutive files keeps the state of each thread small.
    private static let run = 24

    private func listFiles(
        into queue: BlockingQueue<WorkItem>, _ progress: LogProgress
    ) throws(Failure) -> ReadingAccount {
        let losses = LossLog()
        var finder = FileFinder(dates: dates, services: services) { file in
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
            case .objects, .object: break
            }
        }
        losses.account.otherServices = ServiceFolders.counts(finder.passed)
        return losses.account
    }

    private var isLate: Bool { deadline.map { $0 <= .now } ?? false }

    /// - Returns: the finder after the listing, and a loss for each prefix that was not listed completely.
    private func fetchObjects(
        into queue: BlockingQueue<WorkItem>, _ fetcher: ObjectFetcher?, _ progress: LogProgress
    ) async throws -> (ObjectFinder, losses: ReadingAccount) {
        guard let fetcher else {
            throw Failure("Amazon S3 cannot be read", why: "no store was given", advice: "name files")
        }
        // Keys are remembered only if two sources can have one in common.
        let isOverlapping = sources.count { if case .objects = $0 { true } else { false } } > 1
        var seen: Set<ObjectAddress> = []
        var finder = ObjectFinder(store: fetcher.store, dates: dates, services: services, after: cursors)
        let losses = LossLog()
        try await withThrowingDiscardingTaskGroup { group in
            for case .object(let address, let size) in sources {
                guard !progress.isStopped, seen.insert(address).inserted else { continue }
                let size = size.map { ListedObject(key: address.key, size: $0).size }
                let file = LogFile(.object(address), size: size ?? 0)
                progress.found(file)
                let admission = await fetcher.admission(for: size)
                group.addTask { queue.push(await Self.item(file, address, fetcher, admission, size: size)) }
            }
            for case .objects(let bucket, let prefix) in sources {
                do {
                    try await finder.find(bucket, prefix) { file, address in
                        guard !progress.isStopped else { return false }
                        if isOverlapping, !seen.insert(address).inserted { return true }
                        progress.found(file)
                        let admission = await fetcher.admission(for: file.size)
                        group.addTask {
                            queue.push(await Self.item(file, address, fetcher, admission, size: file.size))
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
            return .object(file, object)
        } catch {
            return .failed(file, OpenLogFile.Failure(error))
        }
    }

    /// A thread's state. It is handed over once, when the thread is done with it.
    private struct Result<State>: @unchecked Sendable {
        var state: State
        var account: ReadingAccount
    }

    private func work<State>(
        _ queue: BlockingQueue<WorkItem>, _ fetcher: ObjectFetcher?, _ progress: LogProgress,
        _ makeState: @escaping @Sendable () -> State, _ read: @escaping @Sendable (inout State, LogPiece) -> Void
    ) async -> [Result<State>] {
        let workers = workers
        let layout = layout
        let sizes = sizes
        return await withCheckedContinuation { continuation in
            let results = Mutex<[Result<State>]>([])
            let finish = { @Sendable (result: Result<State>) in
                let all = results.withLock { results in
                    results.append(result)
                    return results.count == workers ? results : nil
                }
                if let all { continuation.resume(returning: all) }
            }
            for _ in 0..<workers {
                WorkerThread.start {
                    var state = makeState()
                    let account = withUnsafeMutablePointer(to: &state) { state in
                        let reader = PieceReader(
                            layout: layout, fetcher: fetcher, progress: progress, sizes: sizes,
                            wholeUpTo: max(sizes.whole / 8, sizes.whole / workers)
                        ) { read(&state.pointee, $0) }
                        while true {
                            var run = queue.pop(upTo: Self.run, of: workers * 4)
                            if run.isEmpty { break }
                            run.reverse()
                            // A read item is released at once, so that the next objects can be fetched.
                            while let item = run.popLast() {
                                if !progress.isStopped { reader.read(item) }
                            }
                        }
                        return reader.losses.account
                    }
                    finish(Result(state: state, account: account))
                }
            }
        }
    }
}
