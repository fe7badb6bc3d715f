internal import Analytics
internal import Basics
internal import LogReaders
internal import LogSources
internal import Sigma

/// The part of a hunt that depends on the kind of log: reading its records, and evaluating the counts.
protocol LogHunt: Sendable {
    associatedtype Worker: HuntWorker
    associatedtype Learned: BaselineContent

    /// The log's part of the baseline.
    var part: WritableKeyPath<HuntBaseline, Baseline<Learned>?> { get }
    /// Makes a worker for a lane.
    func worker() -> Worker
    /// Evaluates the counts of all workers. Not called if the analytics are not run.
    func report(_ tally: Worker.Counts, _ baseline: Baseline<Learned>) -> AnalyticsReport<Learned>
    /// Evaluates records that could not be evaluated one by one, because their meaning depends on later records.
    func judge(_ workers: [Worker])
    /// The records that the workers did not understand, apart from damage, for users.
    func doubts(about workers: [Worker]) -> [String]
    /// The workers' tallies as one; `nil` if the analytics are not run.
    func merged(_ workers: [Worker]) -> Worker.Counts?
    /// The log's part of what a watch remembers.
    var remembered: WritableKeyPath<HuntMemory, Worker.Counts?> { get }
    /// A tally with room for all workers; `nil` if the first worker's has it.
    func emptyTally() -> Worker.Counts?
}

extension LogHunt {
    func doubts(about workers: [Worker]) -> [String] { [] }
    func judge(_ workers: [Worker]) {}
    func emptyTally() -> Worker.Counts? { nil }

    /// Adds the workers' tallies to those of earlier batches.
    func remember(_ workers: [Worker], in memory: inout HuntMemory) {
        // Taken out, so that it is not copied when it changes.
        var whole = memory[keyPath: remembered].take() ?? emptyTally()
        for worker in workers {
            guard let tally = worker.tally.take() else { continue }
            if whole == nil { whole = tally } else { whole?.merge(tally) }
        }
        memory[keyPath: remembered] = whole
    }

    func merged(_ workers: [Worker]) -> Worker.Counts? { largest(of: workers) }

    /// Merges all other tallies into the largest one.
    func largest(of workers: [Worker]) -> Worker.Counts? {
        var largest: Worker.Counts?
        for worker in workers {
            // Taken out, so that it is not copied when it changes.
            guard var tally = worker.tally.take() else { continue }
            tally.settle()
            guard var other = largest.take() else {
                largest = tally
                continue
            }
            if other.size < tally.size { swap(&other, &tally) }
            other.merge(tally)
            largest = other
        }
        return largest
    }
}

/// One lane's part of a hunt. The lanes and what each gets to read do not depend on the number of threads (see
/// ``LogPipeline``), so neither do the counts, even if the bounds of memory drop some.
protocol HuntWorker: AnyObject {
    associatedtype Counts: Tally

    var matcher: RuleMatcher { get }
    /// `nil` if the analytics are not run.
    var tally: Counts? { get set }
    /// Records that were read.
    var events: Int { get }
    /// Whether any record is in the requested range.
    var hasEventsInRange: Bool { get }

    func read(_ piece: LogPiece)
}

/// The shared values of all workers of a hunt.
final class HuntContext: Sendable {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    /// The kinds of the rules in the ledger, by the rules' place in `rules.collection.detections`; `nil` for rules
    /// whose alerts are not reported.
    private let kinds: [AlertLedger.KindNumber?]
    private let details: AlertDetails
    /// The maximum number of workers: see ``LogPipeline/lanes``.
    let lanes: Int
    /// The seed of the hashes in tallies: the same for all workers, and different in each run.
    let seed: UInt64
    /// See ``HuntMemory/countEventsOnce()``.
    let counted: CountedEvents?

    /// See ``Hunt/init(_:for:_:rulesOfBuckets:)``.
    let rulesOfBuckets: Hunt.RulesOfBuckets?

    var rules: RuleSet { records.rules }
    var hasRules: Bool { !rules.detections.isEmpty }

    init(
        records: RecordAlerts, settings: HuntSettings, ledger: AlertLedger, lanes: Int,
        counted: CountedEvents? = nil, rulesOfBuckets: Hunt.RulesOfBuckets? = nil,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        self.counted = counted
        self.seed = seed
        self.records = records
        self.lanes = lanes
        self.settings = settings
        self.ledger = ledger
        self.rulesOfBuckets = rulesOfBuckets
        var kinds = [AlertLedger.KindNumber?](repeating: nil, count: records.rules.collection.detections.count)
        for place in records.rules.detections { kinds[place] = ledger.kind(of: records.empty(place)) }
        self.kinds = kinds
        details = AlertDetails(records, keepsRaw: settings.keepsRaw)
    }

    /// The context of the same hunt with other rules.
    func with(_ rules: RuleSet) -> HuntContext {
        HuntContext(records: RecordAlerts(rules, settings), settings: settings, ledger: ledger, lanes: lanes)
    }

    /// Counts the alert of a rule on a record, and keeps it if it is among the most telling.
    /// - Parameters:
    ///   - place: the rule's place in `rules.collection.detections`.
    ///   - record: distinguishes the records that share the event's identifier.
    ///   - content: returns the record, or its fields by their names. Called only for the alerts that are kept.
    func alert(
        _ place: Int, on event: some LogEvent, of record: Int = 0, in file: LogFile,
        _ content: ([String]) -> AlertDetails.Content
    ) {
        guard let kind = kinds[place] else { return }
        let identity = records.identity(of: event).map { ledger.identity(kind, $0, record) }
        records.withKey(of: event) { key in
            var brief: Alert?
            let isWanted = ledger.count(
                kind, key: key, time: records.time(of: event).map { $0...$0 }, identity: identity
            ) {
                let alert = records.brief(place, event)
                let names = settings.groupBy
                let values = names.map(alert.groupValue)
                brief = alert
                return { zip(values, names).map(RecordAlerts.hidden) }
            }
            if isWanted { keep(brief ?? records.brief(place, event), identity, kind, key, place, file, content) }
        }
    }

    private func keep(
        _ alert: consuming Alert, _ identity: Int?, _ kind: AlertLedger.KindNumber, _ key: Bytes, _ place: Int,
        _ file: LogFile, _ content: ([String]) -> AlertDetails.Content
    ) {
        alert.evidence = [.init("file", .string(file.name))]
        let content = content(records.shownFields(place))
        // Alerts about events without an identifier are sorted by their fields, so their fields are read at once.
        let entry =
            if identity == nil || content.isCheap {
                AlertKind.Kept(alert: details.complete(alert, place, content), identity: identity)
            } else {
                AlertKind.Kept(alert: alert, identity: identity) { [details] in details.complete($0, place, content) }
            }
        ledger.keep(entry, kind, key: key)
    }
}
