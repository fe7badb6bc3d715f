public import Basics
public import DistributedEngines
public import FoundationEssentials
import Hunting
import LogReaders

/// What `--print-sql` prints: the table that the query expects, and the query, for people who run it by themselves.
public struct PrintedQuery: Sendable {
    private let query: RowQuery
    private let definition: TableDefinition

    /// - Parameters:
    ///   - hunt: its source, rules, times and flow format count; its logs are the table's location if they are in S3.
    ///   - table: the table's name; `nil` for the usual one.
    ///   - moment: the current time.
    /// - Throws: ``Failure`` if no rule would run, or if the query is too long.
    public init(
        _ hunt: HuntRun, in dialect: SQLDialect, database: String?, table: String?, moment: Date = Date()
    ) throws(Failure) {
        let definition = hunt.definition(database: database, table: table)
        let table = dialect == .spark ? definition.sparkView : definition.table
        let query = RowQuery(HuntSieve(try hunt.wanted(at: moment), on: table), in: dialect)
        try query.checkLength()
        self.query = query
        self.definition = definition
    }

    public var text: String {
        let sieve = query.sieve
        var lines = [
            "-- Selects the records of \(definition.source.rawValue) that Parapet's rules need, and some others. Only the",
            "-- local matcher decides which of them raise alerts. The query expects this table:",
        ]
        let statement = query.dialect == .athena ? definition.athenaStatement : definition.sparkStatement
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
