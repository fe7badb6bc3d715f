internal import LogReaders

/// A correlation that alerts only on groups whose events reach a number within the timespan, so that the events of
/// smaller groups are not needed.
///
/// Each event of an alert is in a window of the timespan that reaches the number. Without events that are in no such
/// window, the alerts are the same: an event between two of these windows that are at most the timespan apart is in the
/// later one.
public struct GroupCount: Sendable, Hashable {
    /// A rule whose events are counted, and the fields of its events. The first of several fields that an event has
    /// counts.
    public struct Step: Sendable, Hashable {
        /// The place of the rule.
        public var rule: Int
        /// The fields in which the events of a group agree.
        public var groupBy: [[String]]
        /// The fields whose values together are counted.
        public var values: [[String]]
    }

    public enum Measure: Sendable, Hashable {
        /// The number of events.
        case events
        /// The number of distinct values.
        case values
        /// The number of steps with events.
        case steps
    }

    public var steps: [Step]
    public var measure: Measure
    /// The number, at least 2.
    public var least: Int
    /// In seconds.
    public var timespan: Int

    /// - Returns: `nil` if a group of one event can be enough, or if further events can undo an alert.
    init?(_ rule: CorrelationRule, in collection: RuleCollection, of source: LogSource) {
        guard let span = rule.timespan, !rule.kind.waitsForEnd, let (measure, least) = Self.needs(rule.kind), least >= 2
        else { return nil }
        self.measure = measure
        self.least = least
        timespan = Int((span + 999) / 1000)
        steps = []
        for step in rule.steps {
            guard case .detection(let place) = step.source else { return nil }
            func fields(_ names: [String]) -> [[String]] {
                names.map { name in
                    let field = collection.field(name, of: place, in: step)
                    return [field] + source.fields(insteadOf: field)
                }
            }
            steps.append(Step(rule: place, groupBy: fields(rule.groupBy), values: fields(rule.kind.valueFields)))
        }
    }

    private static func needs(_ kind: CorrelationKind) -> (Measure, Int)? {
        switch kind {
        case .eventCount(let bounds): least(bounds).map { (.events, $0) }
        case .valueCount(_, let bounds): least(bounds).map { (.values, $0) }
        case .temporal(let condition): least(condition).map { (.steps, $0) }
        case .temporalOrdered(let count): (.steps, count)
        case .valueFigure, .near: nil
        }
    }

    /// The lowest count within bounds, which have no upper one; `nil` if there is none.
    private static func least(_ bounds: [Bound]) -> Int? {
        let counts = bounds.map { bound in
            bound.comparison == .greater ? bound.value.rounded(.down) + 1 : bound.value.rounded(.up)
        }
        return counts.max().flatMap { Int(exactly: $0) }
    }

    /// A number of steps without which the condition cannot hold.
    private static func least(_ condition: StepCondition) -> Int? {
        switch condition {
        case .count(let bounds): return least(bounds)
        case .step: return 1
        case .all(let parts):
            let single = Set(parts.filter { if case .step = $0 { true } else { false } })
            return max(single.count, parts.compactMap { least($0) }.max() ?? 0)
        case .any(let parts):
            return parts.map { least($0) ?? 0 }.min()
        case .not: return nil
        }
    }
}

extension RuleSet {
    /// The correlations that need only the events of large groups, and the rules of which each event is needed whatever
    /// its group. Rules are named by their places in ``detections``.
    public var groupCounts: (groups: [GroupCount], whole: Set<Int>) {
        let places = Dictionary(uniqueKeysWithValues: detections.enumerated().map { ($1, $0) })
        var whole = Set(detections.indices.filter { collection.detectionAlerts[detections[$0]] })
        var counted: Set<Int> = []
        var groups: [GroupCount] = []
        for correlation in correlations {
            let rule = collection.correlations[correlation]
            // A rule that could not be compiled has no events.
            let own = rule.steps.flatMap { step -> [Int] in
                if case .detection(let place) = step.source { places[place].map { [$0] } ?? [] } else { [] }
            }
            counted.formUnion(own)
            guard var group = GroupCount(rule, in: collection, of: source) else {
                whole.formUnion(own)
                continue
            }
            group.steps = group.steps.compactMap { step in
                places[step.rule].map { GroupCount.Step(rule: $0, groupBy: step.groupBy, values: step.values) }
            }
            groups.append(group)
        }
        whole.formUnion(Set(detections.indices).subtracting(counted))
        return (groups, whole)
    }

    /// The fields of events by which each correlation groups them, and those whose values it counts or computes with.
    public var correlatedFields: [(title: String, fields: [String])] {
        correlations.map { collection.correlations[$0] }.map { rule in
            let fields = rule.steps.flatMap { step in
                collection.detections(under: step).flatMap { detection in
                    (rule.groupBy + rule.kind.valueFields).map { collection.field($0, of: detection, in: step) }
                }
            }
            return (rule.about.title, Set(fields).sorted())
        }
    }
}
