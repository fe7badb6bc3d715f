internal import Analytics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Runs rules and analytics over VPC and Transit Gateway flow logs.
struct FlowHunt: LogHunt {
    let context: HuntContext
    /// The flows that an engine has summed up.
    var sums: RecordSums?

    func worker() -> Worker { Worker(context) }

    var part: WritableKeyPath<HuntBaseline, FlowBaseline?> { \.flows }
    var remembered: WritableKeyPath<HuntMemory, FlowTally?> { \.flows }

    func emptyTally() -> FlowTally? {
        context.settings.runsAnalytics ? FlowTally(context.settings.flows(sharedBy: 1), seed: context.seed) : nil
    }

    func report(_ tally: FlowTally, _ baseline: FlowBaseline) -> FlowReport {
        FlowAnalytics(tally, baseline: baseline, moment: context.settings.moment, until: context.settings.to).report()
    }

    /// Merges the workers' tallies into one with room for all of them. The tally of a single worker already has that
    /// room. Each worker's tally is released after it has been merged.
    func merged(_ workers: [Worker]) -> FlowTally? {
        if workers.count == 1, context.lanes == 1, var only = workers[0].tally.take() {
            add(sums, to: &only)
            only.settle()
            return only
        }
        guard var whole = emptyTally() else { return nil }
        for worker in workers {
            guard let tally = worker.tally.take() else { continue }
            whole.merge(tally)
        }
        add(sums, to: &whole)
        whole.settle()
        return whole
    }

    private func add(_ sums: RecordSums?, to tally: inout FlowTally) {
        _ = sums?.forEachFlow { tally.add($0) }
    }

    func doubts(about workers: [Worker]) -> [String] {
        var doubts: [String] = []
        let names = workers.reduce(into: Set<String>()) { $0.formUnion($1.reader.unknownNames) }.sorted().prefix(20)
        if !names.isEmpty {
            let shown = names.map { "'\($0)'" }.joined(separator: ", ")
            doubts = ["header lines contain \(shown), which is not a field of flow logs: these columns were ignored"]
        }
        let lacking = workers.reduce(into: Set<FlowField>()) { $0.formUnion($1.reader.lackingFields) }
        if context.settings.runsAnalytics, !lacking.isEmpty {
            let shown = FlowField.allCases.filter(lacking.contains).map(\.rawValue).joined(separator: ", ")
            doubts.append("records lack the fields \(shown): the analytics that need them did not see everything")
        }
        return doubts
    }

    final class Worker: HuntWorker {
        let matcher: RuleMatcher
        var tally: FlowTally?
        private(set) var hasEventsInRange: Bool
        fileprivate var reader: FlowLogReader
        private let exported = ExportedLines(of: .vpcFlow)
        private let context: HuntContext
        private let hasRules: Bool
        private var format = FlowFormat.version2
        private var lookup: FlowEvent.Lookup

        var events: Int { reader.records }

        fileprivate init(_ context: HuntContext) {
            self.context = context
            hasEventsInRange = !context.settings.isLimitedInTime
            reader = FlowLogReader(format: context.settings.flowFormat)
            tally =
                context.settings.runsAnalytics
                ? FlowTally(context.settings.flows(sharedBy: context.lanes), seed: context.seed) : nil
            matcher = RuleMatcher(context.rules)
            hasRules = context.hasRules
            lookup = FlowEvent.Lookup(context.records.fields, format)
            reader.formatChanged = { [unowned self] format in
                guard format != self.format else { return }
                self.format = format
                lookup = FlowEvent.Lookup(self.context.records.fields, format)
            }
        }

        func read(_ piece: LogPiece) {
            reader.begin(piece)
            exported.read(piece) { read($0, piece) }
        }

        private func read(_ lines: Bytes, _ piece: LogPiece) {
            let before = reader.damaged.count
            let judgesSingly = hasRules || context.settings.isLimitedInTime
            // The tally is taken out while a piece is read, so that nothing is copied or checked for each batch.
            var tally = tally.take()
            reader.readBatches(lines) { batch in
                let count = judgesSingly ? judge(batch, piece.file) : batch.count
                tally?.add(UnsafeBufferPointer(rebasing: batch[..<count]))
            }
            self.tally = tally
            piece.lost(reader.damaged.count - before, reader.damaged.shown(after: before))
        }

        /// Runs the rules over the records within the time range or without a time, and moves them to the front.
        /// - Returns: their number.
        private func judge(_ batch: UnsafeMutableBufferPointer<FlowRecord>, _ file: LogFile) -> Int {
            var admitted = 0
            for record in batch where record.start == 0 || context.settings.admits(record.start) {
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
                context.alert(place, on: event, in: file) { names in
                    var fields = FieldList()
                    let numbers = names.map { fields.number(of: $0) }
                    let whole = FlowEvent(record, FlowEvent.Lookup(fields, format))
                    return .values(
                        zip(names, numbers).reduce(into: [:]) { $0[$1.0] = whole.value(of: $1.1).shownText },
                        line: context.settings.keepsRaw ? Array(record.line) : nil)
                }
            }
        }
    }
}
