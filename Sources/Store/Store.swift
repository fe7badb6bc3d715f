public import Basics
public import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// What runs leave behind, in one SQLite file: scans, findings and their life, alerts, verifications, baselines,
/// cursors, deliveries. Several processes may use the file at once: SQLite's write-ahead log lets readers go on while one
/// process writes, and a writer waits for another one up to ``patience``.
public final class Store: Sendable {
    let pool: DatabasePool
    public let path: String

    /// How long an access waits for another process that is writing, in seconds.
    public static let patience: TimeInterval = 20

    private let patience: TimeInterval

    /// Opens the file, creates it if there is none, and brings its tables up to date.
    /// - Parameters:
    ///   - isReadOnly: whether the file must be there already and is never changed.
    ///   - patience: how long an access waits for another process that is writing, in seconds.
    /// - Throws: ``Failure`` if the file cannot be opened, is not a store, or was written by a later version.
    public init(
        _ path: String, isReadOnly: Bool = false, patience: TimeInterval = Store.patience
    ) throws(Failure) {
        self.path = path
        self.patience = patience
        let what = "the store \(path) cannot be used"
        if isReadOnly, !FileManager.default.fileExists(atPath: path) {
            throw Failure(
                what, why: "there is no such file", advice: "create it with parapet scan --store, or name another file")
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.readonly = isReadOnly
        configuration.label = "store"
        // A file that another program made must not be able to call functions through its views and triggers.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        do {
            if !isReadOnly { try Self.create(path) }
            pool = try Self.whenFree(within: patience) {
                try Self.checkIsStore(path, configuration, what)
                let pool = try DatabasePool(path: path, configuration: configuration)
                try Self.bringUpToDate(pool, isReadOnly: isReadOnly, what)
                return pool
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure("the store \(path) cannot be opened", error, patience)
        }
    }

    /// Opens a store that other processes may be creating. SQLite does not wait for them while a new file gets its
    /// write-ahead log.
    private static func whenFree<Value>(within patience: TimeInterval, _ open: () throws -> Value) throws -> Value {
        let end = ContinuousClock.now + .seconds(patience)
        while true {
            do {
                return try open()
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < end {
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    /// Refuses the database of another program, before anything in it is changed.
    private static func checkIsStore(_ path: String, _ configuration: Configuration, _ what: String) throws {
        var configuration = configuration
        configuration.readonly = true
        // The tables are counted first: another process may be creating them, and commits them together with the mark.
        // The migrator's own list of steps comes before both.
        let (tables, application) = try DatabaseQueue(path: path, configuration: configuration).read {
            (
                try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'")
                    ?? 0,
                try Int.fetchOne($0, sql: "PRAGMA application_id") ?? 0
            )
        }
        guard application == Schema.application || application == 0 && tables == 0 else {
            throw Failure(
                what, why: "it is the database of another program", advice: "name another file")
        }
    }

    private static func bringUpToDate(_ pool: DatabasePool, isReadOnly: Bool, _ what: String) throws {
        let migrator = Schema.migrator
        let (isLater, isCurrent) = try pool.read {
            (try migrator.hasBeenSuperseded($0), try migrator.hasCompletedMigrations($0))
        }
        if isLater {
            throw Failure(
                what, why: "it was written by a later version of Parapet",
                advice: "update Parapet, or name another file")
        }
        guard !isCurrent else { return }
        if isReadOnly {
            throw Failure(
                what, why: "it was written by an earlier version of Parapet",
                advice: "run parapet db check to bring it up to date")
        }
        do {
            try migrator.migrate(pool)
        } catch {
            // Another process may have done the same at the same time.
            guard (try? pool.read(migrator.hasCompletedMigrations)) == true else { throw error }
        }
    }

    /// Creates the folder and the file so that only this user can read them: findings name what is weak.
    private static func create(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try PrivateFolder.create(folder)
        } catch {
            throw Failure(
                "the folder \(folder) cannot be created", why: error.localizedDescription,
                advice: "name a file in another folder", cause: error)
        }
        // Not the file manager: it would empty a file that another process creates at the same time.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
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
        do { return try pool.read(body) } catch { throw Self.failure("\(what) cannot be read", error, patience) }
    }

    /// Changes the file: all of `body` or nothing.
    /// - Throws: ``Failure`` if the disk is full, another process keeps the file locked, or the file is damaged.
    func write<Value>(_ what: String, _ body: (Database) throws -> Value) throws(Failure) -> Value {
        do {
            return try pool.write(body)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Self.failure("\(what) cannot be stored in \(path)", error, patience)
        }
    }

    /// Whether a failure says that the file itself is damaged, or is no database.
    public static func isDamage(_ failure: Failure) -> Bool {
        guard let code = (failure.cause as? DatabaseError)?.resultCode else { return false }
        return code == .SQLITE_NOTADB || code == .SQLITE_CORRUPT
    }

    static func failure(_ what: String, _ error: any Error, _ patience: TimeInterval = patience) -> Failure {
        guard let error = error as? DatabaseError else {
            return Failure(what, why: error.localizedDescription, advice: "see the cause with --verbose", cause: error)
        }
        switch error.resultCode {
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
                advice: "restore it from a copy or delete it, or name another file with --db", cause: error)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN, .SQLITE_AUTH:
            return Failure(
                what, why: "this user cannot open or change the file",
                advice: "check that the folder exists and the permissions of file and folder", cause: error)
        default:
            return Failure(
                what, why: error.message ?? "the database reports an error",
                advice: "run parapet db check", cause: error)
        }
    }
}
