import ArgumentParser
import Basics
import DistributedEngines
import FoundationEssentials
import LogReaders
import Runs

/// The engine that selects the records, and its tables.
struct EngineOptions: ParsableArguments {
    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case local, spark, athena
    }

    @Option(help: "Where records are selected: local (the default), spark or athena.") var engine: Engine = .local

    @Option(help: "Print the query of an engine, athena or spark, and the table that it expects; nothing is run.")
    var printSQL: SQLDialect?

    @Option(
        help: .value(
            "url",
            "Spark Connect server, as sc://host:port; the token is read from SPARK_CONNECT_AUTHENTICATE_TOKEN, or is in the URL."
        ))
    var spark: String?

    @Flag(help: "The flow logs are Parquet files; needs --engine spark.") var parquet = false

    @Option(help: .value("name", "Athena's workgroup.")) var workgroup = "primary"
    @Option(help: .value("name", "Database with the table.")) var database: String?
    @Option(help: .value("name", "Table with the logs, if it does not have its usual name.")) var table: String?

    @Flag(help: "Print the query for a table of Amazon Security Lake; other queries recognize the table.")
    var securityLake = false

    @Option(help: .value("s3-url", "Where Athena writes the result, if the workgroup does not say."))
    var outputLocation: String?

    @Option(help: .value("number", "Maximum number of records that the engine returns; more are an error."))
    var maxRows = 200_000

    @Option(help: .value("size", "Maximum data that a query may scan, such as 100GB."), transform: EngineOptions.size)
    var maxScan: Int?

    @Flag(help: "Print the query and an estimate of its cost; nothing is run.") var dryRun = false
    @Flag(help: "Create the table over --logs in Athena if it does not exist.") var createTables = false

    @Flag(help: "Fail if the engine cannot select the records of a rule, instead of returning all records.")
    var strictEngine = false

    func validate() throws {
        switch engine {
        case .spark:
            if spark == nil { throw ValidationError("--engine spark requires --spark sc://host:port") }
            if dryRun || createTables || maxScan != nil || outputLocation != nil || database != nil {
                throw ValidationError(
                    "--database, --dry-run, --create-tables, --max-scan and --output-location need --engine athena")
            }
        case .athena:
            if database == nil { throw ValidationError("--engine athena requires --database") }
            if let athena { try ArgumentValue.valid(try athena.check()) }
        case .local:
            let isSet = dryRun || createTables || strictEngine || maxScan != nil || outputLocation != nil
            if isSet {
                throw ValidationError(
                    "--dry-run, --create-tables, --strict-engine, --max-scan and --output-location need --engine athena"
                )
            }
        }
        if securityLake, printSQL == nil { throw ValidationError("--security-lake needs --print-sql") }
        if engine != .spark, spark != nil || parquet {
            throw ValidationError("--spark and --parquet need --engine spark")
        }
    }

    /// How Athena is used; `nil` if it is not.
    var athena: AthenaSettings? {
        guard engine == .athena, let database else { return nil }
        var settings = AthenaSettings(workGroup: workgroup, database: database)
        (settings.table, settings.output) = (table, outputLocation)
        (settings.maxRows, settings.maxScan) = (maxRows, maxScan)
        (settings.isStrict, settings.createsTable) = (strictEngine, createTables)
        return settings
    }

    /// How Spark is used; `nil` if it is not.
    /// - Throws: `ValidationError` if an option does not fit.
    func spark(_ selection: LogOptions) throws -> SparkSettings? {
        guard engine == .spark, let spark else { return nil }
        let environment = ProcessInfo.processInfo.environment
        var settings = try ArgumentValue.valid(
            try SparkSettings(spark, table: table, logs: selection.logs, environment: environment))
        (settings.maxRows, settings.isStrict, settings.readsParquet) = (maxRows, strictEngine, parquet)
        try ArgumentValue.valid(try settings.check(selection.source))
        return settings
    }

    @Sendable private static func size(_ text: String) throws -> Int {
        guard let size = ByteCount.parse(text) else {
            throw ValidationError("'\(text)' is not an amount of data, such as 100GB")
        }
        return size
    }
}
