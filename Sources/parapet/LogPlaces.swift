import AWSClient
import ArgumentParser
import FoundationEssentials
import LogReaders

/// Reading logs from wherever the user says: files, folders, patterns, standard input, S3.
extension LogPipeline {
    /// Log files are small, and each takes 30 ms to come.
    private static let fetchesAtOnce = 32
    /// Far below the 5,500 reading calls a second that S3 allows for each prefix.
    private static let s3Rate = RateLimit(perSecond: 1000, burst: 1000)

    /// - Parameters:
    ///   - places: as the user gave them; AWS is asked only where one is in S3.
    ///   - threads: one for each core where `nil`.
    /// - Throws: ``CommandFailure`` where there are no credentials for S3.
    init(
        _ places: [String], layout: LogLayout, dates: DateFolders = DateFolders(from: nil, to: nil),
        threads: Int? = nil, _ aws: AWSOptions, _ verbosity: Verbosity
    ) async throws {
        let locations = places.map { LogLocation($0) }
        var store: S3LogStore?
        if locations.contains(where: { if case .objects = $0 { true } else { false } }) {
            let transport = AsyncHTTPTransport(userAgent: Version.userAgent, connectionsPerHost: Self.fetchesAtOnce)
            let session = try await AWSSession(aws, verbosity: verbosity, transport: transport) { service in
                service == "s3" ? Self.s3Rate : RateLimit.standard(service)
            }
            store = S3LogStore(client: session.client, baseRegion: session.baseRegion)
        }
        self.init(
            locations, layout: layout, dates: dates, store: store,
            workers: threads ?? ProcessInfo.processInfo.activeProcessorCount, fetches: Self.fetchesAtOnce)
    }
}

enum LogPlaces {
    /// - Throws: `ValidationError` for a place that cannot be one.
    static func check(_ places: [String]) throws(ValidationError) {
        if places.contains("") { throw ValidationError("--logs names nothing") }
        for place in places where place.hasPrefix("s3://") {
            guard case .objects(let bucket, _) = LogLocation(place), !bucket.isEmpty else {
                throw ValidationError("'\(place)' names no bucket: write s3://bucket/prefix")
            }
        }
        if places.count(where: { $0 == "-" }) > 1 { throw ValidationError("stdin can be read only once") }
    }
}

extension CommandFailure {
    /// Why logs cannot be read at all, where that is what the error tells.
    init?(logs error: any Error, verbose: Bool) {
        switch error {
        case let error as LogSourceError: self.init(error.what, why: error.why, advice: error.advice)
        case let error as LogStoreError:
            self.init(error.what, why: error.why, advice: error.advice, details: verbose ? error.details : [])
        default: return nil
        }
    }
}
