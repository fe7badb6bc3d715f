public import Basics
public import Foundation
import GRDB

/// What a watch remembers of work that is not done: attempts at reading objects, failures that were not sent because they
/// were muted, places that cannot be read, and resources to check again. All are kept as cursors.
private enum Pending: String {
    case attempts = "attempts/"
    case untold = "untold/"
    case outage = "outage/"
    case lastRead = "bucket-read/"
    case touched = "touched/"

    /// The end of the range of names; a zero follows the slash.
    var end: String { String(rawValue.dropLast()) + "0" }

    /// The date of a content that is a number of seconds since 1970.
    static func date(_ content: String) -> Date? { Double(content).map { Date(timeIntervalSince1970: $0) } }
}

extension Store {
    /// How often objects could not be read; objects without a failed attempt are left out.
    public func attempts(of names: [String]) throws(Failure) -> [String: Int] {
        try read("the attempts") { database in
            var attempts: [String: Int] = [:]
            let places = names.map { Pending.attempts.rawValue + $0 }
            for start in stride(from: 0, to: places.count, by: 500) {
                let part = Array(places[start..<min(start + 500, places.count)])
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT place, content FROM cursor WHERE place IN (\(databaseQuestionMarks(count: part.count)))
                        """,
                    arguments: StatementArguments(part))
                for row in rows {
                    let place = row.text("place")
                    attempts[String(place.dropFirst(Pending.attempts.rawValue.count))] = Int(row.text("content"))
                }
            }
            return attempts
        }
    }

    /// The time since which a queue, a place or a bucket cannot be read; `nil` if it can.
    public func outage(of place: String) throws(Failure) -> Date? {
        try read("the outage") { database in
            try Row.fetchOne(
                database, sql: "SELECT content FROM cursor WHERE place = ?",
                arguments: [Pending.outage.rawValue + place]
            ).flatMap { Pending.date($0.text("content")) }
        }
    }

    /// The times at which objects of buckets were read last; buckets of which none was read are not in it.
    public func lastReads(of buckets: Set<String>) throws(Failure) -> [String: Date] {
        try read("the last reads") { database in
            try buckets.reduce(into: [:]) { times, bucket in
                times[bucket] = try Double.fetchOne(
                    database, sql: "SELECT updated FROM cursor WHERE place = ?",
                    arguments: [Pending.lastRead.rawValue + bucket]
                ).map { Date(timeIntervalSince1970: $0) }
            }
        }
    }

    /// The resources that are to be checked again, as ``StoreWriter/setTouched(_:at:)`` had them, and when an event
    /// touched them.
    public func touched() throws(Failure) -> [(resource: String, time: Date)] {
        try read("the resources to check again") { database in
            try Row.fetchAll(
                database, sql: "SELECT place, updated FROM cursor WHERE place >= ? AND place < ?",
                arguments: [Pending.touched.rawValue, Pending.touched.end]
            ).map { row in
                let place = row.text("place")
                return (
                    String(place.dropFirst(Pending.touched.rawValue.count)),
                    row.date("updated")
                )
            }
        }
    }
}

extension StoreWriter {
    /// The longest time between two failed attempts of one outage, in seconds. After a longer one, such as that of a queue
    /// that was not in the configuration for a while, an outage begins anew.
    private static let longestOutagePause: TimeInterval = 7 * 86_400

    /// Remembers that a queue, a place or a bucket cannot be read.
    /// - Returns: the time since which it cannot be read.
    public func setOutage(of place: String, at time: Date) throws -> Date {
        let known = try Row.fetchOne(
            database, sql: "SELECT content, updated FROM cursor WHERE place = ?",
            arguments: [Pending.outage.rawValue + place])
        var beginning = time
        if let known, time.timeIntervalSince(known.date("updated")) <= Self.longestOutagePause,
            let since = Pending.date(known.text("content"))
        {
            beginning = min(since, time)
        }
        try setCursor(Pending.outage.rawValue + place, "\(beginning.timeIntervalSince1970)", at: time)
        return beginning
    }

    /// Forgets that a queue, a place or a bucket could not be read.
    /// - Returns: the time since which it could not be read; `nil` if it could.
    @discardableResult
    public func endOutage(of place: String) throws -> Date? {
        let since = try String.fetchOne(
            database, sql: "DELETE FROM cursor WHERE place = ? RETURNING content",
            arguments: [Pending.outage.rawValue + place])
        return since.flatMap(Pending.date)
    }

    /// Remembers that an object of a bucket was read.
    public func setLastRead(of bucket: String, at time: Date) throws {
        try setCursor(Pending.lastRead.rawValue + bucket, "", at: time)
    }

    /// Remembers a resource that is to be checked again.
    /// - Parameter resource: the resource as a text, by which it is found again.
    public func setTouched(_ resource: String, at time: Date) throws {
        try setCursor(Pending.touched.rawValue + resource, "", at: time)
    }

    /// Forgets a resource that was checked again.
    /// - Parameter time: the time of the check. What was touched later is to be checked once more.
    public func forgetTouched(_ resource: String, until time: Date) throws {
        try database.execute(
            sql: "DELETE FROM cursor WHERE place = ? AND updated <= ?",
            arguments: [Pending.touched.rawValue + resource, time.timeIntervalSince1970])
    }

    /// The longest time for which attempts are remembered, in seconds: Amazon SQS keeps no message for longer.
    private static let memory: TimeInterval = 14 * 86_400

    /// Remembers how often an object could not be read.
    public func setAttempts(_ count: Int, of name: String, at time: Date) throws {
        try setCursor(Pending.attempts.rawValue + name, "\(count)", at: time)
        try database.execute(
            sql: "DELETE FROM cursor WHERE place >= ? AND place < ? AND updated < ?",
            arguments: [
                Pending.attempts.rawValue, Pending.attempts.end,
                time.addingTimeInterval(-Self.memory).timeIntervalSince1970,
            ])
    }

    /// Forgets the failed attempts at reading an object.
    public func forgetAttempts(of name: String) throws {
        try database.execute(
            sql: "DELETE FROM cursor WHERE place = ?", arguments: [Pending.attempts.rawValue + name])
    }

    /// Remembers that a finding fails and that nobody was told, because it was muted.
    public func setUntold(_ finding: String, at time: Date) throws {
        try setCursor(Pending.untold.rawValue + finding, "", at: time)
    }

    /// Forgets what ``setUntold(_:at:)`` remembered.
    public func forgetUntold(_ finding: String) throws {
        try database.execute(sql: "DELETE FROM cursor WHERE place = ?", arguments: [Pending.untold.rawValue + finding])
    }

    /// The findings that failed while they were muted.
    public func untoldFindings() throws -> Set<String> {
        try Set(
            String.fetchAll(
                database, sql: "SELECT place FROM cursor WHERE place >= ? AND place < ?",
                arguments: [Pending.untold.rawValue, Pending.untold.end]
            ).map { String($0.dropFirst(Pending.untold.rawValue.count)) })
    }
}
