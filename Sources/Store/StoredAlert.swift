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
    /// Changes the file in one transaction: all of `body` or nothing.
    @discardableResult
    public func change<Value>(_ what: String, _ body: (StoreWriter) throws -> Value) throws(Failure) -> Value {
        try write(what) { try body(StoreWriter($0)) }
    }

    public func alert(_ id: String) throws(Failure) -> StoredAlert? {
        try read("the alert") { try StoredAlert.fetchOne($0, key: id) }
    }

    public func baseline(_ name: String) throws(Failure) -> Data? {
        try read("the baseline") {
            try Data.fetchOne($0, sql: "SELECT content FROM baseline WHERE name = ?", arguments: [name])
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
        guard let row, let content = try? JSON(parsing: row["content"] as String) else { return nil }
        return (content, Date(timeIntervalSince1970: row["updated"]))
    }
}
