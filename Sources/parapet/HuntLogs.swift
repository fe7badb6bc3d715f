import ArgumentParser
import Basics
import FoundationEssentials
import LogReaders
import Reports
import Runs

/// Finds what happened in the logs.
struct HuntLogs: Verb {
    static let configuration = CommandConfiguration(
        commandName: "hunt",
        abstract: "Find what happened in CloudTrail, S3 access logs and VPC flow logs.",
        discussion: """
            Reads log files from disk, from standard input or from S3, and judges them by Sigma rules and, on access \
            and flow logs and on the history of keys, by built-in analytics. Nothing is written but the report and the \
            baseline.

            Exit codes: 0 no alert · 2 an alert · 3 no alert, but something could not be read or judged · 1 the job \
            could not be done.
            """)

    @OptionGroup(title: "Logs") var selection: LogOptions
    @OptionGroup(title: "Rules") var rules: RuleOptions

    @Option(
        help: .value(
            "file", "A file with what earlier hunts learnt of the usual; it is read, and written anew at the end."))
    var baseline: String?

    @Option(help: "A YAML file with expected readers, own networks and the rules' placeholders.") var config: String?
    @Option(help: "Tell only alerts of at least this severity.") var severity: Severity = .informational
    @Option(help: "Exit with 2 only for alerts of at least this severity.") var failOn: Severity = .informational

    @Option(
        help: .value(
            "number",
            """
            How many alerts of one rule are told in full, the most telling ones; all are counted. 0 is no limit. \
            (default: 100; ndjson on stdout has all)
            """))
    var maxAlerts: Int?

    @Option(
        help: .value(
            "name",
            "What alerts of a rule are grouped by: actor, account, region, or a field of the log; may be repeated."))
    var groupBy: [String] = ["actor"]

    @Option(help: "How many files are read at once; the default is one for each core.") var threads: Int?
    @Option(
        help: .value(
            "MB",
            "How much memory the hunt may take, about: beyond it the least busy network interfaces are not judged."))
    var memory = 400
    @Option(help: "Where the logs are searched: only local, on this machine.") var engine: Engine = .local

    @OptionGroup(title: "Account, for logs in S3") var aws: AWSOptions
    @OptionGroup(title: "Output") var output: OutputOptions<HuntReport>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case local, spark, athena
    }

    func validate() throws {
        try ArgumentValue.valid(
            try HuntRun.check(
                selection.logs, of: selection.source, from: selection.from, to: selection.to,
                flowFormat: selection.flowFormat, threads: threads, maxAlerts: maxAlerts, memory: memory,
                reads: !rules.onlyTells))
        if engine != .local {
            throw ValidationError(
                "--engine \(engine.rawValue) is not there yet: logs are searched on this machine, --engine local")
        }
        if rules.onlyTells, output.format.contains(where: { $0 != .table && $0 != .json }) {
            throw ValidationError("--list-rules and --explain-rule write table or json")
        }
    }

    func perform() async throws -> ExitStatus {
        try output.destinations.check(beside: baseline)
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        let loaded = try rules.selection.load(configuration.hunt, for: rules.onlyTells ? nil : selection.source)
        guard !rules.onlyTells, let source = selection.source else { return try tell(loaded) }
        var hunt = HuntRun(source, in: try LogPlaces(selection.logs), rules: loaded)
        let kept = try baseline.map { try BaselineFile($0) }
        if let kept { hunt.baseline = try kept.read() }
        (hunt.from, hunt.to, hunt.flowFormat) = (selection.from, selection.to, selection.flowFormat)
        (hunt.severity, hunt.failOn, hunt.maxAlerts, hunt.groupBy) = (severity, failOn, maxAlerts, groupBy)
        (hunt.threads, hunt.configuration, hunt.session) = (threads, configuration, aws.session)
        hunt.memory = memory
        // Alerts are written while the logs are still being read.
        let stream: HuntRun.AlertReceiver = { try Terminal.standardOutput.write(HuntReport.line($0, rule: $1)) }
        let receive = try output.destinations.streams(.ndjson) ? stream : nil
        let result = try await verbosity.run { [hunt] in try await hunt.run(in: $0, progress: $1, receive: receive) }
        try output.write(result.report.report, verbosity, streamed: .ndjson)
        try kept?.write(result.learned)
        verbosity.warn(result.warnings + LoadedRules.warnings(result.problems, isVerbose: verbosity.isVerbose))
        return result.exitStatus
    }

    private func tell(_ loaded: LoadedRules) throws -> ExitStatus {
        let list = try loaded.list(for: selection.source, explaining: rules.explainRule)
        try output.write(verbosity) { format, text in
            format == .json ? list.json : rules.listRules ? list.rendered(text) : list.explained(text)
        }
        verbosity.warn(LoadedRules.warnings(loaded.problems, isVerbose: verbosity.isVerbose))
        return loaded.problems.isEmpty ? .clean : .undetermined
    }
}

/// Which logs are read.
struct LogOptions: ParsableArguments {
    @Option(help: "Which log it is: cloudtrail, s3-access or vpc-flow.") var source: LogSource?

    @Option(
        help: .value(
            "place",
            "A file, a folder, a pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; may be repeated."))
    var logs: [String] = []

    @Option(help: .value("time", "Only what happened from then on (ISO 8601)."), transform: ArgumentValue.date)
    var from: Date?

    @Option(help: .value("time", "Only what happened before then (ISO 8601)."), transform: ArgumentValue.date)
    var to: Date?

    @Option(
        help: .value(
            "fields",
            "The fields of flow logs without a header line, as AWS shows a custom format: '${version} ${srcaddr} …'."))
    var flowFormat: String?
}

/// Which rules are run.
struct RuleOptions: ParsableArguments {
    @Option(
        help: .value(
            "path",
            "A Sigma rule file, or a folder with some at any depth; may be repeated. The default is Parapet's own."))
    var rules: [String] = []

    @Flag(help: "Run Parapet's own rules and analytics beside those of --rules.") var builtIn = false
    @Flag(help: "List the rules and analytics instead of running them.") var listRules = false

    @Option(help: .value("id", "Explain a rule or an analytic, by its id, name or title; may be repeated."))
    var explainRule: [String] = []

    func validate() throws {
        if listRules, !explainRule.isEmpty {
            throw ValidationError("--list-rules and --explain-rule exclude each other")
        }
    }

    /// Whether no log is read.
    var onlyTells: Bool { listRules || !explainRule.isEmpty }

    var selection: RuleSelection { RuleSelection(paths: rules, isBesideBuiltIn: builtIn) }
}
