public import Basics
public import Foundation
import GRDB

extension Store {
    /// The messages of a notifier that wait and may be sent by a time, the earliest first.
    public func waitingDeliveries(
        of notifier: String, until time: Date, limit: Int = 500
    ) throws(Failure) -> [StoredDelivery] {
        try read("the messages to send") {
            try StoredDelivery.readAll(
                $0,
                sql: """
                    SELECT * FROM delivery WHERE state = 'waiting' AND due <= ? AND notifier = ? ORDER BY number LIMIT ?
                    """,
                arguments: [time.timeIntervalSince1970, notifier, limit])
        }
    }

    /// The messages of a sealed group that wait, the earliest first.
    public func waitingDeliveries(of notifier: String, inGroup group: String) throws(Failure) -> [StoredDelivery] {
        try read("the messages to send") {
            try StoredDelivery.readAll(
                $0,
                sql: """
                    SELECT * FROM delivery WHERE state = 'waiting' AND notifier = ? AND "group" = ? ORDER BY number
                    """,
                arguments: [notifier, group])
        }
    }

    /// The time at which the next message of a notifier may be sent; `nil` if none waits.
    public func nextDelivery(of notifier: String) throws(Failure) -> Date? {
        try read("the messages to send") {
            try Double.fetchOne(
                $0, sql: "SELECT min(due) FROM delivery WHERE state = 'waiting' AND notifier = ?",
                arguments: [notifier])
        }.map { Date(timeIntervalSince1970: $0) }
    }

    /// All messages of a notifier about a finding or an alert, in the order of their creation.
    public func deliveries(of notifier: String, aboutFinding finding: String) throws(Failure) -> [StoredDelivery] {
        // Their subjects are the finding's identifier, a slash, and a time; a zero follows the slash. That of an alert
        // is its identifier alone, and that of its end has a time too.
        try read("the messages about the finding") {
            try StoredDelivery.readAll(
                $0,
                sql: """
                    SELECT * FROM delivery WHERE notifier = ? AND (subject = ? OR subject >= ? AND subject < ?)
                        AND kind IN ('finding', 'resolved', 'alert') ORDER BY number
                    """,
                arguments: [notifier, finding, finding + "/", finding + "0"])
        }
    }

    /// Messages, the latest first.
    /// - Parameters:
    ///   - states: the states to list; empty for all.
    ///   - notifier: `nil` for all notifiers.
    public func deliveries(
        in states: Set<StoredDelivery.State> = [], of notifier: String? = nil, limit: Int = 100
    ) throws(Failure) -> [StoredDelivery] {
        try read("the messages") { database in
            var request = StoredDelivery.order(sql: "number DESC").limit(limit)
            if !states.isEmpty { request = request.filter(states.map(\.rawValue).contains(Column("state"))) }
            if let notifier { request = request.filter(Column("notifier") == notifier) }
            return try StoredDelivery.readAll(database, request)
        }
    }

    public struct DeliveryCount: Sendable, Hashable {
        public var notifier: String
        public var state: StoredDelivery.State
        public var count: Int
    }

    /// The number of messages of each notifier and state.
    public func deliveryCounts() throws(Failure) -> [DeliveryCount] {
        try read("the messages") { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT notifier, state, count(*) AS count FROM delivery GROUP BY notifier, state
                        ORDER BY notifier, state
                    """
            ).map { row in
                // As ``StoreRow/readable(_:_:)`` shows it.
                let state = StoredDelivery.State(rawValue: row.text("state")) ?? .dead
                return DeliveryCount(notifier: row.text("notifier"), state: state, count: row.whole("count"))
            }
        }
    }
}

extension StoreWriter {
    /// Makes dead letters wait again, as if they had never been tried.
    /// - Parameters:
    ///   - notifier: `nil` for all notifiers.
    ///   - number: a message's number; `nil` for all.
    /// - Returns: how many there were.
    public func reviveDeliveries(of notifier: String?, number: Int64?, at time: Date) throws -> Int {
        try database.execute(
            sql: """
                UPDATE delivery SET state = 'waiting', attempts = 0, due = ?, error = NULL WHERE state = 'dead'
                    AND (? IS NULL OR notifier = ?) AND (? IS NULL OR number = ?)
                """,
            arguments: [time.timeIntervalSince1970, notifier, notifier, number, number])
        return database.changesCount
    }
}
