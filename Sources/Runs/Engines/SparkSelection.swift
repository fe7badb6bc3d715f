import AWSClient
import Basics
import DistributedEngines
import FoundationEssentials
import Hunting
import LogReaders
import LogSources
import SparkConnect

/// A hunt's records, selected with Spark.
struct SparkSelection: Sendable {
    private let hunt: HuntRun
    private let settings: SparkSettings
    private let environment: RunEnvironment

    init(_ hunt: HuntRun, _ settings: SparkSettings, in environment: RunEnvironment) {
        self.hunt = hunt
        self.settings = settings
        self.environment = environment
    }

    /// Runs the query.
    /// - Throws: ``Failure``; `CancellationError`
    func run(progress: @escaping @Sendable (LogProgress.State) -> Void) async throws -> SelectedRecords {
        try await SparkSession.with(settings.url, clientType: Version.userAgent) { session in
            let engine = SparkEngine(session)
            func rows(_ query: RowQuery) async throws -> SparkEngine.Rows {
                for remark in query.sieve.remarks { environment.warn(remark) }
                if settings.isStrict { try query.sieve.checkStrictly() }
                return try await engine.rows(query, maxRows: settings.maxRows) {
                    progress(LogProgress.State(tasks: $0.completedTasks, of: $0.tasks, bytes: $0.bytesRead))
                }
            }
            var wanted = try hunt.wanted(at: environment.aws.now())
            let query = try await query(engine, wanted)
            let found = try await rows(query)
            guard found.sumsOtherColumns else { return selected(found, query.sieve) }
            // Each file is then read by its own header line.
            wanted.summable = nil
            let whole = try await self.query(engine, wanted)
            return selected(try await rows(whole), whole.sieve)
        }
    }

    private func selected(_ rows: SparkEngine.Rows, _ sieve: HuntSieve) -> SelectedRecords {
        var doubts = sieve.doubts(about: rows.store)
        let read = rows.read
        // Rows that came back were read. Without them, only the server can say that there was anything to read.
        if rows.store.rowCount == 0, (read.rows ?? read.files ?? 0) == 0 {
            doubts.append("Spark found no data: check --logs, --table and the time range")
        }
        let files = read.files.map { "\($0) file\($0 == 1 ? "" : "s"), " } ?? ""
        return SelectedRecords(
            places: settings.table.map { ["spark:\($0)"] } ?? settings.places, store: rows.store,
            scanned: read.bytes ?? 0, doubts: doubts,
            notes: [
                "Spark scanned \(files)\(ByteCount.text(read.bytes ?? 0)) and returned \(rows.store.returned)"
            ])
    }

    /// The query, after its view was made.
    private func query(_ engine: SparkEngine, _ wanted: WantedRecords) async throws -> RowQuery {
        guard let name = settings.table else {
            let definition = try definition()
            try await engine.run(definition.sparkStatement)
            guard !settings.readsParquet else {
                let (table, _) = try await engine.table(definition.name, of: hunt.source)
                return RowQuery(HuntSieve(wanted, on: table), in: .spark)
            }
            return RowQuery(HuntSieve(wanted, on: definition.sparkView), in: .spark)
        }
        let (table, hasPath) = try await engine.table(name, of: hunt.source)
        var query = RowQuery(HuntSieve(wanted, on: table), in: .spark)
        if !hasPath { query.objectPath = RowQuery.sparkFileName }
        return query
    }

    /// The view over the files.
    private func definition() throws(Failure) -> TableDefinition {
        let format = hunt.flowFormat.flatMap { FlowFormat($0) } ?? .version2
        let fields = format.columns.compactMap(\.self)
        guard fields.count == format.columns.count else {
            throw Failure(
                "Spark cannot read the flow logs", why: "--flow-format has an unknown field",
                advice: "name the columns as AWS does, such as srcaddr or bytes")
        }
        var definition = TableDefinition(hunt.source, location: settings.places[0], flowFields: fields)
        definition.moreLocations = Array(settings.places.dropFirst())
        if settings.readsParquet { definition.format = .parquet }
        return definition
    }
}
