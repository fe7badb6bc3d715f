import Basics
import AWSClient
import FoundationEssentials
import LogSources

/// Logs wherever the user says they are: files, folders, patterns, standard input, S3.
public struct LogPlaces: Sendable, Hashable {
    /// As the user gave them.
    public let names: [String]

    /// - Throws: ``InvalidInput`` for a place that cannot be one.
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

    /// Calls AWS only if one of the places is in S3.
    /// - Parameter threads: `nil` for one for each core.
    /// - Throws: ``Failure`` if there are no credentials for S3.
    func pipeline(
        _ layout: LogLayout, _ services: ServiceFolders, dates: DateFolders = DateFolders(from: nil, to: nil),
        threads: Int? = nil,
        _ options: SessionOptions, in environment: RunEnvironment
    ) async throws(Failure) -> LogPipeline {
        let locations = names.map { LogLocation($0) }
        var store: S3LogStore?
        if locations.contains(where: { if case .objects = $0 { true } else { false } }) {
            let session = try await AWSSession.forObjects(options, in: environment)
            store = S3LogStore(client: session.client, baseRegion: session.baseRegion)
        }
        return LogPipeline(
            locations, layout: layout, dates: dates, services: services, store: store,
            workers: threads ?? ProcessInfo.processInfo.activeProcessorCount, fetches: AWSSession.fetchesAtOnce)
    }
}
