public import Basics
import Foundation
import GRDB

/// Notices changes that other connections and processes make in a store's file, over a connection of its own.
public final class StoreChanges: Sendable {
    private let queue: DatabaseQueue
    private let path: String
    private let identity: FileStatus.Identity?

    /// The newest rows. Two that differ tell how many were added in between.
    public struct Newest: Sendable, Hashable {
        public var findingChanges: Int64
        public var alerts: Int64
        public var scans: Int64
        public var verifications: Int64

        public init(findingChanges: Int64 = 0, alerts: Int64 = 0, scans: Int64 = 0, verifications: Int64 = 0) {
            self.findingChanges = findingChanges
            self.alerts = alerts
            self.scans = scans
            self.verifications = verifications
        }
    }

    /// - Throws: ``Failure`` if the file cannot be read.
    public init(_ path: String) throws(Failure) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        configuration.label = "store changes"
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw Store.failure("the store \(path) cannot be opened", error)
        }
        identity = FileStatus(path)?.identity
    }

    /// A number that differs as soon as another connection has changed the file.
    /// - Source: SQLite's documentation of `PRAGMA data_version`.
    public func version() throws(Failure) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    public func newest() throws(Failure) -> Newest {
        try read { database in
            func last(_ table: String, _ column: String = "rowid") throws -> Int64 {
                try Int64.fetchOne(database, sql: "SELECT max(\(column)) FROM \(table)") ?? 0
            }
            return Newest(
                findingChanges: try last("change", "number"), alerts: try last("alert"), scans: try last("scan"),
                verifications: try last("verification", "number"))
        }
    }

    /// Checks that the file is still there, and still the one that was opened: an open file that was deleted goes on to
    /// answer with what it held.
    public func checkFile() throws(Failure) {
        let present = FileStatus(path)?.identity
        guard present == identity else {
            throw Failure(
                "the store \(path) cannot be read",
                why: present == nil ? "the file was moved or deleted" : "the file was replaced",
                advice: "start parapet serve again")
        }
        _ = try read { try Int.fetchOne($0, sql: "SELECT 1 FROM scan LIMIT 1") }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try queue.read(body) } catch { throw Store.failure("the store \(path) cannot be read", error) }
    }
}
