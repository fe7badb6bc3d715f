import AWSClient
import ArgumentParser
import FoundationEssentials
import Inventory
import LogReaders
import Reports
import TrailIntegrity

/// Proves that delivered log files are the ones that CloudTrail wrote.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that delivered log files are the ones that CloudTrail wrote.",
        discussion: """
            Follows the chain of digest files that CloudTrail signs each hour, from the newest to the oldest, and \
            compares each log file with the hash that stands in them: in S3, for every account and region that the \
            trails deliver for, or over a local copy with --path. Nothing is written but the report.

            Exit codes: 0 everything found is valid (or there was no digest) · 2 an invalid digest or log file · \
            1 something could not be read.
            """)

    @OptionGroup(title: "What to verify") var selection: VerifySelection
    @OptionGroup(title: "Local copy") var copy: LocalCopy
    @OptionGroup(title: "Account") var aws: AWSOptions

    @Option(name: .long, help: "How many files are decompressed at once; the default is one for each core.")
    var threads: Int?

    @OptionGroup(title: "Output") var output: OutputOptions<VerifyFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if copy.path != nil {
            guard selection.s3Bucket != nil else {
                throw ValidationError("--path goes with --s3-bucket, the bucket that the folder is a copy of")
            }
        }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
    }

    func run() async throws {
        for file in output.destinations.compactMap(\.file) { try OutputFile.check(file) }
        let now = Date()
        let range = selection.range(now: now)
        let verification =
            copy.path == nil ? try await verifyS3(range, now: now) : try await verifyCopy(range, now: now)
        try write(VerifyReport(verification))
        throw ExitCode(verification.hasFailed ? 2 : 0)
    }

    private func write(_ report: VerifyReport) throws {
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .ndjson: Array(try report.ndjson())
            case .junit: Array(report.junit())
            case .table: Array(VerifyTable(report, text: text, limit: verbosity.isVerbose ? nil : 8).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
    }
}

enum VerifyFormat: String, OutputFormat {
    case table
    case json
    case ndjson
    case junit
}

// MARK: Over a local copy

extension Verify {
    private func verifyCopy(_ range: ClosedRange<Date>, now: Date) async throws(CommandFailure) -> Verification {
        guard let path = copy.path, let bucket = selection.s3Bucket else { preconditionFailure("validate() saw to it") }
        let keys = try copy.keys()
        try InputFolder.check(path)
        let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        let store = FolderLogStore(root: path, bucket: bucket)
        return try await verify(
            selection.places(in: bucket), in: store, keys: keys, range: range, now: now, fetches: threads)
    }
}

// MARK: Over S3

extension Verify {
    /// Files of a quarter of a megabyte, fetched in 30 ms each, keep two cores busy with about so many at once.
    private static let fetchesAtOnce = 32
    /// Far below the 5,500 reading calls a second that S3 allows for each prefix.
    private static let s3Rate = RateLimit(perSecond: 1000, burst: 1000)

    private func verifyS3(_ range: ClosedRange<Date>, now: Date) async throws(CommandFailure) -> Verification {
        let transport = AsyncHTTPTransport(userAgent: Version.userAgent, connectionsPerHost: Self.fetchesAtOnce)
        let session = try await AWSSession(aws, verbosity: verbosity, transport: transport) { service in
            service == "s3" ? Self.s3Rate : RateLimit.standard(service)
        }
        let places: [TrailPlace]
        if let bucket = selection.s3Bucket {
            places = selection.places(in: bucket)
        } else {
            places = try await DescribedTrails(session, aws, verbose: verbosity.isVerbose).places(selection)
        }
        return try await verify(
            places, in: S3LogStore(client: session.client, baseRegion: session.baseRegion),
            keys: CloudTrailKeys(client: session.client), range: range, now: now, fetches: Self.fetchesAtOnce)
    }
}

// MARK: Over either

extension Verify {
    private func verify(
        _ places: [TrailPlace], in store: any LogStore, keys: any PublicKeySource, range: ClosedRange<Date>, now: Date,
        fetches: Int
    ) async throws(CommandFailure) -> Verification {
        let progress = VerificationProgress()
        let verifier = TrailVerifier(
            reader: ObjectReader(
                store: store, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, fetches: fetches),
            keys: keys, range: range, now: now, progress: progress)
        let discovery = TrailDiscovery(
            store: store, accounts: Set(selection.accountID), regions: Set(aws.region))
        let result = await ProgressLine(verbosity, text: { VerifyProgressLine.text(progress.state, elapsed: $0) })
            .during {
                () -> Result<Verification, VerificationError> in
                do throws(VerificationError) {
                    return .success(try await verifier.verify(try await discovery.tasks(for: places)))
                } catch {
                    return .failure(error)
                }
            }
        do throws(VerificationError) {
            return try result.get()
        } catch {
            throw CommandFailure(error, verbose: verbosity.isVerbose)
        }
    }
}

extension CommandFailure {
    init(_ error: VerificationError, verbose: Bool) {
        self.init(error.what, why: error.why, advice: error.advice, details: verbose ? error.details : [])
    }
}
