public import Basics
public import Foundation
import GRDB

/// The state of a store's file.
public struct StoreHealth: Sendable, Hashable {
    /// The name of the latest migration of the tables.
    public var version: String
    /// The size of the file with its log, in bytes.
    public var bytes: Int
    /// The number of rows of each table.
    public var rows: [Table]
    /// What SQLite finds damaged; empty if nothing is.
    public var problems: [String]

    public struct Table: Sendable, Hashable {
        public var name: String
        public var rows: Int
    }
}

extension StoreHealth {
    /// The state of a file that is too damaged to be opened.
    public init(damage: String, at path: String) {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        self.init(version: "", bytes: size.flatMap(\.self) ?? 0, rows: [], problems: [damage])
    }
}

extension Store {
    /// The number of problems that are listed.
    private static let mostProblems = 20

    /// Examines the whole file. It takes longer the larger the file is.
    /// - Throws: ``Failure`` if the file cannot be read.
    public func health() throws(Failure) -> StoreHealth {
        try read("the store") { database in
            let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check(\(Self.mostProblems))")
            let orphans = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(Self.mostProblems).map {
                "a row of \($0[0] as String) belongs to a row of \($0[2] as String) that does not exist"
            }
            let rows = try Schema.tables.map {
                StoreHealth.Table(
                    name: $0, rows: try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \"\($0)\"") ?? 0)
            }
            return StoreHealth(
                version: try Schema.migrator.appliedMigrations(database).last ?? "", bytes: size, rows: rows,
                problems: (integrity == ["ok"] ? [] : integrity) + orphans)
        }
    }

    /// The size of the file with its log, in bytes.
    private var size: Int {
        [path, "\(path)-wal"].reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    /// What was deleted, and the size of the file before and afterwards, in bytes.
    public struct Pruning: Sendable, Hashable {
        public var deleted: [StoreHealth.Table]
        public var bytesBefore: Int
        public var bytesAfter: Int
    }

    /// Deletes what is older than `time` and closed.
    ///
    /// What is open stays, whatever its age: failing and unknown findings, findings with a mute, unacknowledged alerts,
    /// messages that were not sent, baselines, cursors; also the latest scan, the latest verification, and the latest
    /// change of each finding.
    /// - Throws: ``Failure`` if the file cannot be changed; then nothing is deleted.
    public func prune(olderThan time: Date) throws(Failure) -> Pruning {
        let before = size
        let deleted = try write("the store without old rows") { database in
            let deleted = try Self.prunings(before: time.timeIntervalSince1970).map { table, condition in
                try database.execute(sql: "DELETE FROM \"\(table)\" WHERE \(condition)")
                return StoreHealth.Table(name: table, rows: database.changesCount)
            }
            if deleted.contains(where: { $0.name == "finding" && $0.rows > 0 }) { try SearchIndex.rebuild(database) }
            return deleted
        }
        // Space is given back if no other process is using the file; otherwise it is used for new rows.
        try? pool.vacuum()
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        return Pruning(deleted: deleted.filter { $0.rows > 0 }, bytesBefore: before, bytesAfter: size)
    }

    /// Counts what ``prune(olderThan:)`` would delete. Changes and standings that would go with their finding or scan are
    /// not counted, as they are not there.
    /// - Throws: ``Failure`` if the file cannot be read.
    public func prunable(olderThan time: Date) throws(Failure) -> [StoreHealth.Table] {
        try read("the store") { database in
            try Self.prunings(before: time.timeIntervalSince1970).map { table, condition in
                StoreHealth.Table(
                    name: table,
                    rows: try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM \"\(table)\" WHERE \(condition)") ?? 0)
            }.filter { $0.rows > 0 }
        }
    }

    /// The size of the file with its log, in bytes, as ``Pruning`` has it.
    public var bytes: Int { size }

    /// The conditions of the rows to delete, table by table.
    private static func prunings(before time: TimeInterval) -> [(table: String, condition: String)] {
        [
            (
                "change",
                "time < \(time) AND number NOT IN (SELECT MAX(number) FROM change GROUP BY finding)"
            ),
            (
                "finding",
                """
                lastSeen < \(time) AND changed < \(time) AND status NOT IN ('fail', 'unknown')
                AND id NOT IN (SELECT finding FROM mute)
                AND id NOT IN (SELECT finding FROM alert WHERE finding IS NOT NULL AND acknowledged IS NULL)
                """
            ),
            ("scan", "finished < \(time) AND id <> (SELECT id FROM scan ORDER BY finished DESC LIMIT 1)"),
            ("mute", "until < \(time)"),
            ("alert", "stored < \(time) AND acknowledged IS NOT NULL"),
            (
                "verification",
                "time < \(time) AND number <> (SELECT number FROM verification ORDER BY time DESC LIMIT 1)"
            ),
            ("traffic", "hour < \(Int(time / 3_600))"), ("access", "day < \(Int(time / 86_400))"),
            ("object", "read < \(time)"), ("journal", "ended < \(time)"),
            ("delivery", "created < \(time) AND state IN ('sent', 'merged')"),
        ]
    }
}
