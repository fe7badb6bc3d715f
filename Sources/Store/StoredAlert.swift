public import Basics
public import Foundation
import GRDB

/// An alert that a hunt raised. Its identifier is stable, so an alert that is raised again is stored once.
public struct StoredAlert: Sendable, Hashable, Codable, Identifiable {
    public var id: String
    public var rule: String
    public var title: String
    /// The log that it was found in: `cloudtrail`, `s3-access`, `vpc-flow`, or `verify` for a problem of log integrity.
    public var source: String
    public var severity: Severity
    public var practice: String
    public var account: String?
    public var region: String?
    public var actor: String
    public var event: String?
    /// The time at which it began; `nil` if its records have no readable time.
    public var time: Date?
    public var lastTime: Date?
    /// The alert as the JSON report of a hunt has it.
    public var record: String
    /// The finding that it belongs to, if one is known.
    public var finding: String?
    public var stored: Date
    public var acknowledged: Date?
    public var acknowledgedBy: String?
    /// The names of columns whose values cannot be read, and are replaced; `nil` if all can be.
    public internal(set) var unreadable: String?

    public init(
        id: String, rule: String, title: String, source: String, severity: Severity, practice: String,
        account: String?, region: String?, actor: String, event: String?, time: Date?, lastTime: Date?, record: String,
        finding: String? = nil, stored: Date
    ) {
        self.id = id
        self.rule = rule
        self.title = title
        self.source = source
        self.severity = severity
        self.practice = practice
        self.account = account
        self.region = region
        self.actor = actor
        self.event = event
        self.time = time
        self.lastTime = lastTime
        self.record = record
        self.finding = finding
        self.stored = stored
    }
}

extension StoredAlert: StoreRow {
    static var databaseTableName: String { "alert" }

    func encode(to container: inout PersistenceContainer) throws {
        container["id"] = id
        container["rule"] = rule
        container["title"] = title
        container["source"] = source
        container["severity"] = severity.rawValue
        container["severityRank"] = severity.order
        container["practice"] = practice
        container["account"] = account
        container["region"] = region
        container["actor"] = actor
        container["event"] = event
        container["time"] = time?.timeIntervalSince1970
        container["lastTime"] = lastTime?.timeIntervalSince1970
        container["record"] = record
        container["finding"] = finding
        container["stored"] = stored.timeIntervalSince1970
        container["acknowledged"] = acknowledged?.timeIntervalSince1970
        container["acknowledgedBy"] = acknowledgedBy
    }
}

extension StoreWriter {
    /// Stores alerts.
    /// - Returns: the ones that were not stored before.
    public func add(_ alerts: [StoredAlert]) throws -> [StoredAlert] {
        var new: [StoredAlert] = []
        for alert in alerts where try !StoredAlert.exists(database, key: alert.id) {
            try alert.insert(database)
            new.append(alert)
        }
        return new
    }

    /// The alerts of a practice that were stored since a time and belong to no failing finding, the latest first.
    public func alertsWithoutFailure(of practice: String, since: Date, limit: Int = 500) throws -> [StoredAlert] {
        try StoredAlert.readAll(
            database,
            sql: """
                SELECT alert.* FROM alert LEFT JOIN finding ON finding.id = alert.finding
                WHERE alert.practice = ? AND alert.stored >= ? AND finding.status IS NOT 'fail'
                ORDER BY alert.stored DESC LIMIT ?
                """, arguments: [practice, since.timeIntervalSince1970, limit])
    }

    public func link(alert: String, to finding: String) throws {
        try database.execute(sql: "UPDATE alert SET finding = ? WHERE id = ?", arguments: [finding, alert])
    }

    /// - Parameter known: the time of the stored baseline that this one continues; `nil` if there was none.
    /// - Returns: false, and nothing is changed, if another baseline was stored since then.
    public func setBaseline(_ name: String, _ content: Data, at time: Date, ifFrom known: Date?) throws -> Bool {
        let stored = try Double.fetchOne(
            database, sql: "SELECT updated FROM baseline WHERE name = ?", arguments: [name])
        guard stored == known?.timeIntervalSince1970 else { return false }
        try setBaseline(name, content, at: time)
        return true
    }

    public func setBaseline(_ name: String, _ content: Data, at time: Date) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO baseline (name, content, updated) VALUES (?, ?, ?)",
            arguments: [name, content, time.timeIntervalSince1970])
    }

    public func setCursor(_ place: String, _ content: String, at time: Date) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO cursor (place, content, updated) VALUES (?, ?, ?)",
            arguments: [place, content, time.timeIntervalSince1970])
    }

    /// Records that a log object was read to its end.
    /// - Parameters:
    ///   - name: such as `s3://bucket/key`.
    ///   - tag: the object's ETag, so that an object that was replaced is read again.
    public func markRead(_ name: String, tag: String, at time: Date) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO object (name, tag, read) VALUES (?, ?, ?)",
            arguments: [name, tag, time.timeIntervalSince1970])
    }

    /// Sets what a running process tells about itself.
    public func setSign(_ name: String, _ content: JSON, at time: Date) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO sign (name, content, updated) VALUES (?, ?, ?)",
            arguments: [name, content.description, time.timeIntervalSince1970])
    }
}

extension Store {
    public func alert(_ id: String) throws(Failure) -> StoredAlert? {
        try read("the alert") { try StoredAlert.readOne($0, key: id) }
    }

    public func baseline(_ name: String) throws(Failure) -> Data? { try storedBaseline(name)?.content }

    /// The baseline with the time at which it was stored.
    public func storedBaseline(_ name: String) throws(Failure) -> (content: Data, updated: Date)? {
        try read("the baseline") { database in
            try Row.fetchOne(
                database, sql: "SELECT content, updated FROM baseline WHERE name = ?", arguments: [name]
            ).map { ($0[0], $0.date("updated")) }
        }
    }

    public func cursor(_ place: String) throws(Failure) -> String? {
        try read("the cursor") {
            try String.fetchOne($0, sql: "SELECT content FROM cursor WHERE place = ?", arguments: [place])
        }
    }

    /// The tag with which an object was read; `nil` if it was not read.
    public func readTag(of name: String) throws(Failure) -> String? {
        try read("the list of objects") {
            try String.fetchOne($0, sql: "SELECT tag FROM object WHERE name = ?", arguments: [name])
        }
    }

    /// What a running process tells about itself, and when it did.
    public func sign(_ name: String) throws(Failure) -> (content: JSON, updated: Date)? {
        let row = try read("the state of the watch") {
            try Row.fetchOne($0, sql: "SELECT content, updated FROM sign WHERE name = ?", arguments: [name])
        }
        guard let row, let content = try? JSON(parsing: row.text("content")) else { return nil }
        return (content, row.date("updated"))
    }
}
