public import ArgumentParser
public import Detection
import FoundationEssentials
public import LogReaders
import Reports

/// Finds what happened in the logs.
struct HuntLogs: AsyncParsableCommand {
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

    @OptionGroup(title: "Logs") var selection: LogSelection
    @OptionGroup(title: "Rules") var rules: RuleSelection

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file with what earlier hunts learnt of the usual; it is read, and written anew at the end.",
            valueName: "file"))
    var baseline: String?

    @Option(name: .long, help: "A YAML file with expected readers, own networks and the rules' placeholders.")
    var config: String?

    @Option(name: .long, help: "Tell only alerts of at least this severity.")
    var severity: Alert.Severity = .informational

    @Option(name: .customLong("fail-on"), help: "Exit with 2 only for alerts of at least this severity.")
    var failOn: Alert.Severity = .informational

    @Option(
        name: .customLong("max-alerts"),
        help: ArgumentHelp(
            "How many alerts of one rule are told in full, the earliest first; all are counted. 0 is no limit.",
            valueName: "number"))
    var maxAlerts = 100

    @Option(
        name: .customLong("group-by"),
        help: ArgumentHelp(
            "What alerts of a rule are grouped by: actor, account, region, or a field of the log; may be repeated.",
            valueName: "name"))
    var groupBy: [String] = ["actor"]

    @Option(name: .long, help: "How many files are read at once; the default is one for each core.")
    var threads: Int?

    @Option(name: .long, help: "Where the logs are searched: only local, on this machine.")
    var engine: Engine = .local

    @OptionGroup(title: "Account, for logs in S3") var aws: AWSOptions
    @OptionGroup(title: "Output") var output: OutputOptions<HuntFormat>
    @OptionGroup(title: "Messages") var verbosity: Verbosity

    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case local, spark, athena
    }

    func validate() throws {
        if !rules.onlyTells {
            guard selection.source != nil else { throw ValidationError("--source is missing: which log is it?") }
            guard !selection.logs.isEmpty else { throw ValidationError("--logs is missing: where are they?") }
        }
        if engine != .local {
            throw ValidationError(
                "--engine \(engine.rawValue) is not there yet: logs are searched on this machine, --engine local")
        }
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
        if maxAlerts < 0 { throw ValidationError("--max-alerts takes a number from 0") }
        if rules.onlyTells, output.format.contains(where: { $0 != .table && $0 != .json }) {
            throw ValidationError("--list-rules and --explain-rule write table or json")
        }
    }

    func run() async throws {
        try output.check()
        if let baseline { try OutputFile.check(baseline) }
        let configuration = try config.map(SettingsFile.configuration) ?? Configuration()
        let loaded = try rules.load(configuration.hunt)
        if rules.onlyTells { return try tell(loaded) }
        guard let source = selection.source else { preconditionFailure("validate() saw to it") }
        let hunt = Hunt(loaded.collection, for: source, try settings(configuration))
        try rules.checkUse(loaded, hunt)
        let known = try baseline.map(BaselineFile.read) ?? HuntBaseline()

        let started = Date()
        let (result, learnt) = try await search(hunt, known)
        try checkReading(result)
        var report = HuntReport(
            run: HuntReport.Run(
                source: source.rawValue, logs: selection.logs, from: selection.from.flatMap(Moment.parse),
                to: selection.to.flatMap(Moment.parse), started: started, finished: Date(), parapet: Version.current),
            result: result)
        let problems = loaded.problems + hunt.rules.problems
        if !problems.isEmpty {
            report.result.doubts.append(
                "\(problems.count) rule\(problems.count == 1 ? "" : "s") could not be understood and did not run")
        }
        try write(report)
        if let baseline { try BaselineFile.write(learnt, to: baseline) }
        warn(report.result, problems)
        if result.groups.contains(where: { $0.severity >= failOn }) { throw ExitCode(2) }
        if !report.result.doubts.isEmpty { throw ExitCode(3) }
    }

    private func settings(_ configuration: Configuration) throws -> HuntSettings {
        var settings = configuration.huntSettings
        settings.from = selection.from.flatMap(Moment.parse).map { Int($0.timeIntervalSince1970.rounded(.up)) }
        settings.to = selection.to.flatMap(Moment.parse).map { Int($0.timeIntervalSince1970.rounded(.up)) }
        settings.moment = Int(Date().timeIntervalSince1970)
        settings.severity = severity
        settings.maxAlerts = maxAlerts == 0 ? .max : maxAlerts
        settings.groupBy = groupBy
        settings.runsAnalytics = rules.usesBuiltIn
        settings.flowFormat = selection.flowFormat.flatMap { FlowFormat($0) }
        return settings
    }

    /// - Throws: ``CommandFailure`` where there were logs, and nothing of them could be read.
    private func checkReading(_ result: HuntResult) throws(CommandFailure) {
        let statistics = result.statistics
        guard statistics.events == 0, statistics.skipped + statistics.damagedFiles > 0 else { return }
        let files =
            switch statistics.files {
            case 0: ""
            case 1: " of the one file"
            default: " of any of \(statistics.files) files"
            }
        throw CommandFailure(
            "nothing could be read" + files, why: result.losses.first?.description ?? "they hold no record",
            advice: "check --logs, and whether it is \(selection.source?.rawValue ?? "that log")")
    }

    // MARK: Searching

    private func search(_ hunt: Hunt, _ known: HuntBaseline) async throws -> (HuntResult, HuntBaseline) {
        let pipeline = try await LogPipeline(
            selection.logs, layout: Hunt.layout(of: hunt.rules.source),
            dates: DateFolders(from: selection.from.flatMap(Moment.parse), to: selection.to.flatMap(Moment.parse)),
            threads: threads, aws, verbosity)
        let progress = LogProgress()
        let stream = output.streams(.ndjson) ? AlertStream(progress, hunt.alertRules) : nil
        let outcome = await ProgressLine(verbosity, text: { HuntProgressLine.text(progress.state, elapsed: $0) })
            .during { () -> Result<(result: HuntResult, learnt: HuntBaseline), any Error> in
                do {
                    return .success(
                        try await hunt.run(
                            pipeline, baseline: known, progress: progress, passOn: stream.map { $0.write }))
                } catch {
                    return .failure(error)
                }
            }
        try stream?.check()
        do {
            let found = try outcome.get()
            return (found.result, found.learnt)
        } catch {
            throw CommandFailure(logs: error, verbose: verbosity.isVerbose) ?? error
        }
    }

    // MARK: Telling

    private func tell(_ loaded: LoadedRules) throws {
        let list = RuleList(
            loaded.collection, sources: selection.source.map { [$0] } ?? LogSource.allCases,
            analytics: rules.usesBuiltIn)
        let unknown = rules.explainRule.filter { list.pages(of: $0).isEmpty }
        guard unknown.isEmpty else {
            throw CommandFailure(
                "no rule is called \(unknown[0])", why: "neither an id nor a name nor a title is",
                advice: list.nearest(to: unknown[0]).map { "did you mean \($0)?" } ?? "--list-rules lists them")
        }
        try output.write { format, text in
            switch format {
            case .json: Array(try list.json(only: rules.explainRule))
            default: Array((rules.listRules ? list.rendered(text) : list.explained(rules.explainRule, text)).utf8)
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
        warn(loaded.problems)
        if !loaded.problems.isEmpty { throw ExitCode(3) }
    }

    private func write(_ report: HuntReport) throws {
        let streams = output.streams(.ndjson)
        try output.write { format, text in
            switch format {
            case .table: Array(HuntTable(report, text: text, isVerbose: verbosity.isVerbose).rendered().utf8)
            case .json: Array(try report.json())
            // On stdout the alerts are written already.
            case .ndjson:
                try (streams ? [] : report.result.alerts).flatMap {
                    try HuntNDJSON.line($0, rule: report.result.rules[$0.rule])
                } + HuntNDJSON.last(report)
            case .ocsf: Array(try report.ocsf())
            case .sarif: Array(try report.sarif())
            case .csv: Array(report.csv())
            case .markdown: Array(report.markdown())
            case .html: Array(report.html())
            }
        } text: {
            Terminal.standardOutput.text(noColor: verbosity.noColor)
        }
    }

    /// What was skipped: a few by name, then the sums, which are among the doubts.
    private func warn(_ result: HuntResult, _ problems: [RuleProblem]) {
        for loss in result.losses.prefix(5) { verbosity.warn(loss.description) }
        let statistics = result.statistics
        let lost = statistics.skipped + statistics.damagedFiles
        if lost > min(5, result.losses.count) {
            verbosity.warn(
                "in all \(statistics.damagedFiles) damaged files and \(statistics.skipped) places without a readable "
                    + "record were skipped")
        }
        for name in groupBy where !result.groups.isEmpty {
            // A word that is mistyped is a field that no record has.
            if result.groups.allSatisfy({ $0.keys.allSatisfy { $0.name != name || $0.value.isEmpty } }) {
                verbosity.warn("no record with an alert has '\(name)', by which alerts were to be grouped")
            }
        }
        for name in selection.flowFormat.map(FlowFormat.unknownNames) ?? [] {
            verbosity.warn("'\(name)' in --flow-format is no known field of flow logs: its column is not read")
        }
        warn(problems)
    }

    private func warn(_ problems: [RuleProblem]) {
        let told = verbosity.isVerbose ? problems[...] : problems.prefix(10)
        for problem in told { verbosity.warn("\(problem)") }
        if problems.count > told.count {
            verbosity.warn("\(problems.count - told.count) more rules have problems (--verbose tells all)")
        }
    }
}

enum HuntFormat: String, OutputFormat {
    case table
    case json
    case ndjson
    case ocsf
    case sarif
    case csv
    case markdown
    case html
}

extension Alert.Severity: ExpressibleByArgument {}
extension LogSource: ExpressibleByArgument {}
