import Basics
import GRDB

/// The index of the triples of characters in findings, for searches. A row of a finding that was deleted stays in it and
/// is found by nothing, because numbers are never used twice.
///
/// Source: SQLite, "FTS5 Extension", sections "The Trigram Tokenizer" and "External Content Tables".
enum SearchIndex {
    /// The columns of findings that a search looks into, as SQL.
    static let columns = #"title, message, resource, arn, name, account, region, "check""#
    private static let marks = "?, ?, ?, ?, ?, ?, ?, ?"

    private static func values(_ finding: StoredFinding) -> [String?] {
        [
            finding.title, finding.message, finding.resource, finding.arn, finding.name, finding.account,
            finding.region, finding.check,
        ]
    }

    /// Brings the index up to date after a finding was written.
    /// - Parameter known: the finding as it was before.
    static func update(_ known: StoredFinding?, _ finding: StoredFinding, _ database: Database) throws {
        let (old, new) = (known.map(values), values(finding))
        guard old != new,
            let number = try Int64.fetchOne(
                database, sql: "SELECT number FROM finding WHERE id = ?", arguments: [finding.id])
        else { return }
        if let old {
            try database.execute(
                sql: """
                    INSERT INTO findingText (findingText, rowid, \(columns)) VALUES ('delete', ?, \(marks))
                    """, arguments: [number] + StatementArguments(old))
        }
        try database.execute(
            sql: "INSERT INTO findingText (rowid, \(columns)) VALUES (?, \(marks))",
            arguments: [number] + StatementArguments(new))
    }

    /// Makes the index anew from the findings, without what was deleted.
    static func rebuild(_ database: Database) throws {
        try database.execute(sql: "INSERT INTO findingText (findingText) VALUES ('rebuild')")
    }
}
