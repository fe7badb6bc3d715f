public import Basics
public import Foundation
import GRDB

/// A message that is to be sent by a notifier. It is stored in one transaction with what it tells, and sent afterwards,
/// so that a crash loses none. One notifier gets one message of a kind about a subject.
public struct StoredDelivery: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case waiting, sent
        /// It was given up: a dead letter.
        case dead
        /// It is told with another message of its group, or was withdrawn.
        case merged
    }

    public var number: Int64?
    /// The name of the notifier in the configuration.
    public var notifier: String
    /// The identifier of the alert or finding.
    public var subject: String
    /// Messages of one group are sent together.
    public var group: String
    /// `alert`, `finding`, `resolved`, or `test`.
    public var kind: String
    public var severity: Severity
    /// The alert or finding, as JSON.
    public var content: String
    public var created: Date
    /// The time from which it may be sent.
    public var due: Date
    public var attempts: Int
    public var state: State
    public var sent: Date?
    public var error: String?

    public init(
        notifier: String, subject: String, group: String, kind: String, severity: Severity, content: String,
        created: Date, due: Date
    ) {
        self.notifier = notifier
        self.subject = subject
        self.group = group
        self.kind = kind
        self.severity = severity
        self.content = content
        self.created = created
        self.due = due
        attempts = 0
        state = .waiting
    }
}

extension StoredDelivery: StoreRow {
    static var databaseTableName: String { "delivery" }
}

extension StoreWriter {
    /// Adds messages; one that the notifier has of that kind and subject already is left out.
    public func add(_ deliveries: [StoredDelivery]) throws {
        for delivery in deliveries { try delivery.insert(database, onConflict: .ignore) }
    }

    public func update(_ deliveries: [StoredDelivery]) throws {
        for delivery in deliveries { try delivery.update(database) }
    }
}

extension Store {
    /// The messages that may be sent by a time, the earliest first.
    public func dueDeliveries(at time: Date, limit: Int = 500) throws(Failure) -> [StoredDelivery] {
        try read("the messages to send") {
            try StoredDelivery.readAll(
                $0, sql: "SELECT * FROM delivery WHERE state = 'waiting' AND due <= ? ORDER BY number LIMIT ?",
                arguments: [time.timeIntervalSince1970, limit])
        }
    }
}
