public import Basics
import Foundation
import GRDB

extension Store {
    /// Passes on every row of every table, as an object whose `type` is the table's name. Rows of one moment: what other
    /// processes write meanwhile is not among them.
    /// - Parameter pass: receives one row at a time.
    /// - Throws: ``Failure`` if the file cannot be read; errors that `pass` throws.
    public func export(_ pass: (JSON) throws -> Void) throws {
        var failed: (any Error)?
        try read("the store") { database in
            for table in Schema.tables {
                let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \"\(table)\" ORDER BY rowid")
                while let row = try rows.next() {
                    do {
                        try pass(Self.record(row, of: table))
                    } catch {
                        failed = error
                        return
                    }
                }
            }
        }
        if let failed { throw failed }
    }

    private static func record(_ row: Row, of table: String) -> JSON {
        .members(
            [JSON.Object.Member("type", .string(table))]
                + row.map { column, value in
                    JSON.Object.Member(column, Self.value(value, of: "\(table).\(column)"))
                })
    }

    private static func value(_ value: DatabaseValue, of column: String) -> JSON {
        switch value.storage {
        case .null: .null
        case .int64(let number): flags.contains(column) ? .bool(number != 0) : .int(number)
        case .double(let number): times.contains(column) ? JSON(Moment(seconds: number)) : .double(number)
        case .string(let text): documents.contains(column) ? (try? JSON(parsing: text)) ?? .string(text) : .string(text)
        case .blob(let bytes): (try? JSON(parsing: Array(bytes))) ?? .string(bytes.base64EncodedString())
        }
    }

    /// Columns that hold seconds since 1970; they are exported in ISO 8601.
    private static let times: Set = [
        "scan.started", "scan.finished", "standing.time", "finding.firstSeen", "finding.lastSeen", "finding.changed",
        "finding.resolved", "change.time", "mute.since", "mute.until", "alert.time", "alert.lastTime", "alert.stored",
        "alert.acknowledged", "verification.time", "verification.from", "verification.to", "coverage.from",
        "coverage.to", "problem.from", "problem.to", "access.lastTime", "baseline.updated", "cursor.updated",
        "object.read", "journal.begun", "journal.ended", "delivery.created", "delivery.due", "delivery.sent",
        "sign.updated",
    ]

    private static let flags: Set = [
        "scan.isPartial", "finding.hasFix", "problem.isInformation", "traffic.isUnusual", "access.isRefused",
    ]

    /// Columns that hold JSON; they are exported as such.
    private static let documents: Set = [
        "scan.accounts", "scan.regions", "scan.checks", "finding.record", "alert.record", "traffic.peers",
        "access.addresses", "cursor.content", "journal.content", "delivery.content", "sign.content",
    ]
}
