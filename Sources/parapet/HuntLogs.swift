import AWSClient
import ArgumentParser
import Basics
import DistributedEngines
import FoundationEssentials
import LogReaders
import LogSources
import Reports
import Runs
import Store

/// Detects threats in logs.
struct HuntLogs: Verb {
    static let configuration = CommandConfiguration(
        commandName: "hunt",
        abstract: "Detect threats in CloudTrail, S3 server access logs and VPC flow logs.",
        discussion: """
            Reads log files from disk, standard input or S3, and evaluates Sigma rules and built-in analytics (access \
            logs, flow logs and access key history). Writes only the report, the baseline, and the store with --store.

            Exit codes: 0 no alert · 2 an alert · 3 no alert, but some logs could not be read or evaluated · 1 error · \
            64 usage error.
            """)

    @OptionGroup(title: "Logs") var selection: LogOptions
    @OptionGroup(title: "Rules") var rules: RuleOptions

    @Option(help: .value("file", "Baseline file; read at start and updated at the end."), completion: .file())
    var baseline: String?

    @Option(help: "YAML file with expected readers, own networks and placeholders of rules.", completion: .file())
    var config: String?
    @Option(help: "Minimum severity to report.") var severity: Severity = .informational
    @Option(help: "Minimum severity of an alert for exit code 2.") var failOn: Severity = .informational

    @Option(
        help: .value(
            "number",
            """
            Maximum alerts kept per rule (most significant first; all are counted). 0 is no limit. (default: 100; \
            ndjson on stdout has all)
            """))
    var maxAlerts: Int?

    @Option(
        help: .value(
            "name",
            """
            Group the alerts of a rule by actor (the default), account, region, or a field of the log; can be repeated \
            or a comma-separated list.
            """),
        completion: .list(["actor", "account", "region"]), transform: ArgumentValue.list)
    var groupBy: [[String]] = []

    @Flag(
        help: """
            Add the original record to each alert of a rule, without secrets: as raw in JSON, in the table with \
            --verbose.
            """)
    var raw = false

    @Option(help: "Number of files read in parallel; the default is one per core.") var threads: Int?
    @Option(
        help: .value(
            "seconds",
            "How long the reading of logs in S3 may take; what was not read by then is reported. The default is no limit."
        ))
    var timeout: Int?
    @Option(
        help: .value(
            "MB",
            "Approximate memory limit; beyond it the least busy network interfaces are not evaluated."))
    var memory = 400

    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Alerts in the report") var list: ListOptions
    @OptionGroup(title: "Account, for logs in S3") var aws: AWSOptions
    @OptionGroup(title: "Output") var output: OutputOptions<HuntReport>
    @OptionGroup(title: "Store") var store: StoreOptions
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    func validate() throws {
        try ArgumentValue.valid(
            try HuntRun.check(
                selection.logs, of: selection.source, from: selection.from, to: selection.to,
                flowFormat: selection.flowFormat, threads: threads, maxAlerts: maxAlerts, memory: memory,
                timeout: timeout, reads: !rules.onlyTells && engine.printSQL == nil && engine.engine == .local))
        if selection.source == nil, !rules.onlyTells, engine.printSQL != nil || engine.engine != .local {
            throw ValidationError("--engine and --print-sql require --source")
        }
        if !rules.onlyTells, engine.printSQL == nil { _ = try engine.spark(selection) }
        if rules.onlyTells, output.format.contains(where: { $0 != .table && $0 != .json }) {
            throw ValidationError("--list-rules and --explain-rule support the formats table and json")
        }
    }

    func perform() async throws -> ExitStatus {
        let store = try rules.onlyTells ? nil : store.opened()
        try output.destinations.check(beside: [baseline, output.manifest, store?.path].compactMap(\.self))
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        guard !rules.onlyTells else { return try tell(try rules.selection.load(configuration.hunt, for: nil)) }
        if let dialect = engine.printSQL { return try printQuery(dialect, configuration) }
        let source = try await source()
        let loaded = try rules.selection.load(configuration.hunt, for: source)
        var hunt = HuntRun(source, in: try LogPlaces(selection.logs), rules: loaded)
        let kept = try baseline.map { try BaselineFile($0) }
        if let kept { hunt.baseline = try kept.read() }
        // A baseline file that the user names comes before the store's baseline.
        var learned = try kept == nil ? store.map { try LearnedBaseline(of: source, in: $0) } : nil
        if let learned { hunt.baseline = learned.content }
        (hunt.from, hunt.to, hunt.flowFormat) = (selection.from, selection.to, selection.flowFormat)
        (hunt.severity, hunt.failOn, hunt.maxAlerts) = (severity, failOn, maxAlerts)
        if !groupBy.isEmpty { hunt.groupBy = groupBy.flatMap(\.self) }
        (hunt.threads, hunt.configuration, hunt.session) = (threads, configuration, aws.session)
        hunt.keepsRaw = raw
        (hunt.memory, hunt.timeout) = (memory, timeout.map { .seconds($0) })
        if let athena = engine.athena {
            hunt.athena = athena
            if engine.dryRun { return try await plan(hunt, athena) }
        }
        hunt.spark = try engine.spark(selection)
        // Alerts are written while the logs are still being read.
        let stream: HuntRun.AlertReceiver = { try Terminal.standardOutput.write(HuntReport.line($0, rule: $1)) }
        let receive = try list.filter.isEmpty && output.destinations.streams(.ndjson) ? stream : nil
        let result = try await verbosity.run { [hunt] in try await hunt.run(in: $0, progress: $1, receive: receive) }
        learned?.content = result.learned
        let stored = try store?.record(result.report, learned: learned, at: result.report.run.finished)
        let listed = result.report.filtered(by: try list.filter)
        try output.write(listed.report, verbosity, streamed: receive == nil ? nil : .ndjson)
        try kept?.write(result.learned)
        if !verbosity.quiet { for note in result.notes { Terminal.standardError.tell(note + "\n") } }
        if stored?.keptBaseline == false {
            verbosity.warn(["another process changed the baseline in the store: what this hunt learned was dropped"])
        }
        verbosity.warn(result.warnings + LoadedRules.warnings(result.problems, isVerbose: verbosity.isVerbose))
        return result.exitStatus
    }

    private func plan(_ hunt: HuntRun, _ athena: AthenaSettings) async throws -> ExitStatus {
        let plan = try await verbosity.run { (environment, _: ProgressReport<LogProgress.State>?) in
            try await hunt.athenaPlan(athena, in: environment)
        }
        try Terminal.standardOutput.write(plan)
        return .clean
    }

    private func printQuery(_ dialect: SQLDialect, _ configuration: Configuration) throws -> ExitStatus {
        guard let source = selection.source else { return .usage }
        let loaded = try rules.selection.load(configuration.hunt, for: source)
        var hunt = HuntRun(source, in: try LogPlaces(selection.logs), rules: loaded)
        (hunt.from, hunt.to, hunt.flowFormat) = (selection.from, selection.to, selection.flowFormat)
        hunt.configuration = configuration
        let query = try PrintedQuery(
            hunt, in: dialect, database: engine.database, table: engine.table, isOCSF: engine.securityLake)
        try Terminal.standardOutput.write(query.text)
        verbosity.warn(LoadedRules.warnings(loaded.problems, isVerbose: verbosity.isVerbose))
        return .clean
    }

    private func source() async throws -> LogSource {
        if let source = selection.source { return source }
        let source = try await HuntRun.source(
            of: LogPlaces(selection.logs), aws.session, in: RunEnvironment(.current(promptMFA: Terminal.askForMFACode)))
        verbosity.warn(["the logs are taken for --source \(source.rawValue)"])
        return source
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

/// The logs to read.
struct LogOptions: ParsableArguments {
    @Option(help: "Type of the log: cloudtrail, s3-access or vpc-flow; without it, it is detected.") var source:
        LogSource?

    @Option(
        help: .value(
            "place",
            "File, folder, pattern ('logs/**/*.gz'), - for stdin, or s3://bucket/prefix; can be repeated."),
        completion: .file())
    var logs: [String] = []

    @Option(
        help: .value("time", "Only events from this time on (ISO 8601, or relative: 24h, 7d)."),
        transform: ArgumentValue.date)
    var from: Date?

    @Option(
        help: .value("time", "Only events before this time (ISO 8601, or relative: 24h, 7d)."),
        transform: ArgumentValue.date)
    var to: Date?

    @Option(
        help: .value(
            "fields",
            "Fields of flow logs without a header line, in AWS's custom format: '${version} ${srcaddr} …'."))
    var flowFormat: String?
}

/// The rules to run.
struct RuleOptions: ParsableArguments {
    @Option(
        help: .value(
            "path",
            "Sigma rule file or folder, searched at any depth; can be repeated. The default is the built-in rules."),
        completion: .file())
    var rules: [String] = []

    @Flag(help: "Also run built-in rules when --rules is given.") var builtIn = false
    @Flag(help: "List the rules and analytics instead of running them.") var listRules = false

    @Option(help: .value("id", "Explain a rule or an analytic, by its id, name or title; can be repeated."))
    var explainRule: [String] = []

    func validate() throws {
        if listRules, !explainRule.isEmpty {
            throw ValidationError("--list-rules and --explain-rule cannot be combined")
        }
    }

    /// Whether rules are only listed or explained, so that no log is read.
    var onlyTells: Bool { listRules || !explainRule.isEmpty }

    var selection: RuleSelection { RuleSelection(paths: rules, isBesideBuiltIn: builtIn) }
}

/// The alerts that the report lists. The filter changes neither the totals nor the exit code.
struct ListOptions: ParsableArguments {
    @Option(
        help: .value("arn", "Only alerts of an actor, with * and ?; can be repeated or a comma-separated list."),
        transform: ArgumentValue.list)
    var actor: [[String]] = []

    @Option(
        name: .customLong("where"),
        help: .value("field=value", "Only alerts with a field's value, with * and ?; repeated, all must hold."))
    var conditions: [String] = []

    @Option(help: "Order of the alerts in the table.") var order = AlertFilter.Order.severity

    func validate() throws { _ = try filter }

    var filter: AlertFilter {
        get throws {
            var filter = AlertFilter()
            (filter.actors, filter.order) = (actor.flatMap(\.self), order)
            filter.conditions = try conditions.map { text in
                if let condition = AlertFilter.Condition(text) { return condition }
                throw ValidationError("'\(text)' in --where is not FIELD=VALUE, such as eventName=Delete*")
            }
            return filter
        }
    }
}
