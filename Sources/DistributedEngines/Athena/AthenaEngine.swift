public import AWSClient
public import Basics
public import LogReaders

/// Runs queries in Amazon Athena.
public struct AthenaEngine: Sendable {
    private let client: Client
    private let region: String
    public var workGroup: String
    /// The database of the table; also of names without one.
    public var database: String
    /// Where results go, `s3://bucket/prefix/`; `nil` for the workgroup's own place.
    public var output: String?
    /// In bytes; `nil` for no limit.
    public var maxScan: Int?
    /// Returns the token of a new query, which Athena uses to start it only once.
    public var token: @Sendable () -> String
    public var sleep: @Sendable (Duration) async throws -> Void

    /// - Parameter region: the Region of the workgroup.
    public init(
        _ client: Client, in region: String, workGroup: String, database: String, output: String? = nil,
        maxScan: Int? = nil,
        token: @escaping @Sendable () -> String,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.client = client
        self.region = region
        self.workGroup = workGroup
        self.database = database
        self.output = output
        self.maxScan = maxScan
        self.token = token
        self.sleep = sleep
    }

    /// The result of a query.
    public struct Rows: Sendable {
        public var store: RowStore
        /// The bytes that Athena scanned, in all attempts.
        public var scanned: Int
    }

    // MARK: Before the query

    /// Checks that the workgroup can run a query and keep its result.
    /// - Returns: the bytes at which the workgroup cancels a query; `nil` if it has no limit.
    /// - Throws: ``Failure``
    @discardableResult public func checkWorkGroup() async throws(Failure) -> Int? {
        let group = try await send(Athena.getWorkGroup(workGroup), "the workgroup \(workGroup) cannot be read")
            .workGroup
        if group.state == "DISABLED" {
            throw Failure(
                "the workgroup \(workGroup) cannot run queries", why: "it is disabled",
                advice: "use another --workgroup")
        }
        let settings = group.configuration
        if settings?.managedQueryResultsConfiguration?.enabled == true {
            guard output == nil else {
                throw Failure(
                    "--output-location cannot be used", why: "the workgroup \(workGroup) keeps query results itself",
                    advice: "omit the option")
            }
        } else if output == nil, settings?.resultConfiguration?.outputLocation?.isEmpty ?? true {
            throw Failure(
                "Athena has no place for the result", why: "the workgroup \(workGroup) has no output location",
                advice: "add --output-location s3://bucket/prefix/")
        }
        return settings?.bytesScannedCutoffPerQuery
    }

    /// The table as AWS Glue describes it.
    /// - Throws: ``Failure``, also if a column that the log cannot do without is missing.
    public func table(_ name: String, of source: LogSource) async throws(Failure) -> LogTable {
        let answer = try await send(
            Glue.getTable(name, in: database), "the table \(database).\(name) cannot be read",
            advice: "name an existing table with --table, or add --create-tables")
        let columns = answer.table.storageDescriptor?.columns ?? []
        let table = LogTable(
            source, database: database, name: name,
            columns: columns.compactMap { column in
                // A column whose type is not understood is as good as none.
                column.type.flatMap { ColumnType(parsing: $0) }.map { LogTable.Column(column.name, $0) }
            },
            days: Self.days(of: answer.table))
        try table.checkFields()
        return table
    }

    /// The partitions by day that partition projection makes, if their names sort by time.
    static func days(of table: GetTableAnswer.Table) -> LogTable.DayPartitions? {
        let properties = table.parameters ?? [:]
        for key in table.partitionKeys ?? [] {
            guard properties["projection.\(key.name).type"]?.lowercased() == "date",
                let format = properties["projection.\(key.name).format"]
            else { continue }
            for separator in ["/", "-", ""] where format.hasPrefix(["yyyy", "MM", "dd"].joined(separator: separator)) {
                return LogTable.DayPartitions(column: key.name, separator: separator)
            }
        }
        return nil
    }

    // MARK: The query

    /// Runs a statement and returns its rows.
    /// - Parameter maxRows: the query fails if there are more rows.
    /// - Throws: ``Failure``: nothing is returned of a query that did not succeed, or that brought back too many rows;
    ///   `CancellationError`, after the query was stopped.
    public func rows(
        _ query: RowQuery, maxRows: Int, progress: @Sendable (String) -> Void = { _ in }
    ) async throws -> Rows {
        var query = query
        query.limit = maxRows + 1
        try query.checkLength()
        var store = RowStore(query.sieve.table)
        let (id, scanned) = try await finish(query.text, progress)
        var token: String?
        var seen: Set<String> = []
        var isFirst = true
        repeat {
            try Task.checkCancellation()
            let page = try await send(
                Athena.getQueryResults(id, after: token), "the result of the query cannot be read")
            for row in page.resultSet.rows {
                let values = (row.data ?? []).map(\.varCharValue)
                let isHeader = isFirst && values.first == RowQuery.pathColumn
                isFirst = false
                if isHeader { continue }
                try store.add(path: values.first ?? nil, Array(values.dropFirst()))
                guard store.rowCount + store.unreadable <= maxRows else {
                    throw Failure(
                        "the query brings back too many rows", why: "more than \(maxRows) records match its condition",
                        advice: "shorten the time range, run fewer rules, or raise --max-rows")
                }
            }
            token = page.nextToken
            if let token, !seen.insert(token).inserted {
                throw Failure(
                    "the result of the query cannot be read", why: "Athena repeats a page token", advice: "try again")
            }
        } while token != nil
        return Rows(store: store, scanned: scanned)
    }

    /// Runs a statement that returns no rows.
    /// - Throws: ``Failure``; `CancellationError`
    public func run(_ statement: String) async throws {
        _ = try await finish(statement) { _ in }
    }

    /// - Returns: the query's ID and the bytes that it scanned.
    private func finish(
        _ statement: String, _ progress: @Sendable (String) -> Void
    ) async throws -> (id: String, scanned: Int) {
        var state = QueryState(maxScan: maxScan)
        var id = try await start(statement)
        do {
            while true {
                try Task.checkCancellation()
                let execution = try await send(
                    Athena.getQueryExecution(id), "the state of the query \(id) cannot be read"
                ).queryExecution
                progress("\(execution.status.state.lowercased()), \(ByteCount.text(state.scanned)) scanned")
                switch state.take(execution) {
                case .wait(let pause): try await sleep(pause)
                case .fetch:
                    // A short query can end before its statistics show that it scans too much.
                    return (id, state.scanned)
                case .startAgain: id = try await start(statement)
                case .stop(let failure):
                    await stop(id)
                    throw failure
                case .fail(let failure): throw failure
                }
            }
        } catch  where Task.isCancelled {
            await stop(id)
            throw CancellationError()
        }
    }

    private func start(_ statement: String) async throws(Failure) -> String {
        do throws(AWSError) {
            return try await client.send(
                Athena.startQueryExecution(
                    statement, token: token(), workGroup: workGroup, database: database, output: output), in: region
            ).queryExecutionID
        } catch {
            throw Failure("the query cannot be started", error)
        }
    }

    /// Stops a query that nobody waits for, so that it costs no more. Its end is not awaited.
    private func stop(_ id: String) async {
        // The task may be cancelled, and with it every call that it makes.
        await Task.detached { [client, region] in
            _ = try? await client.send(Athena.stopQueryExecution(id), in: region)
        }.value
    }

    private func send<Output>(
        _ request: ReadRequest<Output>, _ what: String, advice: String? = nil
    ) async throws(Failure) -> Output {
        do throws(AWSError) {
            return try await client.send(request, in: region)
        } catch {
            var failure = Failure(what, error)
            if let advice, error.code == "EntityNotFoundException" { failure.advice = advice }
            throw failure
        }
    }
}
