public import Basics

/// The query that brings back the rows that a hunt needs.
public struct RowQuery: Sendable {
    public let sieve: HuntSieve
    public let dialect: SQLDialect
    /// The greatest number of rows; `nil` for no limit.
    public var limit: Int?
    /// The expression of the place of a row's object.
    public var objectPath: String

    public init(_ sieve: HuntSieve, in dialect: SQLDialect, limit: Int? = nil) {
        self.sieve = sieve
        self.dialect = dialect
        self.limit = limit
        objectPath = dialect.objectPath
    }

    /// The name of the first column: the place of the object that the row comes from.
    public static let pathColumn = "path"

    /// The columns of a query that sums, after those of the table, and the record if the table has it: the number of a row's
    /// records, their latest time, and, if the row is a sum, the sums of the parts of the hour, with spaces between them.
    static let sumColumns = ["records", "last_time", "parts"]

    /// The place of a row's object, of tables in Spark that have no column for it.
    public static let sparkFileName = "input_file_name()"

    /// The statement. Its columns are the place of the row's object, and then the table's ``LogTable/recordColumn``, or its
    /// ``LogTable/leaves``. A query that sums has ``sumColumns`` besides; a query that omits small groups, whether it could
    /// not read the record's time.
    public var text: String {
        let text =
            sieve.sums(in: dialect, objectPath: objectPath) ?? sieve.groups(in: dialect, objectPath: objectPath)?.text
            ?? rows
        return text + (limit.map { "\nLIMIT \($0)" } ?? "")
    }

    private var rows: String {
        let table = sieve.table
        let columns =
            ["\(objectPath) AS \(dialect.identifier(Self.pathColumn))"]
            + Self.columns(of: table, in: dialect).map { $0.definition }
        return "SELECT\n  \(columns.joined(separator: ",\n  "))\nFROM \(dialect.name(of: table))\nWHERE \(condition)"
    }

    /// The columns of a record.
    static func columns(of table: LogTable, in dialect: SQLDialect) -> [(definition: String, name: String)] {
        if let record = dialect.record(of: table).first { return [(record, record)] }
        return table.leaves.map { leaf in
            let name = dialect.identifier(leaf.field)
            return ("\(dialect.selected(leaf.value)) AS \(name)", name)
        }
    }

    /// The parts of the condition on lines of their own.
    private var condition: String {
        guard case .all(let parts) = sieve.conditionInRange else { return lines(sieve.conditionInRange) }
        return parts.map(lines).joined(separator: "\nAND ")
    }

    private func lines(_ condition: SQLCondition) -> String {
        guard case .any(let parts) = condition else { return dialect.condition(condition) }
        return SQLDialect.balanced(parts.map(dialect.condition)[...], "\n  OR ")
    }

    /// Athena's limit on a statement, in bytes (Amazon Athena API Reference, `StartQueryExecution`).
    public static let athenaLimit = 262_144

    /// - Throws: ``Failure`` if the statement is longer than Athena accepts.
    public func checkLength() throws(Failure) {
        let size = text.utf8.count
        guard dialect == .athena, size > Self.athenaLimit else { return }
        throw Failure(
            "the rules do not fit into one query", why: "it has \(size) bytes, and Athena accepts \(Self.athenaLimit)",
            advice: "run fewer rules at once, with --rules")
    }
}

extension SQLDialect {
    /// The record as it stands in the log, if the table has it.
    func record(of table: LogTable) -> [String] { table.recordColumn.map { [identifier($0)] } ?? [] }

    /// The values of ``RowQuery/sumColumns``. Equal records that are not summed are one row with their number.
    /// - Parameters:
    ///   - time: the time of a record, whose greatest value is the latest time.
    ///   - parts: the sum of each part of the hour, as text.
    func sums(last time: String, parts: [String]) -> [String] {
        let values = [
            asText("count(*)"), asText("max(\(time))"),
            "CASE WHEN is_sum THEN concat_ws(' ', \(parts.joined(separator: ", "))) END",
        ]
        return zip(values, RowQuery.sumColumns).map { "\($0) AS \(identifier($1))" }
    }
}
