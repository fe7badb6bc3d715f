public import Analytics
public import Basics
internal import FoundationEssentials
internal import LogReaders
public import LogSources
public import Sigma

/// What a watch of one log remembers between its batches: the events that correlations count, and the tally of the
/// analytics. It belongs to one ``Hunt``.
public struct HuntMemory: Sendable {
    public internal(set) var observations: ObservationMemory
    var keys: KeyTally?
    var access: AccessTally?
    var flows: FlowTally?
    let seed: UInt64
    /// The events that were counted; `nil` as long as each event comes once.
    private(set) var counted: CountedEvents?

    public init(for hunt: Hunt, seed: UInt64 = .random(in: .min ... .max)) {
        observations = ObservationMemory(hunt.rules)
        self.seed = seed
    }

    /// An empty memory whose tally can be merged into this one. Both count an event once if this one does.
    public func empty(for hunt: Hunt) -> HuntMemory {
        var memory = HuntMemory(for: hunt, seed: seed)
        // What both read is counted once.
        memory.counted = counted
        return memory
    }

    /// Adds the observations of a batch that an earlier process saved.
    public mutating func restore(_ observations: JSON) { self.observations.restore(observations) }

    /// Lets the analytics count each event once, however often it comes: CloudTrail's events can come as messages, and
    /// again in the objects of a trail.
    public mutating func countEventsOnce() {
        if counted == nil { counted = CountedEvents() }
    }

    public var hasTally: Bool { keys != nil || access != nil || flows != nil }

    public mutating func forgetTally() { (keys, access, flows) = (nil, nil, nil) }

    /// Adds the tally of an ``empty(for:)`` memory.
    public mutating func mergeTally(of other: HuntMemory) {
        func merge<Counts: Tally>(_ part: WritableKeyPath<HuntMemory, Counts?>) {
            guard let counts = other[keyPath: part] else { return }
            if self[keyPath: part] == nil { self[keyPath: part] = counts } else { self[keyPath: part]?.merge(counts) }
        }
        merge(\.keys)
        merge(\.access)
        merge(\.flows)
    }
}

extension Hunt {
    /// The result of one batch of a watch.
    public struct Batch: Sendable {
        /// The alerts of single records and of correlations. The analytics are evaluated by ``analyze(_:_:)``.
        public var result: HuntResult
        /// The observations of the batch, for ``HuntMemory/restore(_:)``; `nil` if there are none.
        public var observations: JSON?
    }

    /// Reads a batch of logs, and evaluates it together with what earlier batches left in the memory.
    /// - Parameters:
    ///   - passOn: receives all alerts of single records as they are found, and those of correlations; one at a time,
    ///     on any thread. Alerts of correlations come again with each batch while their events are remembered.
    ///   - look: receives each piece, on any thread.
    /// - Throws: `Failure` if a source cannot be read at all.
    public func run(
        _ pipeline: LogPipeline, remembering memory: inout HuntMemory, progress: LogProgress = LogProgress(),
        passOn: (@Sendable (Alert) -> Void)? = nil, look: (@Sendable (LogPiece) -> Void)? = nil
    ) async throws -> Batch {
        let context = context(
            lanes: pipeline.lanes, seed: memory.seed, counted: memory.counted, passOn: passOn)
        var findings = HuntFindings(ledger: context.ledger, learned: HuntBaseline())
        let observations: JSON?
        switch rules.source {
        case .cloudTrail:
            observations = try await run(CloudTrailHunt(context), pipeline, &memory, progress, &findings, look)
        case .s3Access:
            observations = try await run(AccessHunt(context), pipeline, &memory, progress, &findings, look)
        case .vpcFlow:
            observations = try await run(FlowHunt(context: context), pipeline, &memory, progress, &findings, look)
        }
        return Batch(result: result(findings), observations: observations)
    }

    private func run<Log: LogHunt>(
        _ hunt: Log, _ pipeline: LogPipeline, _ memory: inout HuntMemory, _ progress: LogProgress,
        _ findings: inout HuntFindings, _ look: (@Sendable (LogPiece) -> Void)?
    ) async throws -> JSON? {
        let workers = try await read(hunt, pipeline, progress, &findings, look: look)
        hunt.remember(workers, in: &memory)
        findings.doubtMatches(workers.map(\.matcher), rules)
        let observations = memory.observations.add(workers.map(\.matcher.observations))
        let now = Int64(settings.moment ?? Int(Date().timeIntervalSince1970)) * 1000
        // An hour more, because logs are delivered late and out of order.
        memory.observations.forget(before: now - memory.observations.timespan - 3_600_000)
        if memory.observations.count > 0 {
            let alerts = CorrelationAlerts(rules)
            for found in memory.observations.correlate(at: now) { findings.ledger.add(alerts.alert(found)) }
        }
        return observations
    }

    /// Evaluates the tally that batches left in the memory.
    /// - Parameter baseline: what was learned before the first of these batches.
    /// - Returns: the alerts, and the baseline for batches after these.
    public func analyze(
        _ memory: HuntMemory, _ baseline: HuntBaseline
    ) -> (alerts: [Alert], learned: HuntBaseline, doubts: [String]) {
        let context = context(lanes: 1, seed: memory.seed, passOn: nil)
        switch rules.source {
        case .cloudTrail: return analyze(CloudTrailHunt(context), memory, baseline)
        case .s3Access: return analyze(AccessHunt(context), memory, baseline)
        case .vpcFlow: return analyze(FlowHunt(context: context), memory, baseline)
        }
    }

    private func analyze<Log: LogHunt>(
        _ hunt: Log, _ memory: HuntMemory, _ baseline: HuntBaseline
    ) -> (alerts: [Alert], learned: HuntBaseline, doubts: [String]) {
        guard let tally = memory[keyPath: hunt.remembered] else { return ([], baseline, []) }
        let report = hunt.report(tally, baseline[keyPath: hunt.part] ?? Baseline())
        var learned = baseline
        learned[keyPath: hunt.part] = report.baseline
        return (
            report.alerts.filter { $0.severity >= settings.severity }.map(SecretFields.hidden), learned, report.doubts
        )
    }
}
