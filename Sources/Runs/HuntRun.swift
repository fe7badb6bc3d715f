public import Basics
public import Analytics
import AWSClient
import DistributedEngines
public import FoundationEssentials
public import Hunting
public import LogReaders
public import LogSources
public import Reports
public import Sigma

/// Detects threats in logs.
public struct HuntRun: Sendable {
    public var source: LogSource
    public var logs: LogPlaces
    public var rules: LoadedRules
    /// The baseline that earlier hunts learned.
    public var baseline = HuntBaseline()
    /// The beginning of the time range; earlier records are ignored.
    public var from: Date?
    /// The end of the time range; records at that time or later are ignored.
    public var to: Date?
    /// The fields of flow logs without a header line, as AWS shows a custom format.
    public var flowFormat: String?
    /// The least severity of an alert that is reported.
    public var severity = Severity.informational
    /// The least severity of an alert that makes the result ``ExitStatus/found``.
    public var failOn = Severity.informational
    /// The greatest number of alerts of one rule that are kept in full, the most telling ones; 0 for no limit; `nil`
    /// for 100, while all alerts are passed on as they are found.
    public var maxAlerts: Int?
    /// The fields by which alerts of a rule are grouped.
    public var groupBy = ["actor"]
    /// Whether alerts contain the record that caused them, without secrets.
    public var keepsRaw = false
    /// The memory that the hunt may use, in megabytes, approximately.
    public var memory = 400
    /// The number of files that are read at once; `nil` for one per core.
    public var threads: Int?
    /// The time limit for all calls to AWS together; `nil` for none. Data that was not read by then is missing, and the
    /// report says so.
    public var timeout: Duration?
    /// Selects the records with Amazon Athena; `nil` to read the logs on this machine.
    public var athena: AthenaSettings?
    /// Selects the records with Spark; `nil` to read the logs on this machine.
    public var spark: SparkSettings?
    public var configuration = Configuration()
    public var session = SessionOptions()

    public init(_ source: LogSource, in logs: LogPlaces, rules: LoadedRules) {
        self.source = source
        self.logs = logs
        self.rules = rules
    }

    /// Checks the options before any work is done.
    /// - Parameter reads: whether logs are read, or only rules listed.
    /// - Throws: ``InvalidInput`` that names the option.
    public static func check(
        _ logs: [String], of source: LogSource?, from: Date?, to: Date?, flowFormat: String?, threads: Int?,
        maxAlerts: Int?, memory: Int = 400, timeout: Int? = nil, reads: Bool
    ) throws(InvalidInput) {
        if reads, logs.isEmpty { throw InvalidInput("--logs is required: a path or s3:// URL") }
        // Data from a pipe cannot be read a second time after its type was detected.
        if reads, source == nil, logs.contains("-") {
            throw InvalidInput("--source is required for stdin: cloudtrail, s3-access or vpc-flow")
        }
        try InvalidInput.checkThreads(threads)
        if !(200...1_000_000).contains(memory) {
            throw InvalidInput("--memory must be a number of megabytes from 200 to 1000000")
        }
        if let maxAlerts, maxAlerts < 0 { throw InvalidInput("--max-alerts must be 0 or more") }
        if let from, let to, from >= to { throw InvalidInput("--from must be before --to") }
        let places = try LogPlaces(logs)
        _ = try InvalidInput.timeout(timeout, isOfAWS: places.areInS3 || !reads)
        guard let flowFormat else { return }
        guard source == .vpcFlow else { throw InvalidInput("--flow-format requires --source vpc-flow") }
        if FlowFormat(flowFormat) == nil {
            throw InvalidInput("--flow-format contains no field of flow logs, such as srcaddr or bytes")
        }
    }

    public struct Result: Sendable {
        public var report: HuntReport
        /// The baseline for the next hunt.
        public var learned: HuntBaseline
        /// Messages about skipped data: the first few losses in detail, then the totals; and about unknown field names.
        public var warnings: [String]
        /// The rules that did not run.
        public var problems: [RuleProblem]
        /// What an engine read and cost.
        public var notes: [String] = []
        public var exitStatus: ExitStatus
    }

    /// Receives alerts, one at a time, on any thread: all as they are found, or at the end the ones that ``maxAlerts``
    /// keeps. An error that it throws ends the hunt.
    public typealias AlertReceiver = @Sendable (Alert, AlertRule?) throws -> Void

    /// - Throws: ``Failure`` if no rule would run, or if there were logs but none of their records could be read;
    ///   errors that `receive` throws; `CancellationError`.
    public func run(
        in environment: RunEnvironment = RunEnvironment(), progress report: ProgressReport<LogProgress.State>? = nil,
        receive: AlertReceiver? = nil
    ) async throws -> Result {
        var hunt = Hunt(
            rules.collection, for: source, settings(at: environment.aws.now()), rulesOfBuckets: rules.ofBuckets)
        try rules.checkUse(hunt)
        let (pipeline, now, selected) = try await pipeline(in: environment, progress: report)
        let started = now()
        hunt.settings.readsSelection = selected != nil
        hunt.settings.moment = Int(started.timeIntervalSince1970)
        let progress = LogProgress()
        let stream = receive.map { AlertStream(progress, hunt.alertRules, $0) }
        var (found, learned) = try await reporting({ progress.state }, to: report) {
            try await withTaskCancellationHandler {
                try await hunt.run(
                    pipeline, baseline: baseline, progress: progress, sums: selected?.store.sums,
                    passOn: stream.map { $0.receive })
            } onCancel: {
                progress.stop()
            }
        }
        try stream?.check()
        try Task.checkCancellation()
        if let selected {
            found.statistics.bytes = selected.scanned
            found.doubts += selected.doubts
        }
        try checkReading(found)
        let problems = rules.problems + hunt.rules.problems
        if !problems.isEmpty {
            found.doubts.append(
                "\(problems.count) rule\(problems.count == 1 ? "" : "s") could not be parsed and did not run")
        }
        let run = HuntReport.Run(
            source: source.rawValue, logs: selected?.places ?? logs.names, from: from, to: to,
            started: started,
            finished: now(), parapet: Version.current)
        return Result(
            report: HuntReport(run: run, result: found), learned: learned, warnings: warnings(found),
            problems: problems, notes: selected?.notes ?? [],
            exitStatus: ExitStatus(
                found: found.groups.contains { $0.severity >= failOn }, undetermined: !found.doubts.isEmpty))
    }

    /// The logs: the records that an engine selects, or the files.
    private func pipeline(
        in environment: RunEnvironment, progress: ProgressReport<LogProgress.State>?
    ) async throws -> (LogPipeline, now: @Sendable () -> Date, selected: SelectedRecords?) {
        if let spark {
            let selected = try await SparkSelection(self, spark, in: environment).run { progress?($0) }
            return (pipeline(over: selected), environment.aws.now, selected)
        }
        guard let athena else {
            let (pipeline, now) = try await logs.pipeline(
                Hunt.layout(of: source), Hunt.folders(of: source), dates: DateFolders(from: from, to: to),
                threads: threads, timeout: timeout, session, in: environment)
            return (pipeline, now, nil)
        }
        let selection = try await AthenaSelection(self, athena, in: environment)
        let selected = try await selection.run()
        return (pipeline(over: selected), selection.now, selected)
    }

    private func pipeline(over selected: SelectedRecords) -> LogPipeline {
        LogPipeline(
            selected.store.locations, layout: Hunt.layout(of: source), store: selected.store,
            workers: threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// - Parameter moment: the current time; later records are not believed.
    func settings(at moment: Date) -> HuntSettings {
        var settings = configuration.huntSettings
        settings.from = from.map { Int($0.timeIntervalSince1970.rounded(.up)) }
        settings.to = to.map { Int($0.timeIntervalSince1970.rounded(.up)) }
        settings.moment = Int(moment.timeIntervalSince1970)
        settings.severity = severity
        settings.memory = memory * 1_000_000
        settings.maxAlerts = maxAlerts == 0 ? .max : maxAlerts
        settings.groupBy = groupBy
        settings.keepsRaw = keepsRaw
        settings.runsAnalytics = rules.usesBuiltIn
        settings.flowFormat = flowFormat.flatMap { FlowFormat($0) }
        return settings
    }

    static let parquetAdvice = "use an engine (docs/scale.md), or logs in text"

    private func checkReading(_ result: HuntResult) throws(Failure) {
        let statistics = result.statistics
        guard statistics.events == 0, statistics.skipped + statistics.damagedFiles > 0 else { return }
        let files =
            switch statistics.files {
            case 0: ""
            case 1: " of the one file"
            default: " of any of \(statistics.files) files"
            }
        if let parquet = result.losses.first(where: \.isParquet) {
            throw Failure("nothing could be read" + files, why: parquet.description, advice: Self.parquetAdvice)
        }
        throw Failure(
            "nothing could be read" + files, why: result.losses.first?.description ?? "they contain no record",
            advice: "check --logs, and whether the logs are \(source.rawValue)")
    }

    private func warnings(_ result: HuntResult) -> [String] {
        var warnings = result.losses.prefix(5).map(\.description)
        let statistics = result.statistics
        if statistics.skipped + statistics.damagedFiles > warnings.count {
            warnings.append(
                "damaged files: \(statistics.damagedFiles); skipped places without a readable record: "
                    + "\(statistics.skipped)")
        }
        for name in groupBy where !result.groups.isEmpty {
            // If no record has the field, its name is probably mistyped.
            if result.groups.allSatisfy({ $0.keys.allSatisfy { $0.name != name || $0.value.isEmpty } }) {
                let near = NearestNames.nearest(to: name, among: ["actor", "account", "region"], count: 1)
                let hint = near.first.map { "; did you mean \($0)?" } ?? ""
                warnings.append("no record with an alert has '\(name)', which --group-by requires\(hint)")
            }
        }
        for name in flowFormat.map(FlowFormat.unknownNames) ?? [] {
            warnings.append("'\(name)' in --flow-format is not a known field of flow logs; its column is ignored")
        }
        return warnings
    }
}
