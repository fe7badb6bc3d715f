public import Basics
public import Foundation
import GRDB

/// What a watch needs to know about earlier work.
extension Store {
    /// The tags with which objects were read; objects that were not read are left out.
    public func readTags(of names: [String]) throws(Failure) -> [String: String] {
        try read("the list of objects") { database in
            var tags: [String: String] = [:]
            // SQLite bounds the number of arguments of a statement.
            for start in stride(from: 0, to: names.count, by: 500) {
                let part = Array(names[start..<min(start + 500, names.count)])
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT name, tag FROM object WHERE name IN (\(databaseQuestionMarks(count: part.count)))",
                    arguments: StatementArguments(part))
                for row in rows { tags[row["name"]] = row["tag"] }
            }
            return tags
        }
    }

    /// The names of the latest objects that were read since a time, the earliest first.
    public func objectsRead(since time: Date, limit: Int) throws(Failure) -> [String] {
        try read("the list of objects") {
            try String.fetchAll(
                $0, sql: "SELECT name FROM object WHERE read >= ? ORDER BY read DESC LIMIT ?",
                arguments: [time.timeIntervalSince1970, limit])
        }.reversed()
    }

    /// The baselines whose names begin with a text, the earliest first.
    public func baselines(named prefix: String) throws(Failure) -> [(name: String, content: Data, updated: Date)] {
        try read("the baselines") {
            try Row.fetchAll(
                $0,
                sql: "SELECT name, content, updated FROM baseline WHERE substr(name, 1, ?) = ? ORDER BY updated",
                arguments: [prefix.count, prefix]
            ).map { ($0["name"], $0["content"], $0.date("updated")) }
        }
    }

    /// The names of the baselines that begin with a text and were updated since a time, the earliest first.
    public func baselineNames(withPrefix prefix: String, since time: Date) throws(Failure) -> [String] {
        try read("the baselines") {
            try String.fetchAll(
                $0,
                sql: "SELECT name FROM baseline WHERE substr(name, 1, ?) = ? AND updated >= ? ORDER BY updated",
                arguments: [prefix.count, prefix, time.timeIntervalSince1970])
        }
    }

    /// The alerts of a log that lasted until a time or longer, or were stored since.
    public func alerts(in source: String, since time: Date) throws(Failure) -> [StoredAlert] {
        try read("the alerts") {
            try StoredAlert.readAll(
                $0, sql: "SELECT * FROM alert WHERE source = ? AND (stored >= ? OR lastTime >= ?)",
                arguments: [source, time.timeIntervalSince1970, time.timeIntervalSince1970])
        }
    }

    /// The findings of some checks in an account, without those whose resource no longer exists.
    public func findings(of checks: [String], in account: String) throws(Failure) -> [StoredFinding] {
        try read("the findings") {
            try StoredFinding.readAll(
                $0,
                sql: """
                    SELECT * FROM finding WHERE status <> '\(StoredFinding.gone)' AND account = ?
                    AND "check" IN (\(databaseQuestionMarks(count: checks.count)))
                    """, arguments: StatementArguments([account] + checks))
        }
    }

    /// The time at which the last complete scan finished.
    public func lastCompleteScan() throws(Failure) -> Date? {
        try read("the scans") {
            try Double.fetchOne($0, sql: "SELECT max(finished) FROM scan WHERE isPartial = 0")
        }.map { Date(timeIntervalSince1970: $0) }
    }
}

extension StoreWriter {
    /// Stores an alert that lasts longer than it was stored.
    public func update(_ alert: StoredAlert) throws {
        try database.execute(
            sql: "UPDATE alert SET lastTime = max(coalesce(lastTime, 0), ?), record = ? WHERE id = ?",
            arguments: [alert.lastTime?.timeIntervalSince1970 ?? 0, alert.record, alert.id])
    }

    /// Removes the baselines whose names begin with a text and that were last updated before a time.
    public func removeBaselines(named prefix: String, before time: Date) throws {
        try database.execute(
            sql: "DELETE FROM baseline WHERE substr(name, 1, ?) = ? AND updated < ?",
            arguments: [prefix.count, prefix, time.timeIntervalSince1970])
    }

    /// Removes a baseline.
    public func removeBaseline(_ name: String) throws {
        try database.execute(sql: "DELETE FROM baseline WHERE name = ?", arguments: [name])
    }
}
