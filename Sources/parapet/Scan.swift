import ArgumentParser
import Basics
import FoundationEssentials
import Inventory
import Posture
import Reports
import Runs

/// Reads accounts and judges them.
struct Scan: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Check accounts, or a saved snapshot, against the ten practices.",
        discussion: """
            Reads every enabled region of the caller's account with reading calls only; 'parapet policy' prints \
            the permissions that it takes. What could not be read is reported as unknown, never as a pass.
            """)

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Account") var accounts: AccountOptions

    @Option(help: "Save what was read in this file.") var saveSnapshot: String?
    @Option(help: "Exit with 2 only for failing findings of at least this severity.") var failOn: Severity = .low
    @Option(help: "A YAML file with thresholds and exceptions.") var config: String?

    @Option(help: "A YAML file that says which failing findings are accepted, by whom and until when.")
    var mute: String?

    @Option(
        help: "Judge ages as of this moment (ISO 8601) instead of the time of the reading.",
        transform: ArgumentValue.date)
    var now: Date?

    @OptionGroup(title: "Output") var output: OutputOptions<ScanReport>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if accounts.snapshot != nil, saveSnapshot != nil {
            throw ValidationError("--snapshot reads no account, so it does not go with --save-snapshot")
        }
    }

    func perform() async throws -> ExitStatus {
        var scan = ScanRun(try selection.selected(), of: try accounts.selection)
        if let config { scan.settings = try SettingsFile.read(config) }
        if let mute { scan.mutes = try MuteFile.read(mute) }
        scan.failOn = failOn
        scan.now = now
        try output.destinations.check(beside: saveSnapshot)
        let result = try await verbosity.run { [scan] in try await scan.run(in: $0, progress: $1) }
        if let saveSnapshot {
            try OutputFile.write(try result.snapshot.encoded(), to: saveSnapshot, isPrivate: true)
        }
        verbosity.warn(result.warnings)
        try output.write(result.report.report, verbosity)
        return result.exitStatus
    }
}
