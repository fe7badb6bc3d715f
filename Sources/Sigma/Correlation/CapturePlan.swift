/// The fields that correlations need of events, by rule.
struct CapturePlan: Sendable {
    /// The fields that are kept of a rule's events.
    struct Capture: Sendable {
        /// The names of fields: those that the correlations need, then those that alerts show.
        var fields: [String] = []
        /// How many of the fields the correlations need.
        var needed = 0
        /// The place in `fields` of the event ID, by which an event that was delivered twice is recognized.
        var identity: Int?
        /// A period in milliseconds. Of the observations with the same values in one period, only the first and the
        /// last are kept; `nil` to keep all.
        var thinning: Int64?
    }

    private(set) var captures: [Capture] = []
    /// The place in `captures` of each counted detection.
    private(set) var places: [Int: Int] = [:]

    var isEmpty: Bool { captures.isEmpty }

    /// - Parameters:
    ///   - extra: fields that alerts show.
    ///   - identity: the field that identifies an event; `nil` if the log has none.
    init(_ collection: RuleCollection, correlations: [Int], extra: [String], identity: String?) {
        let inner = Set(correlations.flatMap { collection.correlations[$0].steps.compactMap(\.innerCorrelation) })
        for place in correlations {
            let rule = collection.correlations[place]
            // Thinned observations still show which values are in a window, but not the number or the order of events.
            let thinning = inner.contains(place) ? nil : rule.kind.countsValuesOnly ? rule.timespan : nil
            for step in rule.steps {
                for detection in collection.detections(under: step) {
                    let isNew = places[detection] == nil
                    let capture = places[detection] ?? captures.count
                    if isNew {
                        places[detection] = capture
                        captures.append(Capture(thinning: thinning))
                    } else {
                        let before = captures[capture].thinning
                        captures[capture].thinning = before.flatMap { before in thinning.map { min(before, $0) } }
                    }
                    for name in rule.groupBy + rule.kind.valueFields {
                        let field = collection.field(name, of: detection, in: step)
                        if !captures[capture].fields.contains(field) { captures[capture].fields.append(field) }
                    }
                }
            }
        }
        for index in captures.indices {
            captures[index].needed = captures[index].fields.count
            for field in extra + [identity].compactMap(\.self) where !captures[index].fields.contains(field) {
                captures[index].fields.append(field)
            }
            captures[index].identity = identity.flatMap { captures[index].fields.firstIndex(of: $0) }
        }
    }

    func capture(of detection: Int) -> Capture? { places[detection].map { captures[$0] } }
}

extension CorrelationRule.Step {
    fileprivate var innerCorrelation: Int? {
        if case .correlation(let place) = source { place } else { nil }
    }
}

extension CorrelationKind {
    /// The fields whose values are counted or computed with.
    public var valueFields: [String] {
        switch self {
        case .valueCount(let fields, _): fields
        case .valueFigure(_, let field, _): [field]
        case .eventCount, .temporal, .temporalOrdered, .near: []
        }
    }

    var hasValues: Bool {
        switch self {
        case .valueCount, .valueFigure: true
        case .eventCount, .temporal, .temporalOrdered, .near: false
        }
    }

    fileprivate var countsValuesOnly: Bool {
        guard case .valueCount(_, let bounds) = self else { return false }
        return !bounds.contains(where: \.comparison.boundsAbove)
    }
}

extension RuleCollection {
    /// The detections that a step counts, also through other correlations.
    func detections(under step: CorrelationRule.Step) -> [Int] {
        switch step.source {
        case .detection(let place): [place]
        case .correlation(let place): correlations[place].steps.flatMap(detections(under:))
        }
    }

    /// The field of the detection's events that a correlation refers to by a name, also through aliases of inner
    /// correlations.
    func field(_ name: String, of detection: Int, in step: CorrelationRule.Step) -> String {
        let name = step.aliases[name] ?? name
        guard case .correlation(let place) = step.source,
            let inner = correlations[place].steps.first(where: { detections(under: $0).contains(detection) })
        else { return name }
        return field(name, of: detection, in: inner)
    }
}
