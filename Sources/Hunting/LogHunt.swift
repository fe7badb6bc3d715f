internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// A hunt's part that depends on the kind of log: how its records are read, and how what was added up is judged.
protocol LogHunt: Sendable {
    associatedtype Worker: HuntWorker

    /// One for each thread.
    func worker() -> Worker
    /// Judges what all workers added up. Not called if the analytics are not run.
    /// - Parameter learnt: what earlier hunts learned; becomes what the next one should know.
    func judge(_ tally: Worker.Counts, _ learnt: inout HuntBaseline) -> HuntJudgement
    /// What the workers could not make sense of, apart from damage.
    func doubts(about workers: [Worker]) -> [String]
}

extension LogHunt {
    func doubts(about workers: [Worker]) -> [String] { [] }

    /// The workers' tallies as one: the others are merged into the largest. None if the analytics are not run.
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

/// What one thread does in a hunt.
protocol HuntWorker: AnyObject {
    associatedtype Counts: Tally

    var matcher: RuleMatcher { get }
    /// `nil` if the analytics are not run.
    var tally: Counts? { get set }
    /// Records that were read.
    var events: Int { get }
    /// Whether one of them lies in the range that was asked for.
    var hasEventsInRange: Bool { get }

    func read(_ piece: LogPiece)
}

/// What an analytic says of a tally.
struct HuntJudgement {
    var alerts: [Alert]
    /// Why the answer may be incomplete.
    var doubts: [String] = []
    /// Subjects of which too little is known.
    var learning: [String] = []

    /// Adds a doubt about so many things, if there are any.
    mutating func doubt(_ count: Int, _ text: (Int) -> String) {
        if count > 0 { doubts.append(text(count)) }
    }
}

/// What all workers of a hunt share.
struct HuntContext: Sendable {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    /// Of the hashes in tallies: the same for all workers, and another one in each run.
    let seed = UInt64.random(in: .min ... .max)

    var rules: RuleSet { records.rules }
    var hasRules: Bool { !rules.detections.isEmpty }

    /// Counts the alert of a rule on a record, and keeps it if it is among the earliest.
    /// - Parameters:
    ///   - place: the rule's place in `rules.collection.detections`.
    ///   - identity: tells apart the records that share the event's identifier.
    ///   - values: makes the lookup of the record's fields by name. It is called for those alerts alone that are kept.
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
