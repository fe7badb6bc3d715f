import ArgumentParser
import Basics
import FoundationEssentials
import Inventory
import Posture
import Reports
import Runs
import Store

/// Reads accounts and evaluates the checks on them.
struct Scan: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Check accounts, or a saved snapshot, against the ten practices.",
        discussion: """
            Makes read-only API calls in every enabled Region of the caller's account; 'parapet policy' prints the \
            required permissions. Data that could not be read is reported as not determined, never as a pass.

            Exit codes: 0 no failing finding (at or above --fail-on) · 2 a failing finding · 3 no failing finding, but \
            something could not be determined · 1 error · 64 usage error. Options that filter the report (--status, \
            --resource, --sort, --summary) do not change the exit code, which counts all findings.
            """)

    @OptionGroup(title: "Checks") var selection: CheckOptions
    @OptionGroup(title: "Account") var accounts: AccountOptions

    @Option(help: "Save the collected data in this file.", completion: .file()) var saveSnapshot: String?
    @Option(help: "Minimum severity of a failing finding for exit code 2, or none.") var failOn = FailThreshold.from(
        .low)
    @Option(help: "YAML file with thresholds and exceptions.", completion: .file()) var config: String?

    @Option(help: "YAML file of accepted findings (risk acceptance).", completion: .file()) var mute: String?

    @Option(
        help: "Evaluate ages as of this time (ISO 8601); the default is the time of the scan.",
        transform: ArgumentValue.date)
    var now: Date?

    @OptionGroup(title: "Findings in the report") var filter: FilterOptions
    @OptionGroup(title: "Output") var output: OutputOptions<ScanReport>
    @OptionGroup(title: "Store") var store: StoreOptions
    @OptionGroup(title: "Report") var audit: AuditOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if accounts.snapshot != nil, saveSnapshot != nil {
            throw ValidationError("--snapshot cannot be combined with --save-snapshot")
        }
    }

    func perform() async throws -> ExitStatus {
        let store = try store.opened()
        var scan = ScanRun(try selection.selected(), of: try accounts.selection)
        if let config { scan.settings = try SettingsFile.read(config) }
        if let mute { scan.mutes = try MuteFile.read(mute) }
        scan.failOn = failOn
        scan.now = now
        scan.store = store
        (scan.scope.title, scan.scope.client) = (audit.title, audit.client)
        scan.scope.options = Array(CommandLine.arguments.dropFirst())
        scan.scope.files = try [("configuration", config), ("mutes", mute), ("snapshot", accounts.snapshot)].compactMap
        {
            role, path in try path.map { try ScanScope.File(role: role, path: $0) }
        }
        try output.destinations.check(
            beside: [saveSnapshot, output.manifest, store?.path].compactMap(\.self))
        let result = try await verbosity.run { [scan] in try await scan.run(in: $0, progress: $1) }
        var report = result.report
        if let saveSnapshot {
            try OutputFile.write(try result.snapshot.encoded(), to: saveSnapshot, isPrivate: true)
            report.scope?.files.append(try ScanScope.File(role: "snapshot", path: saveSnapshot))
        }
        try store?.record(result.report)
        verbosity.warn(result.warnings)
        if audit.redact { report = report.redacted() }
        try output.write(
            report.filtered(by: filter.filter).report, verbosity, beside: [saveSnapshot].compactMap(\.self))
        return result.exitStatus
    }
}

/// The findings that the report lists.
struct FilterOptions: ParsableArguments {
    @Option(
        help: .value("name", "Only findings with a status, such as fail; can be repeated or a comma-separated list."),
        completion: .list(Finding.Status.typedNames), transform: ArgumentValue.statuses)
    var status: [[Finding.Status]] = []

    @Option(
        help: .value("id", "Only findings on a resource, by id, name or ARN, with * and ?; can be repeated or a list."),
        transform: ArgumentValue.list)
    var resource: [[String]] = []

    @Option(help: "Order of the findings.") var sort: FindingFilter.Order?
    @Flag(help: "Report only sums.") var summary = false

    var filter: FindingFilter {
        var filter = FindingFilter()
        filter.statuses = Set(status.flatMap(\.self))
        (filter.resources, filter.order, filter.isSummary) = (resource.flatMap(\.self), sort, summary)
        return filter
    }
}
