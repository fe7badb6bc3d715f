import Basics
public import LogReaders
import SparkConnect

/// How a hunt selects its records with Spark.
public struct SparkSettings: Sendable, Hashable {
    let url: SparkURL
    /// The table with the logs; `nil` for the files below the places of the logs.
    public let table: String?
    /// The places of the files, as Spark reads them.
    let places: [String]
    /// Whether the files are Parquet.
    public var readsParquet = false
    /// The greatest number of records that are brought back. More are an error.
    public var maxRows = 200_000
    /// Whether a rule whose records the query cannot select, or whose fields the table does not have, is an error.
    public var isStrict = false

    /// - Parameters:
    ///   - url: the server, `sc://host:port/;token=…`.
    ///   - environment: environment variables, of which one can have the token.
    /// - Throws: ``InvalidInput`` that names the option, and never quotes the URL, which can have a secret.
    public init(
        _ url: String, table: String?, logs: [String], environment: [String: String]
    ) throws(InvalidInput) {
        do {
            self.url = try SparkURL(url, token: environment[SparkURL.tokenVariable])
        } catch {
            throw InvalidInput("--spark: \(error.why): \(error.advice)")
        }
        self.table = table
        places = logs
        if let table {
            let names = table.split(separator: ".", omittingEmptySubsequences: false)
            if !(1...3).contains(names.count) || names.contains("") {
                throw InvalidInput("--table must be a name, or names with dots between them")
            }
            if !logs.isEmpty { throw InvalidInput("--logs and --table cannot be combined with --engine spark") }
        } else if logs.isEmpty {
            throw InvalidInput("--engine spark requires --logs or --table")
        }
        for place in logs where !place.contains(":/") {
            throw InvalidInput(
                "'\(place)' is not a URL that Spark reads, such as s3a://bucket/prefix or file:///folder")
        }
    }

    /// Checks the options before any work is done.
    /// - Throws: ``InvalidInput`` that names the option.
    public func check(_ source: LogSource?) throws(InvalidInput) {
        if !(1...10_000_000).contains(maxRows) { throw InvalidInput("--max-rows must be from 1 to 10000000") }
        if readsParquet, source != .vpcFlow || table != nil {
            throw InvalidInput("--parquet requires --source vpc-flow and --logs")
        }
    }
}
