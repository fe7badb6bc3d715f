internal import Basics
public import LogReaders
public import SparkConnect
import Synchronization

/// Runs queries in a session of Spark Connect.
public struct SparkEngine: Sendable {
    private let session: SparkSession

    public init(_ session: SparkSession) {
        self.session = session
    }

    /// The result of a query.
    public struct Rows: Sendable {
        public var store: RowStore
        /// What the query read, by the server's metrics of its scans.
        public var read: SparkReading
        /// Whether the query summed lines whose columns are others than it expects, so that the sums count for nothing.
        public var sumsOtherColumns = false
    }

    /// A table, or a view, as Spark describes it.
    /// - Parameter name: with dots between the names of catalog, database and table.
    /// - Throws: ``Failure``, also if a column that the log cannot do without is missing; `CancellationError`.
    public func table(_ name: String, of source: LogSource) async throws -> (table: LogTable, hasPath: Bool) {
        let names = name.split(separator: ".").map(String.init)
        let described = Mutex<[LogTable.Column]>([])
        let isPastColumns = Mutex(false)
        let quoted = names.map(SQLDialect.spark.identifier).joined(separator: ".")
        _ = try await session.rows("DESCRIBE TABLE \(quoted)") { stream in
            guard stream.columns.count >= 2, case .texts(let columns) = stream.columns[0].values,
                case .texts(let types) = stream.columns[1].values
            else {
                throw Failure(
                    "the table \(name) cannot be read", why: "Spark describes it in an unknown form",
                    advice: "report it")
            }
            for (column, type) in zip(columns, types) {
                // Below the columns stand the partitions, which are columns as well.
                if (column ?? "").isEmpty || column?.hasPrefix("#") == true { isPastColumns.withLock { $0 = true } }
                guard !isPastColumns.withLock(\.self), let column,
                    // A column whose type is not understood is as good as none.
                    let type = type.flatMap({ ColumnType(parsing: $0) })
                else { continue }
                described.withLock { $0.append(LogTable.Column(column.lowercased(), type)) }
            }
        }
        let columns = described.withLock(\.self)
        var table = LogTable(
            source, database: names.dropLast().last, name: names.last ?? name, columns: columns)
        if names.count > 2 { table.catalog = names[0] }
        try table.checkFields()
        return (table, columns.contains { $0.name == RowQuery.pathColumn })
    }

    /// Runs a statement that returns no rows.
    /// - Throws: ``Failure``; `CancellationError`
    public func run(_ statement: String) async throws {
        try await session.run(statement)
    }

    /// Runs a query and returns its rows.
    /// - Parameter maxRows: the query fails if there are more rows.
    /// - Throws: ``Failure``: nothing is returned of a query that did not succeed, or that brought back too many rows;
    ///   `CancellationError`, after the query was stopped.
    public func rows(
        _ query: RowQuery, maxRows: Int, progress: @escaping @Sendable (SparkProgress) -> Void = { _ in }
    ) async throws -> Rows {
        let table = query.sieve.table
        let store = Mutex(RowStore(table))
        // Without a limit in the query: it would collect all rows in one task.
        let read = try await session.rows(query.text, progress: progress) { stream in
            try store.withLock { store throws(Failure) in try Self.add(stream, to: &store, maxRows: maxRows) }
        }
        let result = store.withLock(\.self)
        guard let format = Self.otherColumns(result, query.sieve) else { return Rows(store: result, read: read) }
        if query.sieve.sumsRecords { return Rows(store: result, read: read, sumsOtherColumns: true) }
        throw Failure(
            "the flow logs have other columns than the query expects",
            why: "a file begins with \(format.columns.map { $0?.rawValue ?? "?" }.joined(separator: " "))",
            advice: "name the columns with --flow-format")
    }

    private static func add(_ stream: ArrowStream, to store: inout RowStore, maxRows: Int) throws(Failure) {
        var columns: [[String?]] = []
        for column in stream.columns {
            guard case .texts(let values) = column.values else {
                throw Failure(
                    "the result of the query cannot be read", why: "the column \(column.name) is not a text",
                    advice: "report it")
            }
            columns.append(values)
        }
        for row in 0..<stream.rowCount {
            let path = columns.first?[row]
            // Spark writes places as URLs.
            try store.add(path: path.map { PercentEncoding.decode($0) ?? $0 }, columns.dropFirst().map { $0[row] })
        }
        guard store.rowCount + store.unreadable <= maxRows else { throw tooMany(maxRows) }
    }

    /// That more rows come back than the user allows.
    static func tooMany(_ maxRows: Int) -> Failure {
        Failure(
            "the query brings back too many rows", why: "more than \(maxRows) records match its condition",
            advice: "shorten the time range, run fewer rules, or raise --max-rows")
    }

    /// The columns of a header line, if the query expects others. Neither a condition on columns nor a sum of them says
    /// anything about lines whose columns are others.
    private static func otherColumns(_ store: RowStore, _ sieve: HuntSieve) -> FlowFormat? {
        guard sieve.sumsRecords || sieve.conditionInRange != .always, sieve.table.recordColumn != nil else {
            return nil
        }
        let expected = sieve.table.leaves.map(\.field)
        return store.formats.first { $0.columns.map { $0?.rawValue ?? "" } != expected }
    }
}
