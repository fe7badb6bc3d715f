import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// The locations of logs: files, folders, patterns, standard input, S3.
public struct LogPlaces: Sendable, Hashable {
    /// The locations as the user gave them.
    public let names: [String]

    /// - Throws: ``InvalidInput`` if a location is invalid.
    public init(_ names: [String]) throws(InvalidInput) {
        if names.contains("") { throw InvalidInput("--logs is empty") }
        for name in names where name.hasPrefix("s3://") {
            guard case .objects(let bucket, _) = LogLocation(name), !bucket.isEmpty else {
                throw InvalidInput("'\(name)' has no bucket; use s3://bucket/prefix")
            }
        }
        if names.count(where: { $0 == "-" }) > 1 { throw InvalidInput("stdin can be read only once") }
        self.names = names
    }

    /// Whether a location is in S3.
    var areInS3: Bool { names.contains { $0.hasPrefix("s3://") } }

    /// Returns a pipeline that reads the logs. Calls AWS only if a location is in S3.
    /// - Parameters:
    ///   - threads: the number of threads; `nil` for one per core.
    ///   - timeout: the time limit for all calls to AWS together; `nil` for none.
    /// - Returns: the pipeline, and a function that returns the time by AWS's clock if AWS is called, else by this
    ///   machine's.
    /// - Throws: ``Failure`` if there are no credentials for S3.
    func pipeline(
        _ layout: LogLayout, _ services: ServiceFolders, dates: DateFolders = DateFolders(from: nil, to: nil),
        threads: Int? = nil, timeout: Duration? = nil, _ options: SessionOptions, in environment: RunEnvironment
    ) async throws(Failure) -> (LogPipeline, now: @Sendable () -> Date) {
        var store: S3LogStore?
        var deadline: ContinuousClock.Instant?
        var now = environment.aws.now
        if areInS3 {
            let session = try await AWSSession.forObjects(options, in: environment, timeout: timeout)
            store = S3LogStore(client: session.client, baseRegion: session.baseRegion)
            deadline = session.client.deadline
            now = { session.now }
        }
        let pipeline = LogPipeline(
            names.map { LogLocation($0) }, layout: layout, dates: dates, services: services, store: store,
            workers: threads ?? ProcessInfo.processInfo.activeProcessorCount, fetches: AWSSession.fetchesAtOnce,
            deadline: deadline)
        return (pipeline, now)
    }
}
