public import Basics
public import Foundation
import GRDB

extension Store {
    /// Stores a scan and its findings, and what changed since earlier scans.
    ///
    /// A finding of an earlier scan that this one lacks is ``StoredFinding/gone`` only if this scan ran its check on its
    /// account completely: not if it is partial, and not if the check has an unknown finding there, because what could
    /// not be read may still exist.
    /// - Parameter alsoWrite: writes more in the same transaction, such as the messages about what changed.
    /// - Returns: what changed.
    @discardableResult
    public func record(
        _ scan: StoredScan, _ findings: [StoredFinding],
        alsoWrite: ((StoreWriter, [FindingChange]) throws -> Void)? = nil
    ) throws(Failure) -> [FindingChange] {
        try write("the scan") { database in
            try scan.upsert(database)
            var changes: [FindingChange] = []
            let time = scan.finished
            for finding in findings {
                var finding = finding
                let known = try StoredFinding.fetchOne(database, key: finding.id)
                (finding.firstSeen, finding.lastSeen) = (known?.firstSeen ?? time, time)
                (finding.changed, finding.resolved) = (known?.changed ?? time, known?.resolved)
                if known?.status != finding.status {
                    finding.changed = time
                    finding.resolved = known?.status == "fail" ? time : finding.status == "fail" ? nil : known?.resolved
                    changes.append(
                        FindingChange(
                            finding: finding.id, time: time, scan: scan.id, before: known?.status,
                            after: finding.status, message: finding.message))
                }
                try finding.upsert(database)
                try SearchIndex.update(known, finding, database)
            }
            if !scan.isPartial { changes += try Self.gone(after: scan, findings, database) }
            for change in changes { try change.insert(database) }
            if !scan.isPartial { try Self.addStandings(scan, findings, database) }
            try alsoWrite?(StoreWriter(database), changes)
            return changes
        }
    }

    /// Marks the findings whose resource the scan would have met if it still existed.
    private static func gone(
        after scan: StoredScan, _ findings: [StoredFinding], _ database: Database
    ) throws -> [FindingChange] {
        struct Place: Hashable {
            var account: String
            var check: String
        }
        let doubtful = Set(
            findings.filter { $0.status == Finding.unknown }.map { Place(account: $0.account, check: $0.check) })
        let present = Set(findings.map(\.id))
        let marks = databaseQuestionMarks(count: scan.accounts.count)
        let earlier = try StoredFinding.fetchAll(
            database, sql: "SELECT * FROM finding WHERE status <> 'gone' AND account IN (\(marks))",
            arguments: StatementArguments(scan.accounts))
        let checks = Set(scan.checks)
        let read = Set(scan.regions)
        var changes: [FindingChange] = []
        for var finding in earlier
        where !present.contains(finding.id) && checks.contains(finding.check)
            && (read.contains(finding.region) || !finding.region.contains("-"))
            && !doubtful.contains(Place(account: finding.account, check: finding.check))
        {
            let change = FindingChange(
                finding: finding.id, time: scan.finished, scan: scan.id, before: finding.status,
                after: StoredFinding.gone, message: "the resource no longer exists")
            finding.resolved = finding.status == "fail" ? scan.finished : finding.resolved
            (finding.status, finding.changed) = (StoredFinding.gone, scan.finished)
            try finding.update(database)
            changes.append(change)
        }
        return changes
    }

    private enum Finding { static let unknown = "unknown" }

    private static func addStandings(
        _ scan: StoredScan, _ findings: [StoredFinding], _ database: Database
    ) throws {
        struct Key: Hashable { var account: String, practice: String, status: String }
        var counts: [Key: Int] = [:]
        for finding in findings {
            counts[Key(account: finding.account, practice: finding.practice, status: finding.status), default: 0] += 1
        }
        try database.execute(sql: "DELETE FROM standing WHERE scan = ?", arguments: [scan.id])
        for (key, count) in counts {
            try Standing(
                scan: scan.id, time: scan.finished, account: key.account, practice: key.practice, status: key.status,
                count: count
            ).insert(database)
        }
    }

    public func finding(_ id: String) throws(Failure) -> StoredFinding? {
        try read("the finding") { try StoredFinding.fetchOne($0, key: id) }
    }

    /// The changes of a finding, the latest first.
    public func changes(of finding: String) throws(Failure) -> [FindingChange] {
        try read("the finding's history") {
            try FindingChange.fetchAll(
                $0, sql: "SELECT * FROM change WHERE finding = ? ORDER BY time DESC, number DESC", arguments: [finding])
        }
    }

    /// The scans, the latest first.
    public func scans(limit: Int = 100) throws(Failure) -> [StoredScan] {
        try read("the scans") {
            try StoredScan.fetchAll($0, sql: "SELECT * FROM scan ORDER BY finished DESC LIMIT ?", arguments: [limit])
        }
    }

    /// The sums of each practice after each complete scan since a time, the earliest first.
    public func standings(since: Date) throws(Failure) -> [Standing] {
        try read("the trend") {
            try Standing.fetchAll(
                $0, sql: "SELECT * FROM standing WHERE time >= ? ORDER BY time",
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
        return try StoredFinding.fetchAll(
            database,
            sql: "SELECT * FROM finding WHERE (arn IN (\(marks)) OR resource IN (\(marks))) AND +practice = ?",
            arguments: StatementArguments(Array(names) + Array(names) + [practice]))
    }
}

/// Writes within a transaction of the store.
public struct StoreWriter {
    let database: Database

    init(_ database: Database) { self.database = database }
}
