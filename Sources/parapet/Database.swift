import AWSClient
import ArgumentParser
import Basics
import Foundation
import Reports
import Runs
import Store

/// Looks after the store.
struct DatabaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Check, prune and export the store of scans, alerts and verifications.",
        discussion: """
            Examples:
              parapet db check
              parapet db prune --older-than 90 --dry-run
              parapet db export --output store.ndjson
            """,
        subcommands: [CheckDatabase.self, PruneDatabase.self, ExportDatabase.self])
}

/// The file of the store that a command is about.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: .value("file", "The file of the store."), completion: .file())
    var db: StoreFile = .usual

    /// Opens a store that exists already.
    func opened() throws -> Store {
        let path = try db.path()
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                "the store \(path) cannot be used", why: "there is no such file",
                advice: "create it with parapet scan --store, or name another file with --db")
        }
        return try db.opened()
    }
}

/// Examines the store, and brings its tables up to date.
struct CheckDatabase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the store for damage, and bring its tables up to date.",
        discussion: """
            Exit codes: 0 no damage · 2 damage · 1 the file cannot be read.

            Examples:
              parapet db check
              parapet db check --db /var/lib/parapet/parapet.db --format json
            """)

    @OptionGroup(title: "Store") var database: DatabaseOptions

    @Option(
        help: "What is shown on stdout: table or json.", transform: ArgumentValue.format("db check", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let path = try database.db.path()
        let health: StoreHealth
        do {
            health = try database.opened().health()
        } catch let failure as Failure where Store.isDamage(failure) {
            // Too damaged to be opened.
            health = StoreHealth(damage: failure.why, at: path)
        }
        try Terminal.standardOutput.write(format == .json ? Self.json(health, path) : Self.table(health, path))
        return health.problems.isEmpty ? .clean : .found
    }

    private static func table(_ health: StoreHealth, _ path: String) -> String {
        let lines =
            [
                "\(path) (\(health.bytes / 1_000) kB\(health.version.isEmpty ? "" : ", tables of version \(health.version)"))"
            ]
            + DatabaseText.columns(health.rows)
            + (health.problems.isEmpty ? ["No damage found."] : health.problems.map { "damaged: \($0)" })
        return DatabaseText.lines(lines)
    }

    private static func json(_ health: StoreHealth, _ path: String) -> String {
        DatabaseText.document([
            "schema": "parapet.db.check/1", "file": .string(path), "version": .string(health.version),
            "bytes": .int(health.bytes), "rows": DatabaseText.counts(health.rows), "problems": JSON(health.problems),
        ])
    }
}

/// Deletes old rows.
struct PruneDatabase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Delete what is old and closed from the store.",
        discussion: """
            Failing and unknown findings, muted findings, unacknowledged alerts, messages that were not sent, baselines \
            and cursors stay, whatever their age.

            Examples:
              parapet db prune --older-than 90 --dry-run
              parapet db prune --older-than 90 --db /var/lib/parapet/parapet.db
            """)

    @OptionGroup(title: "Store") var database: DatabaseOptions
    @Option(help: .value("days", "Delete what is older.")) var olderThan = 400
    @Flag(help: "Count what would be deleted; change nothing.") var dryRun = false

    @Option(
        help: "What is shown on stdout: table or json.", transform: ArgumentValue.format("db prune", [.table, .json]))
    var format = Format.table

    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if !(1...36_500).contains(olderThan) {
            throw ValidationError("--older-than must be a number of days from 1 to 36500")
        }
    }

    func perform() throws -> ExitStatus {
        let store = try database.opened()
        let time = RunEnvironment().aws.now().addingTimeInterval(-86_400 * Double(olderThan))
        guard !dryRun else {
            try Terminal.standardOutput.write(try preview(store, time))
            return .clean
        }
        let pruning = try store.prune(olderThan: time)
        let sizes = "\(pruning.bytesBefore / 1_000) kB before, \(pruning.bytesAfter / 1_000) kB now"
        try Terminal.standardOutput.write(
            format == .json
                ? DatabaseText.document([
                    "schema": "parapet.db.prune/1", "file": .string(store.path),
                    "deleted": DatabaseText.counts(pruning.deleted), "bytesBefore": .int(pruning.bytesBefore),
                    "bytesAfter": .int(pruning.bytesAfter),
                ])
                : DatabaseText.lines(
                    pruning.deleted.isEmpty
                        ? ["Nothing is older than \(olderThan) days."]
                        : ["Deleted (\(sizes)):"] + DatabaseText.columns(pruning.deleted)))
        return .clean
    }
}

extension PruneDatabase {
    /// What would be deleted.
    private func preview(_ store: Store, _ time: Date) throws -> String {
        let tables = try store.prunable(olderThan: time)
        if format == .json {
            return DatabaseText.document([
                "schema": "parapet.db.prune/1", "file": .string(store.path), "dryRun": true,
                "deleted": DatabaseText.counts(tables), "bytesBefore": .int(store.bytes),
                "bytesAfter": .int(store.bytes),
            ])
        }
        return DatabaseText.lines(
            tables.isEmpty
                ? ["Nothing is older than \(olderThan) days."]
                : ["Would be deleted (nothing was):"] + DatabaseText.columns(tables))
    }
}

/// Writes everything that the store holds.
struct ExportDatabase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write every row of the store as NDJSON; 'type' names its table.",
        discussion: """
            Examples:
              parapet db export --output store.ndjson
              parapet db export | jq 'select(.type == "alert")'
            """)

    @OptionGroup(title: "Store") var database: DatabaseOptions
    @Option(name: .shortAndLong, help: .value("file", "File, or - for stdout (the default)."), completion: .file())
    var output = "-"
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func perform() throws -> ExitStatus {
        let store = try database.opened()
        guard output != "-" else {
            try write(store, to: Terminal.standardOutput.write)
            return .clean
        }
        try OutputFile.check([output, store.path])
        try OutputFile.write(to: output, isPrivate: true) { try write(store, to: $0) }
        return .clean
    }

    /// Bytes that are collected before they are written.
    private static let piece = 65_536

    private func write(_ store: Store, to pass: ([UInt8]) throws -> Void) throws {
        var bytes: [UInt8] = []
        try store.export { row in
            row.write(to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
            guard bytes.count >= Self.piece else { return }
            try pass(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        try pass(bytes)
    }
}

/// What the commands on the store print.
private enum DatabaseText {
    static func columns(_ tables: [StoreHealth.Table]) -> [String] {
        let width = tables.map(\.name.count).max() ?? 0
        return tables.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.rows)" }
    }

    static func lines(_ lines: [String]) -> String {
        lines.map { TerminalText.escaped($0) + "\n" }.joined()
    }

    static func counts(_ tables: [StoreHealth.Table]) -> JSON {
        .members(tables.map { JSON.Object.Member($0.name, .int($0.rows)) })
    }

    static func document(_ members: JSON) -> String { members.written(.prettySorted) + "\n" }
}
