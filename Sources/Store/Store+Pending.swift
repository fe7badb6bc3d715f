public import Basics
public import Foundation
import GRDB

/// What a watch remembers of work that is not done: attempts at reading objects, and failures that nobody was told of
/// because they were muted. Both are kept as cursors.
private enum Pending: String {
    case attempts = "attempts/"
    case untold = "untold/"

    /// The end of the range of names; a zero follows the slash.
    var end: String { String(rawValue.dropLast()) + "0" }
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
                    let place: String = row["place"]
                    attempts[String(place.dropFirst(Pending.attempts.rawValue.count))] = Int(row["content"] as String)
                }
            }
            return attempts
        }
    }
}

extension StoreWriter {
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
