import AWSClient
import Basics
import DistributedEngines
import FoundationEssentials
import Hunting
import LogReaders
import LogSources

/// A hunt's records, selected with Amazon Athena.
struct AthenaSelection: Sendable {
    private let hunt: HuntRun
    private let settings: AthenaSettings
    private let session: AWSSession
    private let engine: AthenaEngine
    private let warn: @Sendable (String) -> Void

    /// - Throws: ``Failure`` if there are no credentials.
    init(_ hunt: HuntRun, _ settings: AthenaSettings, in environment: RunEnvironment) async throws(Failure) {
        session = try await AWSSession.forObjects(hunt.session, in: environment, timeout: hunt.timeout)
        self.hunt = hunt
        self.settings = settings
        warn = environment.warn
        engine = AthenaEngine(
            session.client, in: hunt.session.regions.first ?? session.baseRegion, workGroup: settings.workGroup,
            database: settings.database, output: settings.output, maxScan: settings.maxScan,
            token: { UUID().uuidString })
    }

    var now: @Sendable () -> Date { { [session] in session.now } }

    private var tableName: String { settings.table ?? TableDefinition.usualName(of: hunt.source) }

    /// Runs the query.
    /// - Throws: ``Failure``; `CancellationError`
    func run() async throws -> SelectedRecords {
        let cutoff = try await engine.checkWorkGroup()
        if let limit = settings.maxScan, cutoff.map({ $0 > limit }) ?? true {
            warn(
                "the workgroup \(settings.workGroup) does not limit a query to --max-scan (BytesScannedCutoffPerQuery): "
                    + "a query can scan more before it is stopped")
        }
        if settings.createsTable { try await createTable() }
        let query = try await query()
        let sieve = query.sieve
        for remark in sieve.remarks { warn(remark) }
        if let limit = settings.maxScan, let size = try await estimate(sieve.table), size.bytes > limit {
            throw Failure(
                "the query would scan too much",
                why: "\(ByteCount.text(size.bytes)) of \(ByteCount.text(limit)) that --max-scan allows",
                advice: "shorten the time range, or raise --max-scan")
        }
        let rows = try await engine.rows(query, maxRows: settings.maxRows)
        var doubts = sieve.doubts(about: rows.store)
        if let limit = settings.maxScan, rows.scanned > limit {
            warn(
                "the query ended before it could be stopped: it scanned \(ByteCount.text(rows.scanned)), "
                    + "and --max-scan allows \(ByteCount.text(limit))")
        }
        if rows.scanned == 0 {
            doubts.append("Athena found no data: check the table's location, its partitions and the time range")
        }
        return SelectedRecords(
            places: ["athena:\(settings.database).\(tableName)"], store: rows.store, scanned: rows.scanned,
            doubts: doubts,
            notes: [
                "Athena scanned \(ByteCount.text(rows.scanned)) (about \(ByteCount.priceText(ofScanning: rows.scanned))) "
                    + "and returned \(rows.store.returned)"
            ])
    }

    /// The query, and what it would scan and cost, without running it.
    /// - Throws: ``Failure``
    func plan() async throws -> String {
        try await engine.checkWorkGroup()
        var query = try await query()
        query.limit = settings.maxRows + 1
        var lines = query.sieve.remarks.map { "-- \($0)" }
        if let size = try await estimate(query.sieve.table) {
            lines.append(
                "-- \(size.files) objects, \(ByteCount.text(size.bytes)): at most "
                    + "\(ByteCount.priceText(ofScanning: size.bytes))")
        } else {
            lines.append("-- No estimate: add --logs s3://bucket/prefix, the place of the table's logs")
        }
        return lines.joined(separator: "\n") + "\n" + query.text + ";\n"
    }

    /// - Throws: ``Failure`` also if the settings are strict and a rule cannot be narrowed or is without its fields.
    private func query() async throws(Failure) -> RowQuery {
        let wanted = try hunt.wanted(at: session.now)
        let sieve = HuntSieve(wanted, on: try await engine.table(tableName, of: hunt.source))
        if settings.isStrict { try sieve.checkStrictly() }
        let query = RowQuery(sieve, in: .athena)
        try query.checkLength()
        return query
    }

    /// The size of the logs of the wanted days; `nil` if their place is not named.
    private func estimate(_ table: LogTable) async throws -> (files: Int, bytes: Int)? {
        guard hunt.logs.areInS3 else { return nil }
        return try await LogPipeline(
            hunt.logs.names.map { LogLocation($0) }, layout: Hunt.layout(of: hunt.source),
            dates: DateFolders(from: hunt.from, to: hunt.to), services: Hunt.folders(of: hunt.source),
            store: S3LogStore(client: session.client, baseRegion: session.baseRegion)
        ).measure()
    }

    /// Creates the table over the logs' place, with the accounts and regions that have folders there.
    private func createTable() async throws {
        guard let place = hunt.logs.names.first(where: { $0.hasPrefix("s3://") }) else {
            throw Failure(
                "the table cannot be created", why: "the place of the logs is not known",
                advice: "add --logs s3://bucket/prefix")
        }
        var definition = hunt.definition(database: settings.database, table: tableName)
        let store = S3LogStore(client: session.client, baseRegion: session.baseRegion)
        if hunt.source != .s3Access, case .objects(let bucket, _) = LogLocation(definition.location),
            case .objects(_, let folder) = LogLocation(definition.location + "/")
        {
            let service = hunt.source == .cloudTrail ? "CloudTrail" : "vpcflowlogs"
            var regions: Set<String> = []
            for account in try await store.folders(in: bucket, under: folder) {
                let found = try await store.folders(in: bucket, under: "\(folder)\(account)/\(service)/")
                if !found.isEmpty { definition.accounts.append(account) }
                regions.formUnion(found)
            }
            definition.regions = regions.sorted()
            guard !definition.accounts.isEmpty else {
                throw Failure(
                    "the table cannot be created", why: "\(place) has no folder of an account with \(service)",
                    advice: "name the folder above AWSLogs, or AWSLogs/o-… of an organization, with --logs")
            }
        }
        warn(
            "creating the table \(settings.database).\(tableName): "
                + definition.athenaStatement.replacing("\n", with: " "))
        try await engine.run(definition.athenaStatement)
    }
}

extension HuntRun {
    /// The query that a hunt with Athena would run, and an estimate of its cost. Nothing is run.
    /// - Throws: ``Failure``
    public func athenaPlan(_ settings: AthenaSettings, in environment: RunEnvironment) async throws -> String {
        try await AthenaSelection(self, settings, in: environment).plan()
    }
}
