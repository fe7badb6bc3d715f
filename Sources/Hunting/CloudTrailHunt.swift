internal import Analytics
internal import Basics
internal import LogReaders
internal import LogSources
internal import Sigma

/// Runs rules over CloudTrail logs, and evaluates the history of credentials in them.
struct CloudTrailHunt: LogHunt {
    let context: HuntContext
    private let plan: CloudTrailPlan
    private let keyFields: KeyFields?
    /// The field `eventCategory`; `nil` if the analytics are not run.
    private let category: FieldList.Number?
    /// `nil` if the buckets of trails are not learned.
    private let bucketFields: TrailBuckets.Fields?
    /// The field `eventID`, if events can come more than once.
    private let event: FieldList.Number?

    init(_ context: HuntContext) {
        self.context = context
        var fields = context.records.fields
        var filters = context.rules.wholeFilters
        keyFields = context.settings.runsAnalytics ? KeyFields(&fields) : nil
        category = context.settings.runsAnalytics ? fields.number(of: "eventCategory") : nil
        if context.settings.runsAnalytics {
            filters += Self.analyticsFilters
        }
        event = context.counted.map { _ in fields.number(of: "eventID") }
        bucketFields = context.rulesOfBuckets.map { _ in TrailBuckets.Fields(&fields) }
        if bucketFields != nil { filters += TrailBuckets.filters }
        let light = context.rules.light.map { light in
            LightRecords(
                fields: Set(light.fields).union(context.records.countedFields).sorted(), filters: light.filters)
        }
        plan = CloudTrailPlan(fields: fields, filters: filters, light: light)
    }

    /// The filters of the records that the analytics evaluate.
    static let analyticsFilters: [RecordFilter] =
        KeyTally.filters + [
            RecordFilter(field: "eventCategory", values: [Array(AggregatedEvent.category.lowercased().utf8)])
        ]

    func worker() -> Worker {
        let tally = keyFields.map {
            KeyTally(context.settings.keys, fields: $0, seed: context.seed, now: context.settings.moment)
        }
        return Worker(context, plan, tally, category, bucketFields, event)
    }

    func doubts(about workers: [Worker]) -> [String] {
        var doubts: [String] = []
        let foreign = workers.reduce(0) { $0 + $1.foreign }
        if foreign > 0 {
            doubts.append(
                "\(Hunt.counted(foreign, "JSON object")) in the logs \(foreign == 1 ? "is" : "are") not a record of CloudTrail: "
                    + "without eventName, eventTime and eventVersion")
        }
        let buckets = buckets(of: workers)
        let omitted = buckets.changes.changes(of: buckets.names).omitted
        if omitted > 0 {
            doubts.append(
                "\(Hunt.counted(omitted, "change")) of trail buckets could not be evaluated, since there were too many "
                    + "changes of buckets")
        }
        return doubts + counts(of: workers).doubts
    }

    /// Evaluates what aggregated events count, and the changes of trail buckets.
    func judge(_ workers: [Worker]) {
        let buckets = buckets(of: workers)
        for alert in counts(of: workers).alerts(trailBuckets: buckets.names) { context.ledger.add(alert) }
        judge(buckets)
    }

    /// Evaluates the changes of buckets that turned out to be trail buckets. A change that has already alerted because
    /// of the bucket's name is not counted again.
    private func judge(_ buckets: TrailBuckets) {
        guard let rulesOfBuckets = context.rulesOfBuckets else { return }
        let changes = buckets.changes.changes(of: buckets.names).kept
        guard !changes.isEmpty else { return }
        let rules = RuleSet(rulesOfBuckets(Set(changes.map(\.bucket)).sorted()), for: .cloudTrail)
        let context = context.with(rules)
        let matcher = RuleMatcher(rules)
        for change in changes {
            guard let record = try? JSON(parsing: change.record, .ofLogs) else { continue }
            let event = JSONEvent(record, fields: context.records.fields)
            matcher.match(event) { place in
                context.alert(place, on: event, in: change.file) { _ in .record(change.record) }
            }
        }
    }

    private func buckets(of workers: [Worker]) -> TrailBuckets {
        workers.reduce(into: TrailBuckets()) { $0.merge($1.buckets) }
    }

    private func counts(of workers: [Worker]) -> AggregatedTally {
        workers.reduce(into: AggregatedTally()) { $0.merge($1.counts) }
    }

    var part: WritableKeyPath<HuntBaseline, KeyBaseline?> { \.keys }
    var remembered: WritableKeyPath<HuntMemory, KeyTally?> { \.keys }

    func report(_ tally: KeyTally, _ baseline: KeyBaseline) -> KeyReport {
        KeyHistory(tally, baseline: baseline).report()
    }

    final class Worker: HuntWorker {
        let matcher: RuleMatcher
        var tally: KeyTally?
        private(set) var events = 0
        fileprivate private(set) var foreign = 0
        fileprivate private(set) var buckets = TrailBuckets()
        fileprivate private(set) var counts = AggregatedTally()
        private var probe: TimeRangeProbe
        private var reader: CloudTrailReader
        private let plan: CloudTrailPlan
        private let context: HuntContext
        private let category: FieldList.Number?
        private let bucketFields: TrailBuckets.Fields?
        private let event: FieldList.Number?

        var hasEventsInRange: Bool { probe.hasFound }

        fileprivate init(
            _ context: HuntContext, _ plan: CloudTrailPlan, _ tally: KeyTally?, _ category: FieldList.Number?,
            _ bucketFields: TrailBuckets.Fields?, _ event: FieldList.Number?
        ) {
            self.context = context
            self.event = event
            self.category = category
            self.bucketFields = bucketFields
            self.tally = tally
            matcher = RuleMatcher(context.rules)
            reader = CloudTrailReader(plan)
            self.plan = plan
            probe = TimeRangeProbe(context.settings)
        }

        func read(_ piece: LogPiece) {
            // Taken out while a piece is read, so that nothing is copied or checked for each record.
            var tally = tally.take()
            let file = piece.file
            func judge(_ event: borrowing CloudTrailEvent) {
                guard event.isRecord else { return }
                switch aggregated(event) {
                case .no(let isCounted):
                    guard isWanted(event) else { return }
                    if isCounted, isNew(event) { tally?.add(event) }
                case .wanted: break
                case .unwanted: return
                }
                let record = copy event
                if event.isLight { return matcher.matchLight(record) { place in alert(place, record, file) } }
                if let bucketFields { buckets.add(event, bucketFields, file) }
                matcher.match(record) { place in alert(place, record, file) }
            }
            // The memory that a reader needs for a large piece is not kept in every lane.
            defer { if piece.bytes.count > Self.large { reader = CloudTrailReader(plan) } }
            if piece.layout != .csv { probe.search(piece.bytes) }
            let account =
                piece.layout == .csv
                ? reader.read(rows: piece.bytes, header: piece.header, json: { probe.search($0) }, judge)
                : reader.read(piece.bytes, isWhole: piece.isWhole, isInRows: piece.isInRows, judge)
            self.tally = tally
            events += account.records - account.foreign
            foreign += account.foreign
            if account.foreign > 0 { piece.note("a JSON object in it is not a record of CloudTrail") }
            piece.lost(account.damaged, description(of: account.damages.first, in: piece))
        }

        /// In bytes. Whether a larger file comes in one piece depends on the number of threads.
        private static let large = 12 << 20

        /// Describes the damage, with its place if that is the same for every number of threads.
        private func description(of damage: RecordAccount.Damage?, in piece: LogPiece) -> String {
            guard let damage else { return "a record cannot be read" }
            return piece.isWhole && piece.bytes.count <= Self.large ? "\(damage)" : "\(damage.reason)"
        }

        /// Whether the analytics have not counted the event. One without an identifier is always counted.
        private func isNew(_ event: borrowing CloudTrailEvent) -> Bool {
            guard let counted = context.counted, let number = self.event,
                case .text(let text) = event.value(of: number), !text.isEmpty
            else { return true }
            return counted.insert(text)
        }

        private enum Aggregated {
            /// A call through a VPC endpoint is counted by the service's record, not by that of the endpoint.
            case no(isCounted: Bool)
            case wanted, unwanted
        }

        /// Counts the record if it is an aggregated event.
        /// - Returns: whether the record is an aggregated event, and whether it is in the requested range.
        private func aggregated(_ event: borrowing CloudTrailEvent) -> Aggregated {
            guard let category, case .text(let text) = event.value(of: category) else { return .no(isCounted: true) }
            guard text.elementsEqual(AggregatedEvent.category.utf8) else {
                return .no(isCounted: !text.elementsEqual("NetworkActivity".utf8))
            }
            let record = try? JSON(parsing: Array(event.json), .ofLogs)
            let aggregated = record.flatMap(AggregatedEvent.init)
            if let start = aggregated?.start, let end = aggregated?.end {
                guard context.settings.admits(start, until: end) else { return .unwanted }
                probe.takeAdmitted()
            }
            counts.add(aggregated)
            return .wanted
        }

        /// Whether the record is in the requested range. A record without a readable time is always evaluated.
        private func isWanted(_ event: borrowing CloudTrailEvent) -> Bool {
            guard context.settings.isLimitedInTime else { return true }
            guard let time = context.records.time(of: copy event) else { return true }
            if !probe.hasFound { probe.take(time) }
            return context.settings.admits(time)
        }

        private func alert(_ place: Int, _ event: borrowing CloudTrailEvent, _ file: LogFile) {
            let event = copy event
            context.alert(place, on: event, in: file) { _ in .record(Array(event.json)) }
        }
    }
}
