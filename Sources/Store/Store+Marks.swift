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

    fileprivate static func active(
        _ finding: String, at time: Date, _ database: Database
    ) throws -> StoredMute? {
        try fetchOne(
            database, sql: #"SELECT * FROM mute WHERE finding = ? AND ("until" IS NULL OR "until" > ?)"#,
            arguments: [finding, time.timeIntervalSince1970])
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

    /// The mutes that hold at a time, the latest first.
    public func mutes(at time: Date, limit: Int = 1_000) throws(Failure) -> [StoredMute] {
        try read("the mutes") {
            try StoredMute.fetchAll(
                $0, sql: #"SELECT * FROM mute WHERE "until" IS NULL OR "until" > ? ORDER BY since DESC LIMIT ?"#,
                arguments: [time.timeIntervalSince1970, limit])
        }
    }
}
