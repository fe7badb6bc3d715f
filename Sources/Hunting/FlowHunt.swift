internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Rules and analytics over VPC and Transit Gateway flow logs.
struct FlowHunt: SourceHunt {
    let records: RecordAlerts
    let settings: HuntSettings
    let ledger: AlertLedger
    fileprivate let seed = UInt64.random(in: .min ... .max)

    init(_ records: RecordAlerts, _ settings: HuntSettings, _ ledger: AlertLedger) {
        self.records = records
        self.settings = settings
        self.ledger = ledger
    }

    func worker() -> Worker { Worker(self) }

    func finish(_ workers: [Worker], _ findings: inout HuntFindings) {
        findings.events = workers.reduce(0) { $0 + $1.reader.records }
        findings.hasEventsInRange = workers.contains(where: \.hasEventsInRange)
        findings.correlate(workers.map(\.matcher), records.rules, settings)
        guard let tally = merged(workers) else { return }
        let report = FlowAnalytics(
            tally, baseline: findings.learnt.flows ?? FlowBaseline(), moment: settings.moment, until: settings.to
        ).report()
        for alert in report.alerts { ledger.add(alert) }
        findings.learnt.flows = report.baseline
        findings.learning = report.learning
        findings.doubts += report.doubts
        if report.forgottenPairs > 0 {
            findings.doubts.append(
                "\(report.forgottenPairs) pairs of interface and peer were forgotten to bound the memory: what concerns them "
                    + "may be incomplete")
        }
        if report.forgottenLogins > 0 {
            findings.doubts.append(
                "\(report.forgottenLogins) hours of logins with few attempts were forgotten to bound the memory: what "
                    + "concerns them may be incomplete")
        }
        if report.forgottenInterfaces > 0 {
            findings.doubts.append(
                "the hours of all network interfaces are too many to remember: the volumes of "
                    + "\(report.forgottenInterfaces) interfaces, those with the least, were not judged; shorter ranges of "
                    + "time with --baseline judge all")
        }
        if tally.withoutInterface > 0 {
            findings.doubts.append(
                "there are too many network interfaces to tell all apart: \(tally.withoutInterface) records were left out of "
                    + "the analytics")
        }
        if tally.withoutTime > 0 {
            findings.doubts.append(
                "\(tally.withoutTime) records have no time that can be: the analytics left them out")
        }
    }

    /// What all workers saw: what the others have is added to the largest.
    private func merged(_ workers: [Worker]) -> FlowTally? {
        var largest: FlowTally?
        for worker in workers {
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

    final class Worker: HuntWorker {
        fileprivate let matcher: RuleMatcher
        fileprivate var reader: FlowLogReader
        fileprivate var tally: FlowTally?
        fileprivate private(set) var hasEventsInRange: Bool
        private let hunt: FlowHunt
        private let hasRules: Bool
        private var format = FlowFormat.version2
        private var lookup: FlowEvent.Lookup

        fileprivate init(_ hunt: FlowHunt) {
            self.hunt = hunt
            hasEventsInRange = !hunt.settings.isLimitedInTime
            reader = FlowLogReader(format: hunt.settings.flowFormat)
            tally = hunt.settings.runsAnalytics ? FlowTally(hunt.settings.flows, seed: hunt.seed) : nil
            matcher = RuleMatcher(hunt.records.rules)
            hasRules = !hunt.records.rules.detections.isEmpty
            lookup = FlowEvent.Lookup(hunt.records.fields, format)
            reader.formatChanged = { [unowned self] format in
                guard format != self.format else { return }
                self.format = format
                lookup = FlowEvent.Lookup(self.hunt.records.fields, format)
            }
        }

        func read(_ piece: LogPiece) {
            if piece.isFirst { reader.beginFile() } else { reader.beginInFile(firstLine: piece.header) }
            let before = reader.damaged.count
            let settings = hunt.settings
            let judgesSingly = hasRules || settings.isLimitedInTime
            // Taken out while a piece is read, so that nothing is copied or checked for each batch.
            var tally = tally.take()
            reader.readBatches(piece.bytes) { batch in
                let count = judgesSingly ? judge(batch, piece.file) : batch.count
                tally?.add(UnsafeBufferPointer(rebasing: batch[..<count]))
            }
            self.tally = tally
            piece.lost(reader.damaged.count - before, reader.damaged.shown)
        }

        /// Runs the rules over those records that are within the range of time, and moves them to the front.
        /// - Returns: how many they are.
        private func judge(_ batch: UnsafeMutableBufferPointer<FlowRecord>, _ file: LogFile) -> Int {
            var admitted = 0
            for record in batch where hunt.settings.admits(record.start) {
                if hasRules { judge(record, file) }
                batch[admitted] = record
                admitted += 1
            }
            if admitted > 0 { hasEventsInRange = true }
            return admitted
        }

        private func judge(_ record: FlowRecord, _ file: LogFile) {
            let event = FlowEvent(record, lookup)
            matcher.match(event) { place in
                var alert = hunt.records.brief(place, event)
                guard hunt.ledger.count(alert) else { return }
                hunt.records.complete(&alert, place, in: file) { name in
                    var fields = FieldList()
                    let number = fields.number(of: name)
                    return FlowEvent(record, FlowEvent.Lookup(fields, format)).value(of: number).shownText
                }
                hunt.ledger.keep(alert)
            }
        }
    }
}
