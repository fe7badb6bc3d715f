public import Basics
import Foundation
import GRDB

/// The latest verification of a trail's log files in an account, and the number of its problems that concern the trail.
public struct LastVerification: Sendable, Hashable {
    public var verification: StoredVerification
    /// Without those that only inform.
    public var problems: Int
}

extension Store {
    /// - Parameter trail: the trail's name.
    /// - Returns: `nil` if no verification covered the trail or found a problem of it.
    public func lastVerification(of trail: String, in account: String) throws(Failure) -> LastVerification? {
        try read("the last verification") { database in
            let place: StatementArguments = [trail, account]
            guard
                let verification = try StoredVerification.readOne(
                    database,
                    sql: """
                        SELECT * FROM verification WHERE number IN (
                            SELECT verification FROM coverage WHERE trail = ? AND account = ?
                            UNION SELECT verification FROM problem WHERE trail = ? AND account = ?)
                        ORDER BY time DESC, number DESC LIMIT 1
                        """, arguments: place + place)
            else { return nil }
            let problems = try Int.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*) FROM problem
                    WHERE trail = ? AND account = ? AND verification = ? AND NOT isInformation
                    """, arguments: place + [verification.number])
            return LastVerification(verification: verification, problems: problems ?? 0)
        }
    }
}
