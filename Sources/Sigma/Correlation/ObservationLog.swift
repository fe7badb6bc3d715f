import LogReaders

/// The observations that correlations need of matching events: the time, the rule, and the values of some fields.
/// Each worker fills its own log, in any order.
///
/// An observation takes 24 bytes and 4 for each value. Each text is kept once.
public struct ObservationLog: Sendable {
    struct Observation: Sendable {
        /// The place in `RuleCollection.detections`.
        var rule: Int32
        /// The place of its first value.
        var values: Int32
        /// In milliseconds since 1970.
        var time: Int64
        /// The number of the event, which may have several observations.
        var event: Int64
    }

    /// A value: none, the number of a text, or the place of several in `lists`.
    struct Value: Sendable, Hashable {
        var code: Int32
        static let none = Value(code: -1)
    }

    var observations: [Observation] = []
    var texts = TextPool()
    var values: [Value] = []
    var lists: [[Int32]] = []
    private var thinned: [Thinning.Key: Thinning.Kept] = [:]
    private let limit: Int

    /// The number of observations that were dropped because of the limit. If it is not 0, the findings of correlations
    /// are incomplete.
    public private(set) var dropped = 0
    /// The number of events without a readable time. Correlations do not count them.
    public internal(set) var withoutTime = 0
    public var count: Int { observations.count }

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(
        rule: Int32, time: Int64, event: Int64, capture: CapturePlan.Capture, fields: [[FieldList.Number]],
        of record: some LogEvent
    ) {
        guard observations.count < limit, values.count < Int(Int32.max) - fields.count else {
            dropped += 1
            return
        }
        let start = values.count
        for field in fields.prefix(capture.needed) { values.append(value(of: field, in: record)) }
        let observation = Observation(rule: rule, values: Int32(start), time: time, event: event)
        if let thinning = capture.thinning, let key = Thinning.Key(rule, time / thinning, values[start...].map(\.code))
        {
            guard keepsMore(key, observation) else {
                values.removeSubrange(start...)
                return
            }
        }
        for field in fields.dropFirst(capture.needed) { values.append(value(of: field, in: record)) }
        observations.append(observation)
    }

    /// Returns whether an observation must be kept. Of equal observations within a timespan, only the first and the
    /// last are needed: they determine whether a value is in a window.
    private mutating func keepsMore(_ key: Thinning.Key, _ observation: Observation) -> Bool {
        let place = Int32(observations.count)
        guard var kept = thinned[key] else {
            thinned[key] = Thinning.Kept(first: place, last: place)
            return true
        }
        let isLater = observation.time >= observations[Int(kept.last)].time
        guard isLater || observation.time < observations[Int(kept.first)].time else { return false }
        let isOnlyOne = kept.first == kept.last
        if isOnlyOne {
            if isLater { kept.last = place } else { kept.first = place }
            thinned[key] = kept
        } else {
            // The other captured fields stay those of the replaced observation.
            let old = Int(isLater ? kept.last : kept.first)
            observations[old].time = observation.time
            observations[old].event = observation.event
        }
        return isOnlyOne
    }

    /// The value of the first of some fields that the record has.
    private mutating func value(of fields: [FieldList.Number], in record: some LogEvent) -> Value {
        for field in fields {
            let value = value(record.value(of: field))
            if value != .none { return value }
        }
        return .none
    }

    private mutating func value(_ value: FieldValue) -> Value {
        switch value {
        case .absent, .null: return .none
        case .text(let text), .number(let text): return Value(code: texts.number(of: text))
        case .boolean(let flag): return Value(code: texts.number(of: BooleanText.bytes(flag)))
        case .object(let json, _): return Value(code: texts.number(of: json))
        case .list(let elements):
            let codes = elements.map { self.value($0) }.filter { $0 != .none }.flatMap(all)
            if codes.count < 2 { return codes.first.map(Value.init) ?? .none }
            lists.append(codes)
            return Value(code: -1 - Int32(lists.count))
        }
    }

    /// The numbers in `texts` of a value's texts.
    func all(_ value: Value) -> [Int32] {
        if value.code >= 0 { return [value.code] }
        return value == .none ? [] : lists[Int(-2 - value.code)]
    }

    /// The numbers in `texts` of an observation's field.
    func texts(of observation: Observation, slot: Int) -> [Int32] {
        all(values[Int(observation.values) + slot])
    }

    /// All workers' observations, sorted by time. An event that two trails delivered is kept once.
    /// - Parameter capture: returns the kept fields of a rule's events.
    static func merged(_ logs: [ObservationLog], capture: (Int32) -> CapturePlan.Capture?) -> ObservationLog {
        var result = ObservationLog(limit: .max)
        result.observations.reserveCapacity(logs.reduce(0) { $0 + $1.count })
        for (worker, log) in logs.enumerated() {
            let numbers = result.texts.add(log.texts)
            for var observation in log.observations {
                let capture = capture(observation.rule)
                let slots = Int(observation.values)..<Int(observation.values) + (capture?.fields.count ?? 0)
                observation.values = Int32(result.values.count)
                observation.event |= Int64(worker) << 44
                if let slot = capture?.identity, let identity = log.identity(log.values[slots.lowerBound + slot]) {
                    // Larger than any event number of a worker.
                    observation.event = 1 << 60 | Int64(numbers[Int(identity)])
                }
                for value in log.values[slots] { result.append(log.all(value).map { numbers[Int($0)] }) }
                result.observations.append(observation)
            }
            result.dropped += log.dropped
            result.withoutTime += log.withoutTime
        }
        result.observations.sort { ($0.time, $0.event, $0.rule) < ($1.time, $1.event, $1.rule) }
        result.dropRepeated()
        return result
    }

    /// Appends the value that has these texts.
    mutating func append(_ texts: [Int32]) {
        if texts.count < 2 {
            values.append(texts.first.map(Value.init) ?? .none)
        } else {
            lists.append(texts)
            values.append(Value(code: -1 - Int32(lists.count)))
        }
    }

    /// The number of the text that identifies the event; `nil` if there is none.
    private func identity(_ value: Value) -> Int32? {
        guard value.code >= 0 else { return nil }
        return texts.withBytes(value.code) { $0.isEmpty } ? nil : value.code
    }

    /// Drops repeated observations. After sorting, the observations of one event and one rule are adjacent. Their times
    /// are compared as well, because after thinning an observation may have the identity of an earlier one.
    private mutating func dropRepeated() {
        var kept = 0
        for index in observations.indices {
            let observation = observations[index]
            if kept > 0 {
                let before = observations[kept - 1]
                if (before.event, before.rule, before.time) == (observation.event, observation.rule, observation.time) {
                    continue
                }
            }
            observations[kept] = observation
            kept += 1
        }
        observations.removeSubrange(kept...)
    }
}

/// The thinning of redundant observations.
private enum Thinning {
    struct Key: Hashable {
        var rule: Int32
        var span: Int64
        var values: SIMD8<Int32>

        /// `nil` if there are more values than fit.
        init?(_ rule: Int32, _ span: Int64, _ codes: [Int32]) {
            guard codes.count <= 8 else { return nil }
            self.rule = rule
            self.span = span
            values = SIMD8(repeating: -1)
            for (index, code) in codes.enumerated() { values[index] = code }
        }
    }

    struct Kept {
        var first: Int32
        var last: Int32
    }
}
