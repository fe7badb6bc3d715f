import ArgumentParser
import FoundationEssentials
import Inventory
import Posture
import Practices
import Reports

/// Reads accounts and judges them.
struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check accounts, or a saved snapshot, against the ten practices.",
        discussion: """
            Reads every enabled region of the caller's account with reading calls only; 'parapet policy' prints \
            the permissions that it takes. What could not be read is reported as unknown, never as a pass.
            """)

    @OptionGroup(title: "Checks") var selection: CheckSelection
    @OptionGroup(title: "Account") var accounts: AccountSelection

    @Option(name: .customLong("save-snapshot"), help: "Save what was read in this file.")
    var saveSnapshot: String?

    @Option(name: .customLong("fail-on"), help: "Exit with 2 only for failing findings of at least this severity.")
    var failOn: Severity = .low

    @Option(name: .long, help: "A YAML file with thresholds and exceptions.")
    var config: String?

    @Option(name: .long, help: "A YAML file that says which failing findings are accepted, by whom and until when.")
    var mute: String?

    @Option(name: .long, help: "Judge ages as of this moment (ISO 8601) instead of the time of the reading.")
    var now: String?

    @OptionGroup(title: "Output") var output: OutputOptions<ReportFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        if accounts.snapshot != nil, saveSnapshot != nil {
            throw ValidationError("--snapshot reads no account, so it does not go with --save-snapshot")
        }
        if let now, Moment.parse(now) == nil {
            throw ValidationError("'\(now)' is not a date in ISO 8601, such as 2026-01-31T12:00:00Z or 2026-01-31")
        }
    }

    func run() async throws {
        let checks = try selection.selected()
        let settings = try config.map(SettingsFile.read) ?? Settings()
        let mutes = try mute.map(MuteFile.read) ?? []
        for file in output.destinations.compactMap(\.file) + [saveSnapshot].compactMap(\.self) {
            try OutputFile.check(file)
        }
        let facets = checks.reduce(into: Set<Facet>()) { $0.formUnion($1.about.reads) }
        let reading = try await AccountReading(accounts, verbosity, facets: facets).snapshot()
        if let saveSnapshot {
            try OutputFile.write(try reading.encoded(), to: saveSnapshot)
        }
        let findings = reading.accounts.flatMap { account in
            let criteria = Criteria(now: now.flatMap(Moment.parse) ?? account.readAt, settings: settings)
            return Evaluator(checks: checks, criteria: criteria).findings(in: account)
        }
        let judgedAt = now.flatMap(Moment.parse) ?? reading.reading.started
        let muted = Mutes(mutes, asOf: judgedAt).applied(to: findings)
        for warning in muted.warnings { verbosity.warn(warning) }
        let report = ScanReport(reading, findings: muted.findings, checks: checks.map(\.about))
        try write(report)
        throw ExitCode(exitCode(of: muted.findings))
    }

    private func exitCode(of findings: [Finding]) -> Int32 {
        if findings.contains(where: { $0.status == .fail && $0.severity >= failOn }) { return 2 }
        return findings.contains { $0.status == .unknown } ? 3 : 0
    }

    private func write(_ report: ScanReport) throws {
        try output.write { format, text in
            switch format {
            case .json: Array(try report.json())
            case .ndjson: Array(try report.ndjson())
            case .table: Array(ScanTable(report, text: text, limit: verbosity.isVerbose ? nil : 8).rendered().utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
    }
}

extension ScanReport {
    fileprivate init(_ snapshot: Snapshot, findings: [Finding], checks: [About]) {
        let regions = snapshot.accounts.flatMap { (try? $0.regions.value) ?? [] }
        self.init(
            scan: Scan(
                id: snapshot.reading.id, started: snapshot.reading.started, finished: snapshot.reading.finished,
                parapet: snapshot.reading.parapet, accounts: snapshot.accounts.map(\.id),
                regions: Set(regions).sorted()),
            findings: findings, checks: checks)
    }
}
