internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Rules over CloudTrail, and the history of its credentials.
struct CloudTrailHunt: SourceHunt {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    let plan: CloudTrailPlan
    fileprivate let keyFields: KeyFields?
    fileprivate let seed = UInt64.random(in: .min ... .max)

    init(_ records: RecordAlerts, _ settings: HuntSettings, _ ledger: AlertLedger) {
        self.records = records
        self.settings = settings
        self.ledger = ledger
        var fields = records.fields
        var filters = records.rules.filters
        keyFields = settings.runsAnalytics ? KeyFields(&fields) : nil
        if settings.runsAnalytics { filters? += KeyTally.filters }
        plan = CloudTrailPlan(fields: fields, filters: filters)
    }

    func worker() -> Worker { Worker(self) }

    func finish(_ workers: [Worker], _ findings: inout HuntFindings) {
        findings.events = workers.reduce(0) { $0 + $1.events }
        findings.hasEventsInRange = workers.contains { $0.witness.hasSeen }
        let foreign = workers.reduce(0) { $0 + $1.foreign }
        if foreign > 0 {
            findings.doubts.append(
                "\(Hunt.counted(foreign, "record")) of \(findings.events) can hardly be CloudTrail's: without eventName, "
                    + "eventTime and eventVersion")
        }
        findings.correlate(workers.map(\.matcher), records.rules, settings)
        guard var tally = workers.first?.keys.take() else { return }
        for worker in workers.dropFirst() {
            if let other = worker.keys.take() { tally.merge(other) }
        }
        let report = KeyHistory(tally, baseline: findings.learnt.keys ?? KeyBaseline()).report()
        for alert in report.alerts { ledger.add(alert) }
        findings.learnt.keys = report.baseline
        if tally.ofTheFuture > 0 {
            findings.doubts.append(
                "\(tally.ofTheFuture) events are later than now: the history of credentials left them out")
        }
        if report.forgotten > 0 {
            findings.doubts.append(
                "\(report.forgotten) uses of credentials were not remembered, since there were too many: their history "
                    + "was not judged")
        }
    }

    final class Worker: HuntWorker {
        fileprivate let matcher: RuleMatcher
        fileprivate var events = 0
        fileprivate var foreign = 0
        fileprivate var witness: RangeWitness
        fileprivate var keys: KeyTally?
        private let reader: CloudTrailReader
        /// The one that is read.
        private var file: LogFile?
        private let hunt: CloudTrailHunt

        fileprivate init(_ hunt: CloudTrailHunt) {
            self.hunt = hunt
            matcher = RuleMatcher(hunt.records.rules)
            reader = CloudTrailReader(hunt.plan)
            witness = RangeWitness(hunt.settings)
            keys = hunt.keyFields.map {
                KeyTally(hunt.settings.keys, fields: $0, seed: hunt.seed, now: hunt.settings.moment)
            }
        }

        func read(_ piece: LogPiece) {
            file = piece.file
            if !witness.hasSeen { witness.look(at: piece.bytes) }
            let account: RecordAccount
            if var keys = keys.take() {
                account = reader.read(piece.bytes, isWhole: piece.isWhole, isInRows: piece.isInRows) { event in
                    guard isWanted(event) else { return }
                    keys.add(event)
                    matcher.match(event) { place in alert(place, event) }
                }
                self.keys = keys
            } else {
                account = reader.read(piece.bytes, isWhole: piece.isWhole, isInRows: piece.isInRows) { event in
                    guard isWanted(event) else { return }
                    matcher.match(event) { place in alert(place, event) }
                }
            }
            events += account.records
            foreign += account.foreign
            piece.lost(account.damaged, account.damages.first?.description ?? "a record cannot be read")
        }

        /// A record without a time that can be read is judged in any range.
        private func isWanted(_ event: borrowing CloudTrailEvent) -> Bool {
            guard hunt.settings.isLimitedInTime else { return true }
            return hunt.records.time(of: copy event).map(hunt.settings.admits) ?? true
        }

        private func alert(_ place: Int, _ event: borrowing CloudTrailEvent) {
            guard let file else { return }
            var alert = hunt.records.brief(place, copy event)
            guard hunt.ledger.count(alert) else { return }
            // Alerts are few: the whole record is read once more for what they show.
            if let record = try? JSONValue(parsing: event.json) {
                let shown = JSONRecord(SecretFields.hidden(record))
                hunt.records.complete(&alert, place, in: file) { shown.text(of: $0) }
            } else {
                hunt.records.complete(&alert, place, in: file) { _ in nil }
            }
            hunt.ledger.keep(alert)
        }
    }
}

/// A record's fields by their paths.
private struct JSONRecord {
    private let record: JSONValue

    init(_ record: JSONValue) { self.record = record }

    func text(of path: String) -> String? {
        var fields = FieldList()
        let number = fields.number(of: path)
        let event = JSONEvent(record, fields: fields)
        // Its values are bytes that it owns.
        return withExtendedLifetime(event) { event.value(of: number).shownText }
    }
}
