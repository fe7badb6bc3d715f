internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// The part of a hunt that depends on the kind of log: how its records are read, and how what was counted is judged.
protocol LogHunt: Sendable {
    associatedtype Worker: HuntWorker
    associatedtype Learned: BaselineContent

    /// The log's part of the baseline.
    var part: WritableKeyPath<HuntBaseline, Baseline<Learned>?> { get }
    /// Makes a worker for a thread.
    func worker() -> Worker
    /// Judges what all workers counted. Not called if the analytics are not run.
    func report(_ tally: Worker.Counts, _ baseline: Baseline<Learned>) -> AnalyticsReport<Learned>
    /// The records that the workers did not understand, apart from damage, for users.
    func doubts(about workers: [Worker]) -> [String]
}

extension LogHunt {
    func doubts(about workers: [Worker]) -> [String] { [] }

    /// The workers' tallies as one: the others are merged into the largest. `nil` if the analytics are not run.
    func merged(_ workers: [Worker]) -> Worker.Counts? {
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

/// One thread's part of a hunt.
protocol HuntWorker: AnyObject {
    associatedtype Counts: Tally

    var matcher: RuleMatcher { get }
    /// `nil` if the analytics are not run.
    var tally: Counts? { get set }
    /// Records that were read.
    var events: Int { get }
    /// Whether any record lies in the requested range.
    var hasEventsInRange: Bool { get }

    func read(_ piece: LogPiece)
}

/// The shared values of all workers of a hunt.
struct HuntContext: Sendable {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    /// The seed of the hashes in tallies: the same for all workers, and different in each run.
    let seed = UInt64.random(in: .min ... .max)

    var rules: RuleSet { records.rules }
    var hasRules: Bool { !rules.detections.isEmpty }

    /// Counts the alert of a rule on a record, and keeps it if it is among the earliest.
    /// - Parameters:
    ///   - place: the rule's place in `rules.collection.detections`.
    ///   - identity: distinguishes the records that share the event's identifier.
    ///   - values: makes the lookup of the record's fields by name. Called only for the alerts that are kept.
    func alert(
        _ place: Int, on event: some LogEvent, of identity: Int = 0, in file: LogFile,
        _ values: () -> (String) -> String?
    ) {
        var alert = records.brief(place, event)
        guard ledger.count(alert, of: identity) else { return }
        records.complete(&alert, place, in: file, values())
        ledger.keep(alert)
    }
}
