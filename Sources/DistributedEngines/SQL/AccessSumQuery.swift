import Analytics
import LogReaders

/// The query over access logs that brings back most requests as hourly sums, and the other records as they are.
///
/// A row has the values of a record, and ``RowQuery/sumColumns``. The time of a sum is its earliest one, in seconds since
/// 1970, and its parts are the numbers of requests in each minute. ``SummableAccesses`` says which requests can be summed.
///
/// Windows are of an hour, so that no engine has to hold all requests of a busy client at once.
struct AccessSumQuery {
    let table: LogTable
    let dialect: SQLDialect
    let accesses: SummableAccesses
    /// The records in the wanted partitions, and those among them that rules need one by one.
    let range: SQLCondition
    let single: SQLCondition
    /// In seconds since 1970: `from` inclusive, `to` exclusive.
    let from: Int?
    let to: Int?
    /// The expression of the place of a row's object.
    let objectPath: String

    /// What the sums need of a record. The columns after the user agent tell whether a line was divided as it should be.
    private static let needed: [AccessField] = [
        .bucket, .time, .remoteIP, .requester, .requestID, .operation, .key, .status, .bytesSent, .userAgent,
        .cipherSuite, .tlsVersion,
    ]
    /// What a tally reads of a summed record, apart from its key, its user agent and its numbers. The sums of other fields
    /// are NULL.
    private static let kept: Set<AccessField> = [.bucket, .remoteIP, .requester, .operation, .status]

    /// Whether the table has what the sums need.
    static func fits(_ table: LogTable) -> Bool {
        needed.allSatisfy { field in table.leaves.contains { $0.field == field.name } }
            && Set(table.leaves.map(\.field)).count == table.leaves.count
    }

    private func name(_ field: AccessField) -> String { dialect.identifier(field.name) }
    private func isMatch(_ field: AccessField, _ expression: String) -> String {
        dialect.condition(.test(.text([field.name]), .matches(expression)))
    }

    var text: String {
        let path = dialect.identifier(RowQuery.pathColumn)
        return """
            SELECT
              \(([path] + table.leaves.map(result) + records + extraResults).joined(separator: ",\n  "))
            FROM (
            SELECT
              \(keys.joined(separator: ",\n  "))
            FROM (
            SELECT *, (\(isSummed)) AS is_sum
            FROM (
            SELECT *,
              \(windows.joined(separator: ",\n  "))
            FROM (
            SELECT *,
              \(outcomes.joined(separator: ",\n  "))
            FROM (
            SELECT *, \(dialect.accessSeconds(.text([AccessField.time.name]))) AS seconds
            FROM (
            SELECT
              \(columns.joined(separator: ",\n  "))
            FROM \(dialect.name(of: table))
            WHERE \(dialect.condition(range))
            ) AS requests
            ) AS timed
            WHERE \(isInRange)
            ) AS sorted
            ) AS ranked
            ) AS divided
            ) AS request_keys
            GROUP BY \(groups.joined(separator: ", "))
            """
    }

    // MARK: From the inside to the outside

    private var columns: [String] {
        ["\(objectPath) AS \(dialect.identifier(RowQuery.pathColumn))"]
            + table.leaves.map { "\(dialect.text($0.value)) AS \(dialect.identifier($0.field))" }
            + records + ["coalesce(\(dialect.condition(single)), FALSE) AS is_single"]
    }

    private var records: [String] { dialect.record(of: table) }

    /// Records without a readable time are for the matcher.
    private var isInRange: String {
        let bounds = [from.map { "seconds >= \($0)" }, to.map { "seconds < \($0)" }].compactMap(\.self)
        return bounds.isEmpty ? "TRUE" : "seconds IS NULL OR \(bounds.joined(separator: " AND "))"
    }

    private static let denied = 1
    private static let missing = 2
    private static let allowed = 3

    private var outcomes: [String] {
        let status = name(.status)
        return [
            "seconds - seconds % 3600 AS hour_start",
            """
            CASE WHEN \(status) IN ('401', '403') THEN \(Self.denied) WHEN \(status) = '404' THEN \(Self.missing) \
            WHEN \(isMatch(.status, "^[23][0-9][0-9]$")) THEN \(Self.allowed) ELSE 0 END AS outcome
            """,
            """
            CASE WHEN \(status) IN ('401', '403') THEN 0 ELSE coalesce(try_cast(\(name(.bytesSent)) AS bigint), 0) END \
            AS sent
            """,
            "coalesce(\(isPlain), FALSE) AS is_plain",
        ]
    }

    /// Whether a record is read in the same way from its columns, has a requester, and is no alert by itself.
    private var isPlain: String {
        // What stands in a line of its own without quotes.
        func isWord(_ field: AccessField) -> String { isMatch(field, "^[!#-~]+$") }
        let operation = isMatch(.operation, "^(REST|WEBSITE|BATCH|S3|SOAP)[.][!#-~]+$")
        func isAbsentOr(_ field: AccessField, _ test: String) -> String { "(\(name(field)) IS NULL OR \(test))" }
        return [
            "NOT is_single", "seconds BETWEEN \(accesses.times.lowerBound) AND \(accesses.times.upperBound)",
            isWord(.bucket), isWord(.requester), operation,
            isAbsentOr(.remoteIP, isWord(.remoteIP)), isAbsentOr(.key, isWord(.key)),
            isAbsentOr(.requestID, isWord(.requestID)), isMatch(.status, "^[0-9]{3}$"),
            isAbsentOr(.bytesSent, isMatch(.bytesSent, "^[0-9]{1,14}$")),
            isAbsentOr(.userAgent, isMatch(.userAgent, "^(\"[ !#-~]*\"|[ !#-~]+)$")),
            // Requests over plain HTTP are shown. AWS's own requests have no address.
            "(\(name(.remoteIP)) IS NULL OR length(\(name(.cipherSuite))) > 1 OR length(\(name(.tlsVersion))) > 1)",
            "NOT (\(isSensitive))",
        ].joined(separator: " AND ")
    }

    private var isTrailKey: String {
        dialect.condition(
            .any(
                accesses.trailPrefixes.map {
                    .test(.text([AccessField.key.name]), .like([.anyRun, .literal($0), .anyRun], folded: false))
                }
            ).simplified)
    }

    /// Whether the request can be one of the sensitive ones. AWS's own requests are none.
    private var isSensitive: String {
        let key = name(.key)
        let write = "\(isMatch(.operation, "[.](PUT|POST|COPY)[.]")) AND \(key) IS NOT NULL AND \(isTrailKey)"
        return """
            \(isMatch(.operation, SummableAccesses.sensitiveOperation)) \
            OR \(isMatch(.operation, "DELETE")) AND (\(key) IS NULL OR \(isTrailKey)) \
            OR \(write) AND NOT \(isMatch(.requester, "^svc:"))
            """
    }

    /// The ranks of a record among those of its client within the hour: by time, by size, and by time among those with the
    /// same outcome. Records that alerts show are the first of these.
    private var windows: [String] {
        let client = "is_plain, hour_start, \(name(.bucket)), \(name(.requester)), \(name(.remoteIP))"
        let order = "seconds, coalesce(\(name(.requestID)), '-')"
        return [
            "rank() OVER (PARTITION BY \(client) ORDER BY \(order)) AS time_rank",
            "rank() OVER (PARTITION BY \(client) ORDER BY sent DESC, \(order)) AS size_rank",
            "rank() OVER (PARTITION BY \(client), outcome ORDER BY \(order)) AS outcome_rank",
        ]
    }

    private var isSummed: String {
        """
        is_plain AND time_rank > 1 AND NOT (size_rank = 1 AND sent >= \(SummableAccesses.large)) \
        AND NOT (outcome IN (\(Self.denied), \(Self.missing)) AND outcome_rank <= \(SummableAccesses.earliest))
        """
    }

    /// Everything that rows must have in common to be summed. The keys count of denied requests and of missing objects;
    /// of the others, only of which kind they are. User agents count of allowed requests.
    private var keys: [String] {
        let leaves = table.leaves.map { leaf -> String in
            let column = dialect.identifier(leaf.field)
            switch AccessField(named: leaf.field) {
            case let field? where Self.kept.contains(field) || field == .key: return column
            case .userAgent:
                return "CASE WHEN is_sum AND outcome <> \(Self.allowed) THEN NULL ELSE \(column) END AS \(column)"
            default: return "CASE WHEN is_sum THEN NULL ELSE \(column) END AS \(column)"
            }
        }
        let key = name(.key)
        return ([dialect.identifier(RowQuery.pathColumn)] + records).map {
            "CASE WHEN is_sum THEN NULL ELSE \($0) END AS \($0)"
        } + leaves + [
            "is_sum", "CASE WHEN is_sum THEN hour_start END AS hour_key",
            """
            CASE WHEN NOT is_sum OR outcome IN (\(Self.denied), \(Self.missing)) THEN \(key) WHEN \(key) IS NULL THEN NULL \
            WHEN \(isTrailKey) THEN 'trail' ELSE 'other' END AS key_group
            """,
            "seconds", "seconds % 3600 - seconds % 60 AS minute_start", "sent",
        ]
    }

    private var groups: [String] {
        let others = table.leaves.filter { $0.field != AccessField.key.name }
        return [dialect.identifier(RowQuery.pathColumn)] + records + ["is_sum", "hour_key", "key_group"]
            + others.map { dialect.identifier($0.field) }
    }

    private func result(_ leaf: LogTable.Leaf) -> String {
        let column = dialect.identifier(leaf.field)
        switch AccessField(named: leaf.field) {
        case .time: return "CASE WHEN is_sum THEN \(dialect.asText("min(seconds)")) ELSE \(column) END AS \(column)"
        case .bytesSent: return "CASE WHEN is_sum THEN \(dialect.asText("sum(sent)")) ELSE \(column) END AS \(column)"
        // Any key of the group will do, but always the same one.
        case .key: return "min(\(column)) AS \(column)"
        default: return column
        }
    }

    private var extraResults: [String] {
        let minutes = (0..<60).map { number in
            dialect.asText("sum(CASE WHEN minute_start = \(number * 60) THEN 1 ELSE 0 END)")
        }
        return dialect.sums(last: "seconds", parts: minutes)
    }
}
