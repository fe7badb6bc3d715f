public import Basics
public import Foundation
import GRDB

/// The journal of a run of fixes.
public struct StoredJournal: Sendable, Hashable, Codable {
    /// The run's name.
    public var run: String
    public var begun: Date
    /// `nil` if the run has not ended.
    public var ended: Date?
    /// The records, as a JSON array.
    public var content: String

    public init(run: String, begun: Date, ended: Date?, content: String) {
        self.run = run
        self.begun = begun
        self.ended = ended
        self.content = content
    }
}

extension StoredJournal: StoreRow { static var databaseTableName: String { "journal" } }

extension StoreWriter {
    /// Stores a journal, or replaces the one of the same run.
    public func set(_ journal: StoredJournal) throws { try journal.upsert(database) }
}

extension Store {
    /// The journals, the latest first.
    public func journals(limit: Int = 100) throws(Failure) -> [StoredJournal] {
        try read("the journals") {
            try StoredJournal.readAll(
                $0, sql: "SELECT * FROM journal ORDER BY begun DESC LIMIT ?", arguments: [limit])
        }
    }
}
