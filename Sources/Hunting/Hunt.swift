public import Analytics
internal import Basics
public import LogReaders
public import LogSources
public import Sigma

/// Finds suspicious activity in logs, by Sigma rules (on single records and correlated) and by the built-in analytics.
///
/// ```swift
/// let hunt = Hunt(collection, for: .cloudTrail, settings)
/// let (result, learned) = try await hunt.run(pipeline, baseline: known)
/// ```
public struct Hunt: Sendable {
    /// The rules that are for this log.
    public let rules: RuleSet
    public var settings: HuntSettings
    private let rulesOfBuckets: RulesOfBuckets?

    /// Makes the rules that name trail buckets from the names of such buckets.
    public typealias RulesOfBuckets = @Sendable ([String]) -> RuleCollection

    /// - Parameters:
    ///   - collection: rules for any log. Rules for other logs are not run.
    ///   - rulesOfBuckets: makes the rules for the trail buckets that are learned from the logs; `nil` to learn none.
    public init(
        _ collection: RuleCollection, for source: LogSource, _ settings: HuntSettings = HuntSettings(),
        rulesOfBuckets: RulesOfBuckets? = nil
    ) {
        self.settings = settings
        self.rulesOfBuckets = rulesOfBuckets
        rules = RuleSet(
            collection, for: source, capturing: RecordFields(source).kept)
    }

    /// Whether the names of trail buckets are learned from the logs.
    var learnsBuckets: Bool { rulesOfBuckets != nil }

    /// The layout by which a log is divided among lanes.
    public static func layout(of source: LogSource) -> LogLayout {
        source == .cloudTrail ? .json : .lines
    }

    /// The folders of the log, in a bucket to which other services deliver as well.
    public static func folders(of source: LogSource) -> ServiceFolders {
        switch source {
        case .cloudTrail: .cloudTrail
        case .s3Access: .accessLogs
        case .vpcFlow: .flowLogs
        }
    }

    /// All rules and analytics that run.
    public var alertRules: [AlertRule] {
        let collection = rules.collection
        let detections = rules.detections.filter { collection.detectionAlerts[$0] }
            .map { AlertRule(collection.detections[$0].about, .rule) }
        let correlations = rules.correlations.filter { collection.correlationAlerts[$0] }
            .map { AlertRule(collection.correlations[$0].about, .correlation) }
        return detections + correlations
            + (settings.runsAnalytics ? BuiltInAnalytics.rules(for: rules.source) : [])
    }

    /// - Parameters:
    ///   - pipeline: the logs; its layout must be ``layout(of:)``.
    ///   - baseline: the baseline that earlier hunts learned.
    ///   - sums: the records of this log that an engine has summed up, besides those of the pipeline.
    ///   - passOn: receives alerts one at a time, on any thread. It receives all alerts as they are found, in any
    ///     order. If the settings limit the number of kept alerts, it receives only the kept ones, at the end and in
    ///     order.
    /// - Returns: the result, and the baseline of the next hunt.
    /// - Throws: `Failure` if a source or a sum cannot be read at all.
    public func run(
        _ pipeline: LogPipeline, baseline: HuntBaseline = HuntBaseline(),
        progress: LogProgress = LogProgress(), sums: RecordSums? = nil,
        passOn: (@Sendable (Alert) -> Void)? = nil
    ) async throws -> (result: HuntResult, learned: HuntBaseline) {
        let context = context(lanes: pipeline.lanes, passOn: passOn)
        var findings = HuntFindings(ledger: context.ledger, learned: baseline)
        if let sums, !sums.isReadable {
            throw Failure(
                "the summed records cannot be read", why: "a row is not in the form of a record",
                advice: "run the hunt again; if it happens again, report it")
        }
        switch rules.source {
        case .cloudTrail: try await run(CloudTrailHunt(context), pipeline, progress, &findings)
        case .s3Access: try await run(AccessHunt(context, sums: sums), pipeline, progress, &findings)
        case .vpcFlow: try await run(FlowHunt(context: context, sums: sums), pipeline, progress, &findings)
        }
        findings.events += sums?.records ?? 0
        return (result(findings), findings.learned)
    }

    /// - Parameter seed: the seed of the hashes in tallies.
    func context(
        lanes: Int, seed: UInt64 = .random(in: .min ... .max), counted: CountedEvents? = nil,
        passOn: (@Sendable (Alert) -> Void)?
    ) -> HuntContext {
        let ledger = AlertLedger(
            limit: settings.maxAlerts ?? HuntSettings.usualMaxAlerts, keys: settings.groupBy,
            severity: settings.severity, passesAll: settings.maxAlerts ?? .max == .max, passOn: passOn)
        return HuntContext(
            records: RecordAlerts(rules, settings), settings: settings, ledger: ledger, lanes: lanes,
            counted: counted, rulesOfBuckets: rulesOfBuckets, seed: seed)
    }

    /// Reads the logs, and evaluates their single records.
    func read<Log: LogHunt>(
        _ hunt: Log, _ pipeline: LogPipeline, _ progress: LogProgress, _ findings: inout HuntFindings,
        look: (@Sendable (LogPiece) -> Void)? = nil
    ) async throws -> [Log.Worker] {
        let (workers, account) = try await pipeline.run(progress: progress) {
            hunt.worker()
        } read: { worker, piece in
            worker.read(piece)
            look?(piece)
        }
        findings.account = account
        findings.events = workers.reduce(0) { $0 + $1.events }
        findings.hasEventsInRange = workers.contains(where: \.hasEventsInRange)
        findings.doubts += hunt.doubts(about: workers)
        hunt.judge(workers)
        return workers
    }

    private func run<Log: LogHunt>(
        _ hunt: Log, _ pipeline: LogPipeline, _ progress: LogProgress, _ findings: inout HuntFindings
    ) async throws {
        let workers = try await read(hunt, pipeline, progress, &findings)
        findings.correlate(workers.map(\.matcher), rules)
        guard let tally = hunt.merged(workers) else { return }
        let report = hunt.report(tally, findings.learned[keyPath: hunt.part] ?? Baseline())
        for alert in report.alerts { findings.ledger.add(alert) }
        findings.learned[keyPath: hunt.part] = report.baseline
        findings.learning = report.learning
        (findings.transfers, findings.omittedTransfers) = (report.transfers, report.omittedTransfers)
        (findings.requests, findings.omittedRequests) = (report.requests, report.omittedRequests)
        findings.doubts += report.doubts
    }

    func result(_ findings: HuntFindings) -> HuntResult {
        var result = HuntResult()
        findings.ledger.finish(into: &result)
        let all = Dictionary(alertRules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for group in result.groups { result.rules[group.rule] = all[group.rule] }
        let account = findings.account
        result.statistics.events = findings.events
        result.statistics.files = account.files
        result.statistics.bytes = account.bytes
        result.statistics.contentBytes = account.contentBytes
        result.statistics.skipped = account.lostRecords
        result.statistics.damagedFiles = account.damagedFiles
        result.statistics.rules = all.count
        result.learning = findings.learning
        result.statistics.repetitions = findings.repetitions
        (result.transfers, result.omittedTransfers) = (findings.transfers, findings.omittedTransfers)
        (result.requests, result.omittedRequests) = (findings.requests, findings.omittedRequests)
        func shown(_ loss: LogLoss) -> LogLoss { LogLoss(file: loss.file, what: SecretFields.shown(loss.what)) }
        result.losses = account.losses.map(shown)
        result.incomplete = account.incomplete.map { shown(LogLoss(file: $0.key, what: $0.value)) }.sorted {
            $0.file < $1.file
        }
        result.moreIncomplete = account.moreIncomplete
        result.unfetched = account.unfetched
        result.troubles = account.troubles
        result.statistics.otherServices = account.otherServices
        result.cursors = account.cursors
        result.doubts += findings.doubts
        if account.damagedFiles > 0 {
            result.doubts.append(Self.counted(account.damagedFiles, "file") + " could not be read completely")
        }
        if account.lostRecords > 0 {
            result.doubts.append(Self.counted(account.lostRecords, "place") + " in the logs could not be read")
        }
        // An engine brings back only the records that are wanted: that there are none proves nothing about the log.
        if settings.readsSelection { return result }
        if account.files == 0 {
            let others = account.otherServices.keys.sorted().joined(separator: ", ")
            result.doubts.append(
                "no log file was found for the requested places and days"
                    + (others.isEmpty ? "" : ", only folders of other services (\(others))"))
        } else if findings.events == 0, account.isWhole {
            result.doubts.append("the files contain no record of this log")
        } else if findings.events > 0, !findings.hasEventsInRange {
            result.doubts.append("no record is in the requested time range")
        }
        return result
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// The combined findings of the workers.
struct HuntFindings {
    let ledger: AlertLedger
    /// The baseline for this hunt, and afterwards the baseline for the next one.
    var learned: HuntBaseline
    var account = ReadingAccount()
    var events = 0
    /// Whether any record is in the requested range.
    var hasEventsInRange = true
    var doubts: [String] = []
    var learning: [String] = []
    /// See ``HuntStatistics/repetitions``.
    var repetitions = 0
    var transfers: [TransferSeries] = []
    var omittedTransfers = 0
    var requests: [DailyRequests] = []
    var omittedRequests = 0

    init(ledger: AlertLedger, learned: HuntBaseline) {
        self.ledger = ledger
        self.learned = learned
    }

    /// Runs the correlations, and adds doubts about records and fields that the rules could not evaluate.
    mutating func correlate(_ matchers: [RuleMatcher], _ rules: RuleSet) {
        let observations = matchers.map(\.observations)
        let alerts = CorrelationAlerts(rules)
        var habits = learned.habits ?? Habits()
        for found in rules.correlate(observations).sorted(by: { $0.first < $1.first }) {
            if habits.isUsual(found, of: rules.collection.correlations[found.correlation].about) {
                repetitions += 1
            } else {
                ledger.add(alerts.alert(found))
            }
        }
        learned.habits = habits.isEmpty ? nil : habits
        doubtMatches(matchers, rules)
    }

    /// Adds doubts about records and fields that the rules could not evaluate.
    mutating func doubtMatches(_ matchers: [RuleMatcher], _ rules: RuleSet) {
        let observations = matchers.map(\.observations)
        doubt(observations.map(\.dropped)) {
            "correlations excluded \($0) matching events because of the limit: shorten the range"
        }
        doubt(observations.map(\.withoutTime)) {
            "\($0) matching events have no readable time, so correlations do not count them"
        }
        for (title, fields, canMatch) in rules.withUnknownFields {
            let names = fields.map { "'\($0)'" }.joined(separator: ", ")
            doubts.append(
                "the rule \(title) \(canMatch ? "reads" : "can never match: it reads") \(names), which records of "
                    + "\(rules.source.rawValue) do not have")
        }
        doubt(matchers.map(\.givenUp)) { "a regular expression was stopped \($0) times because it took too many steps" }
    }

    private mutating func doubt(_ counts: [Int], _ text: (Int) -> String) {
        let count = counts.reduce(0, +)
        if count > 0 { doubts.append(text(count)) }
    }
}
