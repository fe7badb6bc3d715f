import Basics
import Foundation
import GRDB

/// Writes the findings of one scan beside those that are stored.
struct ScanRecorder {
    private let scan: StoredScan
    private let database: Database
    /// The known findings of the scan's accounts; `nil` if the scan is partial, and they are looked up one by one.
    private let known: [String: Known]?

    /// What is needed of a stored finding.
    private struct Known {
        var check: String
        var account: String
        var region: String
        var life: FindingLife
    }

    init(_ scan: StoredScan, _ database: Database) throws {
        self.scan = scan
        self.database = database
        guard !scan.isPartial else {
            known = nil
            return
        }
        let marks = databaseQuestionMarks(count: scan.accounts.count)
        var known: [String: Known] = [:]
        let rows = try Row.fetchCursor(
            database, sql: "SELECT \(Self.columns) FROM finding WHERE account IN (\(marks))",
            arguments: StatementArguments(scan.accounts))
        while let row = try rows.next() { known[row.text(at: 0)] = Self.known(row) }
        self.known = known
    }

    private static let columns = "id, \"check\", account, region, status, firstSeen, lastSeen, changed, resolved"

    private static func known(_ row: Row) -> Known {
        func date(_ place: Int) -> Date { row.date(at: place) ?? Date(timeIntervalSince1970: 0) }
        return Known(
            check: row.text(at: 1), account: row.text(at: 2), region: row.text(at: 3),
            life: FindingLife(
                status: row.text(at: 4), firstSeen: date(5), lastSeen: date(6), changed: date(7),
                resolved: row.date(at: 8)))
    }

    private func life(of id: String) throws -> FindingLife? {
        if let known { return known[id]?.life }
        return try Row.fetchOne(
            database, sql: "SELECT \(Self.columns) FROM finding WHERE id = ?", arguments: [id]
        ).map { Self.known($0).life }
    }

    /// - Returns: what changed.
    func record(_ findings: [StoredFinding]) throws -> [FindingChange] {
        let writing = try StoredFinding.Writing(database)
        let touch = try database.cachedStatement(
            sql: """
                UPDATE finding SET lastSeen = ? WHERE id = ? AND record = ? AND status = ? AND severity = ?
                AND 'text' NOT IN (typeof(firstSeen), typeof(changed), typeof(resolved))
                """)
        let time = scan.finished
        var changes: [FindingChange] = []
        var present: Set<String> = []
        for var finding in Self.distinct(findings) {
            present.insert(finding.id)
            guard var life = try life(of: finding.id) else {
                finding.life = FindingLife(finding.status, at: time)
                try writing.write(finding)
                try SearchIndex.update(nil, finding, database)
                changes.append(change(of: finding.id, from: nil, to: finding.status, finding.message))
                continue
            }
            guard life.lastSeen <= time else { continue }
            let before = life.status
            if try life.see(finding.status, at: time, hasFailed: try hasFailed(finding.id)) {
                changes.append(change(of: finding.id, from: before, to: finding.status, finding.message))
            } else {
                // Most findings stay as they are: SQLite then writes one page instead of the whole record. A value that
                // cannot be read is replaced.
                try touch.execute(
                    arguments: [
                        time.timeIntervalSince1970, finding.id, finding.record, finding.status,
                        finding.severity.rawValue,
                    ])
                if database.changesCount > 0 { continue }
            }
            let known = try StoredFinding.readOne(database, key: finding.id)
            finding.life = life
            try writing.write(finding)
            try SearchIndex.update(known, finding, database)
        }
        return changes + (scan.isPartial ? [] : try gone(findings, present))
    }

    /// One finding of each identifier: the first that fails, else the first.
    private static func distinct(_ findings: [StoredFinding]) -> [StoredFinding] {
        var places: [String: Int] = [:]
        var distinct: [StoredFinding] = []
        distinct.reserveCapacity(findings.count)
        for finding in findings {
            guard let place = places[finding.id] else {
                places[finding.id] = distinct.count
                distinct.append(finding)
                continue
            }
            if finding.status == "fail", distinct[place].status != "fail" { distinct[place] = finding }
        }
        return distinct
    }

    /// Marks the findings whose resource the scan would have met if it still existed.
    private func gone(_ findings: [StoredFinding], _ present: Set<String>) throws -> [FindingChange] {
        struct Place: Hashable {
            var account: String
            var check: String
        }
        let doubtful = Set(
            findings.filter { $0.status == "unknown" }.map { Place(account: $0.account, check: $0.check) })
        let (checks, regions) = (Set(scan.checks), Set(scan.regions))
        let update = try database.cachedStatement(
            sql: "UPDATE finding SET status = ?, changed = ?, resolved = ? WHERE id = ?")
        var changes: [FindingChange] = []
        for (id, finding) in known ?? [:]
        where finding.life.status != StoredFinding.gone && !present.contains(id) && checks.contains(finding.check)
            && (regions.contains(finding.region) || !finding.region.contains("-"))
            && finding.life.lastSeen <= scan.finished
            && !doubtful.contains(Place(account: finding.account, check: finding.check))
        {
            var life = finding.life
            try life.miss(at: scan.finished, hasFailed: try hasFailed(id))
            try update.execute(
                arguments: [
                    life.status, life.changed.timeIntervalSince1970, life.resolved?.timeIntervalSince1970, id,
                ])
            let message =
                finding.life.status == "notApplicable" ? "the check applies now" : "the resource no longer exists"
            changes.append(change(of: id, from: finding.life.status, to: StoredFinding.gone, message))
        }
        return changes.sorted { $0.finding < $1.finding }
    }

    private func change(of id: String, from before: String?, to after: String, _ message: String) -> FindingChange {
        FindingChange(
            finding: id, time: scan.finished, scan: scan.id, before: before, after: after, message: message)
    }

    /// Whether the finding failed before its status became what it is, and was not resolved since.
    private func hasFailed(_ id: String) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: """
                SELECT after = 'fail' FROM change WHERE finding = ? AND after IN ('fail', 'pass', 'notApplicable', 'gone')
                ORDER BY time DESC, number DESC LIMIT 1
                """, arguments: [id]) ?? false
    }
}
