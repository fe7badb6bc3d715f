import Basics
import AWSClient
public import FoundationEssentials
import LogSources
public import Reports
public import TrailIntegrity

/// Proves that delivered log files are the ones that CloudTrail wrote: in S3, or over a local copy.
public struct VerifyRun: Sendable {
    /// A local copy of a bucket, and the keys to verify it with.
    public struct Copy: Sendable, Hashable {
        /// A folder that mirrors the bucket.
        public var folder: String
        public var bucket: String
        /// Files with the output of `aws cloudtrail list-public-keys`.
        public var keys: [String]

        public init(folder: String, bucket: String, keys: [String]) {
            self.folder = folder
            self.bucket = bucket
            self.keys = keys
        }
    }

    public var trails: TrailSelection
    /// The time from which delivered log files are verified; `nil` for 24 hours before ``to``.
    public var from: Date?
    /// The time until which delivered log files are verified; `nil` for now, by AWS's clock if AWS is called.
    public var to: Date?
    /// The time from which the folder of an account and Region is verified, for a run that continues earlier ones; `nil`
    /// for ``from``. It may be before ``from``.
    var startOfFolder: (@Sendable (TrailFolderTask) -> Date)?
    /// The local copy to verify; `nil` for S3.
    public var copy: Copy?
    public var session = SessionOptions()
    /// The number of files that are decompressed at once.
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// The time limit for all calls to AWS together; `nil` for none.
    public var timeout: Duration?

    public init(
        _ trails: TrailSelection, in range: ClosedRange<Date>, copy: Copy? = nil,
        _ session: SessionOptions = SessionOptions()
    ) {
        self.trails = trails
        self.session = session
        (from, to) = (range.lowerBound, range.upperBound)
        self.copy = copy
    }

    /// - Parameters:
    ///   - start: `nil` for 24 hours before the end.
    ///   - end: `nil` for now.
    ///   - timeout: in seconds.
    ///   - folder: a local copy of the bucket that `trails` names, with the files of its `keys`; `nil` for S3.
    /// - Throws: ``InvalidInput`` if options contradict each other or a number is out of range.
    public init(
        _ trails: TrailSelection, from start: Date?, to end: Date?, copy folder: String?, keys: [String],
        threads: Int? = nil, timeout: Int? = nil
    ) throws(InvalidInput) {
        try InvalidInput.checkThreads(threads)
        self.timeout = try InvalidInput.timeout(timeout, isOfAWS: folder == nil)
        if let start, let end, start > end { throw InvalidInput("--start-time must be before --end-time") }
        self.trails = trails
        (from, to) = (start, end)
        if let threads { self.threads = threads }
        guard let folder else {
            if !keys.isEmpty { throw InvalidInput("--public-keys requires --path") }
            return
        }
        if keys.isEmpty { throw InvalidInput("--path requires --public-keys") }
        guard let bucket = trails.bucket else {
            throw InvalidInput("--path requires --s3-bucket, the bucket that was copied")
        }
        copy = Copy(folder: folder, bucket: bucket, keys: keys)
    }

    public struct Result: Sendable {
        public var report: VerifyReport
        public var exitStatus: ExitStatus
        /// The accounts and Regions that were verified, with the trails.
        var folders: [TrailFolderTask] = []
    }

    /// - Throws: ``Failure`` if something could not be read, because unread files are never verified;
    ///   `CancellationError`.
    public func run(
        in environment: RunEnvironment = RunEnvironment(),
        progress report: ProgressReport<VerificationProgress.State>? = nil
    ) async throws -> Result {
        let source =
            if let copy {
                try Source(copy, trails, environment)
            } else {
                try await Source(trails, session, environment, timeout: timeout)
            }
        let range = try range(at: source.now())
        let progress = VerificationProgress()
        let discovery = TrailDiscovery(
            store: source.store, accounts: Set(trails.accounts), regions: Set(trails.regions))
        let reader = ObjectReader(store: source.store, threads: threads, fetches: source.fetches ?? threads)
        let startOfFolder = startOfFolder
        let (verification, folders) = try await reporting({ progress.state }, to: report) {
            do throws(Failure) {
                let tasks = try await discovery.tasks(for: source.places)
                if trails.bucket != nil || copy != nil {
                    try await discovery.check(source.places, tasks, inCopy: copy == nil ? nil : reader)
                }
                var starts: [TrailFolderTask: Date] = [:]
                if let startOfFolder { for task in tasks { starts[task] = startOfFolder(task) } }
                let first = min(starts.values.min() ?? range.lowerBound, range.upperBound)
                let verifier = TrailVerifier(
                    reader: reader, keys: source.keys, range: first...range.upperBound, now: source.now(),
                    progress: progress)
                return (try await verifier.verify(tasks, from: starts), tasks)
            } catch {
                try Task.checkCancellation()
                throw isLate(error) ? late(progress.state) : error
            }
        }
        try Task.checkCancellation()
        let report = VerifyReport(
            verification, unverified: verification.without(accounts: trails.accounts, regions: trails.regions),
            parapet: Version.current, finished: source.now())
        return Result(
            report: report,
            exitStatus: ExitStatus(found: verification.hasFailed, undetermined: report.nothingVerified != nil),
            folders: folders)
    }

    private func range(at now: Date) throws(Failure) -> ClosedRange<Date> {
        let end = to ?? now
        let start = from ?? end.addingTimeInterval(-86_400)
        guard start <= end else {
            throw Failure(
                "there is nothing to verify", why: "the start time \(start.rfc3339) is yet to come",
                advice: "give an earlier --start-time")
        }
        return start...end
    }

    /// Returns the failure for a run that exceeded its time limit: files verified by then prove nothing about the rest.
    private func late(_ state: VerificationProgress.State) -> Failure {
        Failure(
            "the verification was not finished",
            why:
                "the time was up (--timeout) after \(state.digests) of \(max(state.digests, state.listedDigests)) digests "
                + "and \(state.logs) of \(state.listedLogs) log files that these list",
            advice: "give it more time, or verify a part with --start-time, --end-time or --region")
    }
}

/// Whether a call was unanswered when the run's time limit was reached.
private func isLate(_ failure: Failure) -> Bool { (failure.cause as? AWSError)?.isLate == true }

/// The source of the objects and the public keys.
private struct Source {
    var store: any LogStore
    var keys: any PublicKeySource
    var places: [TrailPlace]
    /// The number of objects that are fetched at once; `nil` for one per thread.
    var fetches: Int?
    /// Returns the time by AWS's clock if AWS is called, else by this machine's.
    var now: @Sendable () -> Date

    init(_ copy: VerifyRun.Copy, _ trails: TrailSelection, _ environment: RunEnvironment) throws(Failure) {
        now = environment.aws.now
        var keys: [SavedKeys] = []
        for file in copy.keys {
            let bytes = try InputFile.bytes(file)
            keys.append(try SavedKeys(bytes, name: file))
        }
        try InputFile.checkFolder(copy.folder)
        self.keys = SavedKeys(keys)
        store = FolderLogStore(root: copy.folder, bucket: copy.bucket)
        places = trails.places(in: copy.bucket)
    }

    init(
        _ trails: TrailSelection, _ options: SessionOptions, _ environment: RunEnvironment, timeout: Duration?
    ) async throws(Failure) {
        let session = try await AWSSession.forObjects(options, in: environment, timeout: timeout)
        now = { session.now }
        store = S3LogStore(client: session.client, baseRegion: session.baseRegion)
        keys = CloudTrailKeys(client: session.client)
        fetches = AWSSession.fetchesAtOnce
        if let bucket = trails.bucket {
            places = trails.places(in: bucket)
        } else {
            places = try await DescribedTrails(session, regions: trails.regions).places(trails)
        }
    }
}
