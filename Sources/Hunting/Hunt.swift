public import Analytics
public import LogReaders
public import LogSources
public import Sigma

/// Reads logs and finds what somebody should look at: by Sigma rules, record by record and correlated, and by the built-in
/// analytics.
///
/// ```swift
/// let hunt = Hunt(collection, for: .cloudTrail, settings)
/// let (result, learned) = try await hunt.run(pipeline, baseline: known)
/// ```
public struct Hunt: Sendable {
    /// The rules that are for this log.
    public let rules: RuleSet
    public let settings: HuntSettings

    /// - Parameter collection: rules for any log; those for others are left out.
    public init(
        _ collection: RuleCollection, for source: LogSource, _ settings: HuntSettings = HuntSettings()
    ) {
        self.settings = settings
        rules = RuleSet(
            collection, for: source, capturing: RecordFields(source).kept)
    }

    /// How a log is to be divided among threads.
    public static func layout(of source: LogSource) -> LogLayout {
        source == .cloudTrail ? .json : .lines
    }

    /// Everything that would be run.
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
    ///   - pipeline: where the logs are; its layout must be ``layout(of:)``.
    ///   - baseline: what earlier hunts learned.
    ///   - passOn: is given alerts as they are found, the first of each rule, one at a time, on any thread.
    /// - Returns: what was found, and what the next hunt should know.
    /// - Throws: `Failure` if a source cannot be read at all.
    public func run(
        _ pipeline: LogPipeline, baseline: HuntBaseline = HuntBaseline(),
        progress: LogProgress = LogProgress(),
        passOn: (@Sendable (Alert) -> Void)? = nil
    ) async throws -> (result: HuntResult, learnt: HuntBaseline) {
        let ledger = AlertLedger(
            limit: settings.maxAlerts, keys: settings.groupBy, severity: settings.severity, passOn: passOn
        )
        let context = HuntContext(
            records: RecordAlerts(rules, settings), settings: settings, ledger: ledger)
        var findings = HuntFindings(ledger: ledger, learnt: baseline)
        switch rules.source {
        case .cloudTrail: try await run(CloudTrailHunt(context), pipeline, progress, &findings)
        case .s3Access: try await run(AccessHunt(context), pipeline, progress, &findings)
        case .vpcFlow: try await run(FlowHunt(context: context), pipeline, progress, &findings)
        }
        return (result(findings), findings.learnt)
    }

    private func run<Log: LogHunt>(
        _ hunt: Log, _ pipeline: LogPipeline, _ progress: LogProgress, _ findings: inout HuntFindings
    ) async throws {
        let (workers, account) = try await pipeline.run(progress: progress) {
            hunt.worker()
        } read: { worker, piece in
            worker.read(piece)
        }
        findings.account = account
        findings.events = workers.reduce(0) { $0 + $1.events }
        findings.hasEventsInRange = workers.contains(where: \.hasEventsInRange)
        findings.doubts += hunt.doubts(about: workers)
        findings.correlate(workers.map(\.matcher), rules, settings)
        guard let tally = hunt.merged(workers) else { return }
        let judgement = hunt.judge(tally, &findings.learnt)
        for alert in judgement.alerts { findings.ledger.add(alert) }
        findings.learning = judgement.learning
        findings.doubts += judgement.doubts
    }

    private func result(_ findings: HuntFindings) -> HuntResult {
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
        result.losses = account.losses
        result.cursors = account.cursors
        result.doubts = findings.doubts
        if account.damagedFiles > 0 {
            result.doubts.append(
                Self.counted(account.damagedFiles, "file") + " could not be read, or not wholly")
        }
        if account.lostRecords > 0 {
            result.doubts.append(
                Self.counted(account.lostRecords, "place") + " in the logs could not be read")
        }
        if account.files == 0 {
            result.doubts.append("no log file was found in the places and days that were asked for")
        } else if findings.events == 0, account.isWhole {
            result.doubts.append("the files hold no record of this log")
        } else if findings.events > 0, !findings.hasEventsInRange {
            result.doubts.append("none of the records lies in the range that was asked for")
        }
        return result
    }

    static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}

/// What the workers found, taken together.
struct HuntFindings {
    let ledger: AlertLedger
    /// What was learned before; then what the next hunt should know.
    var learnt: HuntBaseline
    var account = ReadingAccount()
    var events = 0
    /// Whether one of them lies in the range that was asked for.
    var hasEventsInRange = true
    var doubts: [String] = []
    var learning: [String] = []

    init(ledger: AlertLedger, learnt: HuntBaseline) {
        self.ledger = ledger
        self.learnt = learnt
    }

    /// Runs the correlations, and tells what rules could not see.
    mutating func correlate(_ matchers: [RuleMatcher], _ rules: RuleSet, _ settings: HuntSettings) {
        let observations = matchers.map(\.observations)
        let alerts = CorrelationAlerts(rules)
        for found in rules.correlate(observations) { ledger.add(alerts.alert(found)) }
        let dropped = observations.reduce(0) { $0 + $1.dropped }
        if dropped > 0 {
            doubts.append(
                "correlations had to leave out \(dropped) matching events, since there were too many: shorten the range"
            )
        }
        let timeless = observations.reduce(0) { $0 + $1.withoutTime }
        if timeless > 0 {
            doubts.append(
                "\(timeless) matching events have no time that can be read, so no correlation counts them")
        }
        for (title, fields) in rules.withUnknownFields {
            let names = fields.map { "'\($0)'" }.joined(separator: ", ")
            doubts.append(
                "the rule \(title) looks at \(names), which records of \(rules.source.rawValue) do not have"
            )
        }
        let givenUp = matchers.reduce(0) { $0 + $1.givenUp }
        if givenUp > 0 {
            doubts.append(
                "a regular expression was given up \(givenUp) times, since it took too many steps")
        }
    }
}
