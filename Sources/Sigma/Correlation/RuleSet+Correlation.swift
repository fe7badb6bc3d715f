extension RuleSet {
    /// Runs the correlations over the workers' observations.
    /// - Returns: the alerts of the correlations that alert by themselves, sorted by time.
    public func correlate(_ logs: [ObservationLog]) -> [CorrelationAlert] {
        let log = ObservationLog.merged(logs) { [plan] rule in plan.capture(of: Int(rule)) }
        var run = CorrelationRun(rules: self, log: log)
        for place in correlations { run.evaluate(place) }
        // The order must not depend on the order of the dictionary of groups, which differs from run to run.
        return run.alerts.map { (alert: $0, group: $0.groupText) }.sorted {
            ($0.alert.time, $0.alert.correlation, $0.group) < ($1.alert.time, $1.alert.correlation, $1.group)
        }.map(\.alert)
    }
}

/// One evaluation of all correlations.
private struct CorrelationRun {
    let rules: RuleSet
    let log: ObservationLog
    private(set) var alerts: [CorrelationAlert] = []
    /// The findings of each evaluated correlation.
    private var found: [Int: [Correlated]] = [:]
    private var byRule: [Int32: [Int32]] = [:]
    /// A number for each tuple of values.
    private var tuples: [[Int32]: Int32] = [:]
    /// The places of the current correlation's fields in observations: names are looked up once, not for each
    /// observation.
    private var slots: [SlotKey: [Int?]] = [:]

    private struct SlotKey: Hashable {
        var detection: Int32
        var step: Int
        var isGroup: Bool
    }

    private struct Correlated {
        var episode: Episode
        var first: Int64
        var observations: [Int32]
        var eventCount: Int
    }

    init(rules: RuleSet, log: ObservationLog) {
        self.rules = rules
        self.log = log
        for (index, observation) in log.observations.enumerated() {
            byRule[observation.rule, default: []].append(Int32(index))
        }
    }

    mutating func evaluate(_ place: Int) {
        let rule = rules.collection.correlations[place]
        slots = [:]
        var groups: [[Int32]: [Sample]] = [:]
        for (number, step) in rule.steps.enumerated() {
            switch step.source {
            case .detection(let detection): collect(rule, number, detection, into: &groups)
            case .correlation(let inner): collect(rule, number, found[inner] ?? [], inner, into: &groups)
            }
        }
        let search = WindowSearch(
            kind: rule.kind, timespan: rule.timespan ?? Int64.max / 4, stepCount: rule.steps.count)
        var findings: [Correlated] = []
        for (key, unsorted) in groups {
            let samples = unsorted.sorted { ($0.time, $0.event, $0.step) < ($1.time, $1.event, $1.step) }
            for episode in search.episodes(in: samples) {
                let part = samples[episode.samples]
                var observations: [Int32] = []
                var events: Set<Int64> = []
                var detections: Set<Int32> = []
                for sample in part {
                    for observation in sample.observations {
                        let seen = log.observations[Int(observation)]
                        guard events.insert(seen.event).inserted else { continue }
                        let isFirst = detections.insert(seen.rule).inserted
                        if isFirst || observations.count < CorrelationAlert.keptEvents {
                            observations.append(observation)
                        }
                    }
                }
                let finding = Correlated(
                    episode: episode, first: part.first?.time ?? 0, observations: observations, eventCount: events.count
                )
                findings.append(finding)
                if rules.collection.correlationAlerts[place] {
                    alerts.append(alert(place, rule, key, finding, last: part.last?.time ?? 0))
                }
            }
        }
        found[place] = findings
    }

    /// Collects the matches of a detection.
    private mutating func collect(
        _ rule: CorrelationRule, _ step: Int, _ detection: Int, into groups: inout [[Int32]: [Sample]]
    ) {
        for index in byRule[Int32(detection)] ?? [] {
            let observation = log.observations[Int(index)]
            var sample = Sample(time: observation.time, event: observation.event, step: step, observations: [index])
            guard fill(&sample, rule, index) else { continue }
            for key in keys(rule, step, index) { groups[key, default: []].append(sample) }
        }
    }

    /// Collects the findings of another correlation. Temporal correlations count each instant at which its condition
    /// held; other correlations count each finding once.
    private mutating func collect(
        _ rule: CorrelationRule, _ step: Int, _ findings: [Correlated], _ inner: Int,
        into groups: inout [[Int32]: [Sample]]
    ) {
        var isInstant = false
        switch rule.kind {
        case .temporal, .temporalOrdered, .near: isInstant = true
        default: break
        }
        for (number, finding) in findings.enumerated() {
            var keys: Set<[Int32]> = []
            for observation in finding.observations { keys.formUnion(self.keys(rule, step, observation)) }
            // Negative, so that it differs from the number of any event.
            let event = -1 - (Int64(inner) << 32 | Int64(number))
            for time in isInstant ? finding.episode.instants[...] : finding.episode.instants.prefix(1) {
                var sample = Sample(time: time, event: event, step: step, observations: finding.observations)
                guard fill(&sample, rule, finding.observations.last ?? -1) else { continue }
                for key in keys { groups[key, default: []].append(sample) }
            }
        }
    }

    /// Sets the sample's values, which are counted, or its figure, which is computed with.
    /// - Returns: false if the event has none.
    private mutating func fill(_ sample: inout Sample, _ rule: CorrelationRule, _ index: Int32) -> Bool {
        guard rule.kind.hasValues, index >= 0 else { return !rule.kind.hasValues }
        let columns = columns(rule, sample.step, index, isGroup: false)
        if case .valueFigure = rule.kind {
            guard let text = columns[0].first, let number = log.texts.withBytes(text, NumberText.value) else {
                return false
            }
            sample.figure = number
            return true
        }
        sample.values = combinations(columns).map { combination in
            if combination.count == 1 { return combination[0] }
            let number = tuples[combination] ?? Int32(tuples.count)
            tuples[combination] = number
            return number
        }
        return !sample.values.isEmpty
    }

    private mutating func keys(_ rule: CorrelationRule, _ step: Int, _ index: Int32) -> [[Int32]] {
        combinations(columns(rule, step, index, isGroup: true))
    }

    /// The texts of the group-by fields or, if `isGroup` is false, of the fields with values.
    private mutating func columns(
        _ rule: CorrelationRule, _ step: Int, _ index: Int32, isGroup: Bool
    ) -> [[Int32]] {
        let observation = log.observations[Int(index)]
        let key = SlotKey(detection: observation.rule, step: step, isGroup: isGroup)
        let places: [Int?]
        if let known = slots[key] {
            places = known
        } else {
            let detection = Int(observation.rule)
            let fields = rules.plan.capture(of: detection)?.fields ?? []
            places = (isGroup ? rule.groupBy : rule.kind.valueFields).map { name in
                fields.firstIndex(of: rules.collection.field(name, of: detection, in: rule.steps[step]))
            }
            slots[key] = places
        }
        return places.map { $0.map { log.texts(of: observation, slot: $0) } ?? [] }
    }

    /// All combinations of one text of each column; none if a column is empty. At most 1,024 are returned, since an
    /// event may have very many values in several fields.
    private func combinations(_ columns: [[Int32]]) -> [[Int32]] {
        // Nearly always each column has one text.
        if columns.allSatisfy({ $0.count == 1 }) { return [columns.map { $0[0] }] }
        return columns.reduce([[]]) { rows, column in
            Array(rows.lazy.flatMap { row in column.map { row + [$0] } }.prefix(1024))
        }
    }

    private func alert(
        _ place: Int, _ rule: CorrelationRule, _ key: [Int32], _ finding: Correlated, last: Int64
    ) -> CorrelationAlert {
        CorrelationAlert(
            correlation: place,
            group: Dictionary(
                zip(rule.groupBy, key.map { log.texts[$0] }), uniquingKeysWith: { first, _ in first }),
            first: finding.first, time: finding.episode.instants.first ?? last, last: last,
            measure: finding.episode.measure, eventCount: finding.eventCount,
            events: finding.observations.map { index in
                let observation = log.observations[Int(index)]
                var fields: [String: String] = [:]
                for (slot, name) in (rules.plan.capture(of: Int(observation.rule))?.fields ?? []).enumerated() {
                    let texts = log.texts(of: observation, slot: slot).map { log.texts[$0] }
                    if !texts.isEmpty { fields[name] = texts.joined(separator: ", ") }
                }
                return CorrelationAlert.Event(rule: Int(observation.rule), time: observation.time, fields: fields)
            })
    }
}

extension CorrelationAlert {
    fileprivate var groupText: String {
        group.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\u{1F}")
    }
}
