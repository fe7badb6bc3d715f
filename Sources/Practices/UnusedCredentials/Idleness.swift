import FoundationEssentials
import Inventory
import Posture

/// Time for which one of a user's enabled credentials has been unused.
struct Idleness {
    /// Name in a sentence: "access key 1", "the password".
    var credential: String
    /// Days since the last use; if it was never used, days since it was created.
    var days: Int
    var wasEverUsed: Bool

    /// - Throws: `Unknown` if the report has none of the dates.
    init(of key: UserCredentials.AccessKey, by reading: Reading) throws(Unknown) {
        try self.init(
            "access key \(key.number)", lastUsed: key.lastUsed, made: key.lastRotated,
            column: "access_key_\(key.number)_last_rotated", reading)
    }

    /// - Throws: `Unknown` if the report has none of the dates.
    init(ofPasswordOf user: UserCredentials, by reading: Reading) throws(Unknown) {
        try self.init(
            "the password", lastUsed: user.password.lastUsed, made: user.password.lastChanged ?? user.createdAt,
            column: "password_last_changed", reading)
    }

    private init(
        _ credential: String, lastUsed: Date?, made: Date?, column: String, _ reading: Reading
    ) throws(Unknown) {
        guard let since = lastUsed ?? made else { throw .empty(column) }
        self.credential = credential
        days = reading.days(since: since)
        wasEverUsed = lastUsed != nil
    }

    /// Sentence on why the credential is not idle: "Access key 1 was last used 3 days ago", or "… was created 3 days
    /// ago".
    var youth: String { "\(credential.firstCapitalized) was \(wasEverUsed ? "last used" : "created") \(days.daysAgo)" }

    /// Sentence on the idle time: "Access key 1 was never used in 60 days".
    var sentence: String {
        let subject = credential.firstCapitalized
        return wasEverUsed ? "\(subject) was last used \(days.daysAgo)" : "\(subject) was never used in \(days.days)"
    }
}
