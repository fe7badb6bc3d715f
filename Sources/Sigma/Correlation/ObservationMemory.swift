public import Basics
import LogReaders

/// The observations of earlier batches of a log, so that correlations see the events of all batches.
///
/// They are kept for the longest timespan of a rule. Each batch's observations can be saved as JSON, and restored by a
/// later process.
public struct ObservationMemory: Sendable {
    private let rules: RuleSet
    private var log = ObservationLog(limit: .max)
    private var nextEvent: Int64 = 0
    /// The greatest number of observations. The earliest ones are dropped first.
    private let limit: Int
    /// The number of observations that were dropped because of the limit.
    public private(set) var dropped = 0

    public init(_ rules: RuleSet, limit: Int = 200_000) {
        self.rules = rules
        self.limit = limit
    }

    public var count: Int { log.count }

    /// The longest timespan of a correlation, in milliseconds.
    public var timespan: Int64 {
        rules.correlations.compactMap { rules.collection.correlations[$0].timespan }.max() ?? 0
    }

    /// Adds the observations of a batch.
    /// - Returns: these observations for ``restore(_:)``; `nil` if there are none.
    public mutating func add(_ logs: [ObservationLog]) -> JSON? {
        let batch = ObservationLog.merged(logs, capture: capture)
        guard batch.count > 0 else { return nil }
        merge(batch)
        return saved(batch)
    }

    /// Forgets the observations before a time, and the earliest ones beyond the limit.
    /// - Parameter time: in milliseconds since 1970.
    public mutating func forget(before time: Int64) {
        let old = log.observations.prefix { $0.time < time }.count
        let excess = max(0, log.count - old - limit)
        guard old + excess > 0 else { return }
        dropped += excess
        var kept = ObservationLog(limit: .max)
        for var observation in log.observations[(old + excess)...] {
            let slots =
                Int(observation.values)..<Int(observation.values) + (capture(observation.rule)?.fields.count ?? 0)
            observation.values = Int32(kept.values.count)
            for value in log.values[slots] {
                kept.append(log.all(value).map { log.texts.withBytes($0) { kept.texts.number(of: $0) } })
            }
            kept.observations.append(observation)
        }
        log = kept
    }

    /// Runs the correlations over all observations.
    /// - Parameter now: in milliseconds since 1970. Conditions that later events can undo are judged after their window.
    public func correlate(at now: Int64) -> [CorrelationAlert] {
        rules.correlate([log]).filter { alert in
            let rule = rules.collection.correlations[alert.correlation]
            guard rule.kind.waitsForEnd else { return true }
            return max(alert.first, alert.time) + (rule.timespan ?? 0) < now
        }
    }

    private func capture(_ rule: Int32) -> CapturePlan.Capture? { rules.plan.capture(of: Int(rule)) }

    /// Numbers of events without an identifier start here; those of events with one are greater.
    private static let unnamed: Int64 = 1 << 59

    private mutating func merge(_ batch: ObservationLog) {
        log = ObservationLog.merged([log, batch], capture: capture)
        // The workers of different batches number their events alike.
        var numbers: [Int64: Int64] = [:]
        for place in log.observations.indices where log.observations[place].event < Self.unnamed {
            let event = log.observations[place].event
            let number = numbers[event] ?? Self.unnamed | nextEvent
            if numbers[event] == nil {
                numbers[event] = number
                nextEvent += 1
            }
            log.observations[place].event = number
        }
    }

    // The rules are named by their identifiers and fields, since their places differ between versions of the rules.
    private func saved(_ batch: ObservationLog) -> JSON {
        let used = Set(batch.observations.map(\.rule)).sorted()
        let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
        return .members([
            "rules": .array(
                used.map { rule in
                    .members([
                        "id": .string(rules.collection.detections[Int(rule)].about.identifier),
                        "fields": JSON(capture(rule)?.fields ?? []),
                    ])
                }),
            "texts": JSON((0..<Int32(batch.texts.count)).map { batch.texts[$0] }),
            "events": .array(
                batch.observations.map { seen in
                    let slots = 0..<(capture(seen.rule)?.fields.count ?? 0)
                    return .array(
                        [.int(places[seen.rule] ?? 0), .int(seen.time), .int(seen.event & (1 << 44 - 1))]
                            + slots.map { .array(batch.texts(of: seen, slot: $0).map { .int($0) }) })
                }),
        ])
    }

    /// Adds the saved observations of an earlier process. Observations of rules that no longer exist, or that now keep
    /// other fields, are left out.
    public mutating func restore(_ saved: JSON) {
        let known = Dictionary(
            rules.collection.detections.indices.map { (rules.collection.detections[$0].about.identifier, Int32($0)) },
            uniquingKeysWith: { first, _ in first })
        let places = (saved["rules"]?.elements ?? []).map { about -> Int32? in
            guard let rule = about["id"]?.text.flatMap({ known[$0] }),
                capture(rule)?.fields == about["fields"]?.elements?.compactMap(\.text)
            else { return nil }
            return rule
        }
        var batch = ObservationLog(limit: .max)
        let texts = (saved["texts"]?.elements ?? []).map { text in
            Array((text.text ?? "").utf8).withUnsafeBufferPointer { batch.texts.number(of: $0) }
        }
        for event in saved["events"]?.elements ?? [] {
            guard let event = event.elements, event.count >= 3, let place = event[0].integer,
                places.indices.contains(place), let rule = places[place], let time = event[1].integer,
                let number = event[2].integer, event.count == 3 + (capture(rule)?.fields.count ?? 0)
            else { continue }
            batch.observations.append(
                .init(rule: rule, values: Int32(batch.values.count), time: Int64(time), event: Int64(number)))
            for value in event[3...] {
                let codes = (value.elements ?? []).compactMap(\.integer).filter(texts.indices.contains)
                batch.append(codes.map { texts[$0] })
            }
        }
        merge(ObservationLog.merged([batch], capture: capture))
    }
}
