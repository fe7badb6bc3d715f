public import Basics
public import Foundation
import GRDB

extension Store {
    /// Stores a scan and its findings, and what changed since earlier scans.
    ///
    /// A finding of an earlier scan that this one lacks is ``StoredFinding/gone`` only if this scan ran its check on its
    /// account completely: not if it is partial, and not if the check has an unknown finding there, because what could
    /// not be read may still exist. A scan that is older than what is stored of a finding does not change the finding.
    /// - Parameter alsoWrite: writes more in the same transaction, such as the messages about what changed.
    /// - Returns: what changed.
    @discardableResult
    public func record(
        _ scan: StoredScan, _ findings: [StoredFinding],
        alsoWrite: ((StoreWriter, [FindingChange]) throws -> Void)? = nil
    ) throws(Failure) -> [FindingChange] {
        try write("the scan") { database in
            try scan.upsert(database)
            let recorder = try ScanRecorder(scan, database)
            let changes = try recorder.record(findings)
            for change in changes { try change.insert(database) }
            if !scan.isPartial { try Self.addStandings(of: scan, database) }
            try alsoWrite?(StoreWriter(database), changes)
            return changes
        }
    }

    /// Stores the sums of all findings of the scan's accounts, also of those that the scan did not evaluate. What is muted
    /// on the dashboard at that time counts as muted.
    private static func addStandings(of scan: StoredScan, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM standing WHERE scan = ?", arguments: [scan.id])
        let muted = MutedRows(at: scan.finished)
        let hasMuted = try muted.exist(database)
        let state = hasMuted ? "CASE WHEN \(muted.condition) THEN 'muted' ELSE status END" : "status"
        for account in scan.accounts {
            let arguments: [any DatabaseValueConvertible] =
                (hasMuted ? muted.arguments : []) + [scan.id, scan.finished.timeIntervalSince1970, account]
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO standing (practice, status, count, scan, time, account)
                    SELECT practice, \(state) AS state, COUNT(*), ?, ?, account FROM finding
                    WHERE account = ? AND status <> 'gone' GROUP BY practice, state
                    """, arguments: StatementArguments(arguments))
        }
    }

    public func finding(_ id: String) throws(Failure) -> StoredFinding? {
        try read("the finding") { try StoredFinding.readOne($0, key: id) }
    }

    /// The changes of a finding, the latest first.
    public func changes(of finding: String) throws(Failure) -> [FindingChange] {
        try read("the finding's history") {
            try FindingChange.readAll(
                $0, sql: "SELECT * FROM change WHERE finding = ? ORDER BY time DESC, number DESC", arguments: [finding])
        }
    }

    /// The scans, the latest first.
    public func scans(limit: Int = 100) throws(Failure) -> [StoredScan] {
        try read("the scans") {
            try StoredScan.readAll($0, sql: "SELECT * FROM scan ORDER BY finished DESC LIMIT ?", arguments: [limit])
        }
    }

    /// The sums of each practice after each complete scan since a time, the earliest first.
    public func standings(since: Date) throws(Failure) -> [Standing] {
        try read("the trend") {
            try Standing.readAll(
                $0, sql: "SELECT * FROM standing WHERE time >= ? ORDER BY time, account, practice, status",
                arguments: [since.timeIntervalSince1970])
        }
    }
}

extension StoreWriter {
    /// The findings of a practice whose ARN or resource has one of the names.
    public func findings(of practice: String, naming names: Set<String>) throws -> [StoredFinding] {
        guard !names.isEmpty else { return [] }
        let marks = databaseQuestionMarks(count: names.count)
        // The plus keeps SQLite from the index of practices, which may lead to each row.
        return try StoredFinding.readAll(
            database,
            sql: "SELECT * FROM finding WHERE (arn IN (\(marks)) OR resource IN (\(marks))) AND +practice = ?",
            arguments: StatementArguments(Array(names) + Array(names) + [practice]))
    }
}
