internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Rules and analytics over S3 access logs.
struct AccessHunt: SourceHunt {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    fileprivate let lookup: AccessEvent.Lookup
    fileprivate let seed = UInt64.random(in: .min ... .max)

    init(_ records: RecordAlerts, _ settings: HuntSettings, _ ledger: AlertLedger) {
        self.records = records
        self.settings = settings
        self.ledger = ledger
        lookup = AccessEvent.Lookup(records.fields)
    }

    func worker() -> Worker { Worker(self) }

    func finish(_ workers: [Worker], _ findings: inout HuntFindings) {
        findings.events = workers.reduce(0) { $0 + $1.reader.records }
        findings.hasEventsInRange = workers.contains(where: \.hasEventsInRange)
        findings.correlate(workers.map(\.matcher), records.rules, settings)
        guard var tally = workers.first?.tally.take() else { return }
        for worker in workers.dropFirst() {
            if let other = worker.tally.take() { tally.merge(other) }
        }
        let report = AccessLogAnalytics(tally, baseline: findings.learnt.access ?? AccessBaseline()).report()
        for alert in report.alerts { ledger.add(alert) }
        findings.learnt.access = report.baseline
        if report.forgotten > 0 {
            findings.doubts.append(
                "\(report.forgotten) requests are of more requesters and addresses than are remembered one by one: the "
                    + "analytics judged them together")
        }
        if report.forgottenAgents > 0 {
            findings.doubts.append(
                "\(report.forgottenAgents) requests have more user agents than are remembered: those were not judged")
        }
        if tally.ofImpossibleTimes > 0 {
            findings.doubts.append(
                "\(tally.ofImpossibleTimes) requests have a time that cannot be, later than now or before there was S3: "
                    + "the analytics left them out")
        }
        if tally.withoutTime > 0 {
            findings.doubts.append(
                "\(tally.withoutTime) requests have no time that can be read: the analytics left them out")
        }
    }

    final class Worker: HuntWorker {
        fileprivate let matcher: RuleMatcher
        fileprivate var reader = AccessLogReader()
        /// Taken out while a piece is read, so that nothing is copied or checked for each record.
        fileprivate var tally: AccessTally?
        fileprivate private(set) var hasEventsInRange = false
        private let hunt: AccessHunt
        private let hasRules: Bool

        fileprivate init(_ hunt: AccessHunt) {
            self.hunt = hunt
            tally =
                hunt.settings.runsAnalytics
                ? AccessTally(hunt.settings.access, seed: hunt.seed, now: hunt.settings.moment) : nil
            matcher = RuleMatcher(hunt.records.rules)
            hasRules = !hunt.records.rules.detections.isEmpty
        }

        func read(_ piece: LogPiece) {
            let before = reader.damaged.count
            let settings = hunt.settings
            func isWanted(_ record: AccessRecord) -> Bool {
                !settings.isLimitedInTime || record.time.map(settings.admits) ?? true
            }
            if var tally = tally.take() {
                reader.read(piece.bytes) { record in
                    guard isWanted(record) else { return }
                    hasEventsInRange = true
                    tally.add(record)
                    if hasRules { judge(record, piece.file) }
                }
                self.tally = tally
            } else {
                reader.read(piece.bytes) { record in
                    guard isWanted(record) else { return }
                    hasEventsInRange = true
                    if hasRules { judge(record, piece.file) }
                }
            }
            piece.lost(reader.damaged.count - before, reader.damaged.shown)
        }

        /// What tells the records of one request apart: a request to delete many objects has a line for each of them.
        private static func identity(of record: AccessRecord) -> Int {
            var hasher = Hasher()
            for field in [AccessField.operation, .key, .versionID] {
                hasher.combine(record[field].count)
                hasher.combine(bytes: UnsafeRawBufferPointer(record[field]))
            }
            return hasher.finalize()
        }

        private func judge(_ record: AccessRecord, _ file: LogFile) {
            let event = AccessEvent(record, hunt.lookup)
            matcher.match(event) { place in
                var alert = hunt.records.brief(place, event)
                guard hunt.ledger.count(alert, of: Self.identity(of: record)) else { return }
                hunt.records.complete(&alert, place, in: file) { name in
                    AccessField(named: name).flatMap { field in
                        record.has(field) ? String(decoding: record[field], as: UTF8.self) : nil
                    }
                }
                hunt.ledger.keep(alert)
            }
        }
    }
}

extension DamagedLines {
    /// One of them, for a person.
    var shown: String {
        samples.last.map { "a line that is no record (\($0.reason)): \($0.text)" } ?? "a line that is no record"
    }
}
