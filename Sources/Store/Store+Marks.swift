public import Basics
public import Foundation
import GRDB

/// A finding that a person muted: it shows as muted, and nobody gets messages about it.
public struct StoredMute: Sendable, Hashable, Codable {
    public var finding: String
    public var reason: String
    /// The person who muted it.
    public var by: String
    public var since: Date
    /// The time from which it counts again; `nil` if it has no end.
    public var until: Date?

    public init(finding: String, reason: String, by: String, since: Date, until: Date?) {
        self.finding = finding
        self.reason = reason
        self.by = by
        self.since = since
        self.until = until
    }
}

extension StoredMute: StoreRow {
    static var databaseTableName: String { "mute" }

    /// Whether a mute holds at a time, in SQL; the time is its argument.
    fileprivate static let holds = #"(mute."until" IS NULL OR mute."until" > ?)"#

    fileprivate static func active(
        _ finding: String, at time: Date, _ database: Database
    ) throws -> StoredMute? {
        try readOne(
            database, sql: "SELECT * FROM mute WHERE finding = ? AND \(holds)",
            arguments: [finding, time.timeIntervalSince1970])
    }
}

/// The findings that a mute of the dashboard takes out of their status, as a part of SQL statements.
struct MutedRows {
    private let time: Date

    /// - Parameter time: the time at which the mutes must hold.
    init(at time: Date) { self.time = time }

    /// The statuses that count as muted while a mute holds: what passes needs no mute.
    static let statuses = ["fail", "unknown", "manual"]

    /// The statuses as a list in SQL.
    static let statusList = "(" + statuses.map { "'\($0)'" }.joined(separator: ", ") + ")"

    /// `IN (…)`, for rows of the table of findings. The planner evaluates it once, and each index has the row's number.
    var condition: String { "rowid IN (SELECT finding.rowid \(source))" }

    /// The joined tables. CROSS JOIN keeps the order: from the few mutes to their findings.
    private var source: String {
        """
        FROM mute CROSS JOIN finding ON finding.id = mute.finding
        WHERE \(StoredMute.holds) AND finding.status IN \(Self.statusList)
        """
    }

    /// The arguments of ``condition``.
    var arguments: [any DatabaseValueConvertible] { [time.timeIntervalSince1970] }

    /// Whether there is such a finding. If not, statements need no condition.
    func exist(_ database: Database) throws -> Bool {
        try Bool.fetchOne(
            database, sql: "SELECT EXISTS (SELECT 1 \(source))", arguments: StatementArguments(arguments)) ?? false
    }

    /// The sums of such findings by columns, the status among them.
    func sums(by columns: [String], _ database: Database) throws -> [Row] {
        let names = columns.map { "finding.\"\($0)\"" }.joined(separator: ", ")
        return try Row.fetchAll(
            database, sql: "SELECT \(names), COUNT(*) AS count \(source) GROUP BY \(names)",
            arguments: StatementArguments(arguments))
    }
}

extension StoreWriter {
    /// Mutes a finding; an earlier mute of it is replaced.
    /// - Returns: whether there is such a finding.
    public func mute(_ mute: StoredMute) throws -> Bool {
        guard try StoredFinding.exists(database, key: mute.finding) else { return false }
        try mute.upsert(database)
        return true
    }

    /// - Returns: whether the finding was muted.
    @discardableResult
    public func unmute(_ finding: String) throws -> Bool { try StoredMute.deleteOne(database, key: finding) }

    /// Whether a finding is muted, as this transaction sees it.
    public func isMuted(_ finding: String, at time: Date) throws -> Bool {
        try StoredMute.active(finding, at: time, database) != nil
    }

    /// Records that a person has seen an alert. The first person stays.
    /// - Returns: whether there is such an alert.
    public func acknowledge(_ alert: String, by person: String, at time: Date) throws -> Bool {
        try database.execute(
            sql: """
                UPDATE alert SET acknowledged = COALESCE(acknowledged, ?), acknowledgedBy = COALESCE(acknowledgedBy, ?)
                WHERE id = ?
                """, arguments: [time.timeIntervalSince1970, person, alert])
        return database.changesCount > 0
    }
}

extension Store {
    /// The mute of a finding that holds at a time.
    public func mute(of finding: String, at time: Date) throws(Failure) -> StoredMute? {
        try read("the mute") { try StoredMute.active(finding, at: time, $0) }
    }

    /// Whether a finding is muted at a time: then nobody gets messages about it.
    public func isMuted(_ finding: String, at time: Date) throws(Failure) -> Bool {
        try mute(of: finding, at: time) != nil
    }

    /// Which of some findings are muted at a time.
    public func muted(among findings: [String], at time: Date) throws(Failure) -> Set<String> {
        try read("the mutes") {
            try Set(
                String.fetchAll(
                    $0,
                    sql: """
                        SELECT finding FROM mute WHERE \(StoredMute.holds)
                        AND finding IN (\(databaseQuestionMarks(count: findings.count)))
                        """, arguments: [time.timeIntervalSince1970] + StatementArguments(findings)))
        }
    }

    /// The mutes that hold at a time, the latest first.
    public func mutes(at time: Date, limit: Int = 1_000) throws(Failure) -> [StoredMute] {
        try read("the mutes") {
            try StoredMute.readAll(
                $0, sql: "SELECT * FROM mute WHERE \(StoredMute.holds) ORDER BY since DESC LIMIT ?",
                arguments: [time.timeIntervalSince1970, limit])
        }
    }
}
