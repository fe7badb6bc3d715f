public import Basics
public import DistributedEngines
public import FoundationEssentials
import Hunting
import LogReaders

/// What `--print-sql` prints: the table that the query expects, and the query, for people who run it by themselves.
public struct PrintedQuery: Sendable {
    private let query: RowQuery
    /// `nil` for a table of Amazon Security Lake, which creates its tables itself.
    private let definition: TableDefinition?

    /// - Parameters:
    ///   - hunt: its source, rules, times and flow format count; its logs are the table's location if they are in S3.
    ///   - table: the table's name; `nil` for the usual one.
    ///   - isOCSF: whether the table is one of Amazon Security Lake.
    ///   - moment: the current time.
    /// - Throws: ``Failure`` if no rule would run, if the query is too long, or if Security Lake does not collect the log.
    public init(
        _ hunt: HuntRun, in dialect: SQLDialect, database: String?, table: String?, isOCSF: Bool = false,
        moment: Date = Date()
    ) throws(Failure) {
        let definition = isOCSF ? nil : hunt.definition(database: database, table: table)
        let table =
            if let definition {
                dialect == .spark ? definition.sparkView : definition.table
            } else {
                try LogTable.ofSecurityLake(hunt.source, database: database, name: table)
            }
        var query = RowQuery(HuntSieve(try hunt.wanted(at: moment), on: table), in: dialect)
        if isOCSF, dialect == .spark { query.objectPath = RowQuery.sparkFileName }
        try query.checkLength()
        self.query = query
        self.definition = definition
    }

    public var text: String {
        let sieve = query.sieve
        var lines = [
            "-- Selects the records of \(sieve.table.source.rawValue) that Parapet's rules need, and some others. Only the",
            "-- local matcher decides which of them raise alerts. The query expects this table:",
        ]
        let statement =
            definition.map { query.dialect == .athena ? $0.athenaStatement : $0.sparkStatement }
            ?? "Amazon Security Lake's \(sieve.table.name), source version 2 (OCSF 1.1)"
        lines += statement.split(separator: "\n").map { "--   \($0)" } + [""]
        lines += sieve.remarks.map { "-- \($0)" }
        return lines.joined(separator: "\n") + "\n" + query.text + ";\n"
    }
}

extension HuntRun {
    /// The records that the hunt needs.
    /// - Throws: ``Failure`` if no rule would run.
    func wanted(at moment: Date) throws(Failure) -> WantedRecords {
        let hunt = Hunt(rules.collection, for: source, settings(at: moment), rulesOfBuckets: rules.ofBuckets)
        try rules.checkUse(hunt)
        return hunt.wanted
    }

    /// The table as `--create-tables` creates it.
    func definition(database: String?, table: String?) -> TableDefinition {
        let place = logs.names.first { $0.hasPrefix("s3://") } ?? "s3://BUCKET/PREFIX"
        let isTop = source == .s3Access || place.split(separator: "/").contains("AWSLogs")
        let fields = flowFormat.flatMap { FlowFormat($0) } ?? .version2
        return TableDefinition(
            source, database: database, name: table,
            location: isTop ? place : (place.hasSuffix("/") ? place : place + "/") + "AWSLogs",
            flowFields: fields.columns.compactMap(\.self))
    }
}

extension HuntSieve {
    /// What the query cannot narrow, and what the table does not have, as sentences.
    var remarks: [String] {
        unsieved.map { "\($0): the query cannot select its records, so it brings back every record" }
            + blind.map { "\($0.rule): the table does not have \($0.fields.joined(separator: ", "))" }
    }
}
