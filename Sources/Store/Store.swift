public import Basics
public import Foundation
import GRDB

/// What runs leave behind, in one SQLite file: scans, findings and their life, alerts, verifications, baselines,
/// cursors, deliveries. Several processes may use the file at once: SQLite's write-ahead log lets readers go on while one
/// process writes, and a writer waits for another one up to ``patience``.
public final class Store: Sendable {
    let pool: DatabasePool
    public let path: String

    /// How long an access waits for another process that is writing, in seconds.
    public static let patience: TimeInterval = 20

    /// Opens the file, creates it if there is none, and brings its tables up to date.
    /// - Parameter isReadOnly: whether the file must be there already and is never changed.
    /// - Throws: ``Failure`` if the file cannot be opened, is not a store, or was written by a later version.
    public init(_ path: String, isReadOnly: Bool = false) throws(Failure) {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.readonly = isReadOnly
        configuration.label = "store"
        // A file that another program made must not be able to call functions through its views and triggers.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        do {
            if !isReadOnly { try Self.create(path) }
            pool = try DatabasePool(path: path, configuration: configuration)
            let migrator = Schema.migrator
            let (isLater, isCurrent) = try pool.read {
                (try migrator.hasBeenSuperseded($0), try migrator.hasCompletedMigrations($0))
            }
            if isLater {
                throw Failure(
                    "the store \(path) cannot be used", why: "it was written by a later version of Parapet",
                    advice: "update Parapet, or name another file with --db")
            }
            if !isCurrent {
                if isReadOnly {
                    throw Failure(
                        "the store \(path) cannot be used", why: "it was written by an earlier version of Parapet",
                        advice: "run parapet db check to bring it up to date")
                }
                try migrator.migrate(pool)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure("the store \(path) cannot be opened", error)
        }
    }

    /// Creates the folder and the file so that only this user can read them: findings name what is weak.
    private static func create(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }

    /// The file that is used if none is named: `parapet/parapet.db` in the XDG data directory.
    /// - Source: XDG Base Directory Specification 0.8; a relative `XDG_DATA_HOME` is ignored, as it demands.
    public static func usualPath(_ environment: [String: String]) -> String? {
        if let folder = environment["XDG_DATA_HOME"], folder.hasPrefix("/") { return "\(folder)/parapet/parapet.db" }
        guard let home = environment["HOME"], !home.isEmpty else { return nil }
        return "\(home)/.local/share/parapet/parapet.db"
    }

    /// - Throws: ``Failure`` if the file cannot be read.
    func read<Value>(_ what: String, _ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try pool.read(body) } catch { throw Self.failure("\(what) cannot be read", error) }
    }

    /// Changes the file: all of `body` or nothing.
    /// - Throws: ``Failure`` if the disk is full, another process keeps the file locked, or the file is damaged.
    func write<Value>(_ what: String, _ body: (Database) throws -> Value) throws(Failure) -> Value {
        do {
            return try pool.write(body)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure("\(what) cannot be stored in \(path)", error)
        }
    }

    static func failure(_ what: String, _ error: any Error) -> Failure {
        let error = error as? DatabaseError
        switch error?.resultCode {
        case .SQLITE_FULL:
            return Failure(
                what, why: "the disk is full", advice: "free some space; nothing was half-written", cause: error)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return Failure(
                what, why: "another process is writing to it for more than \(Int(patience)) seconds",
                advice: "try again, or see which parapet process is running", cause: error)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return Failure(
                what, why: "the file is damaged or no SQLite database",
                advice: "run parapet db check, or name another file with --db", cause: error)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            return Failure(
                what, why: "this user cannot open or change the file",
                advice: "check that the folder exists and the permissions of file and folder", cause: error)
        default:
            return Failure(
                what, why: error?.message ?? "the database reports an error",
                advice: "run parapet db check", cause: error)
        }
    }
}
