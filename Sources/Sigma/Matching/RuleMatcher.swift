internal import Basics
public import LogReaders

/// Matches events with the rules, for one worker: it must not be shared between threads.
public final class RuleMatcher {
    public let rules: RuleSet
    /// The observations of matching events for correlations.
    public private(set) var observations: ObservationLog
    /// The number of times that a regular expression was given up because it needed too many steps. The text then
    /// counts as no match.
    public var givenUp: Int { scratch.givenUp }

    private let compiled: CompiledRules
    private var eventNumber: Int64 = 0
    private let scratch = RegexScratch()
    /// The rules that the current event may match by the literals in its texts. `candidateOf` has the last such event
    /// of each rule.
    private var candidates: [Int32] = []
    private var candidateOf: [Int64]

    /// - Parameter limit: the highest number of observations that are kept; further ones are counted in
    ///   `observations.dropped`. With a captured event ID an observation takes about 350 bytes while all are
    ///   correlated.
    public init(_ rules: RuleSet, observationLimit limit: Int = 150_000) {
        self.rules = rules
        compiled = rules.compiled
        candidateOf = Array(repeating: 0, count: rules.compiled.rules.count)
        observations = ObservationLog(limit: limit)
    }

    /// Matches one event.
    /// - Parameter alert: receives the place in `rules.collection.detections` of each matching rule that alerts by
    ///   itself.
    public func match(_ event: some LogEvent, _ alert: (Int) -> Void) { judge(event, compiled.index, alert) }

    // Overloads for each log, so that the compiler specializes the matcher for the log's records in this module, and
    // callers do not go through witness tables for each field.
    public func match(_ event: borrowing CloudTrailEvent, _ alert: (Int) -> Void) {
        judge(copy event, compiled.index, alert)
    }
    public func match(_ event: AccessEvent, _ alert: (Int) -> Void) { judge(event, compiled.index, alert) }
    public func match(_ event: FlowEvent, _ alert: (Int) -> Void) { judge(event, compiled.index, alert) }

    /// Matches one event that only broad rules can match: see ``RuleSet/light``.
    public func matchLight(_ event: borrowing CloudTrailEvent, _ alert: (Int) -> Void) {
        judge(copy event, compiled.lightIndex, alert)
    }

    private func judge(_ event: some LogEvent, _ index: CompiledRules.Index, _ alert: (Int) -> Void) {
        eventNumber += 1
        for lookup in index.lookups {
            consider(event.value(of: Int(lookup.pointee.field)), lookup, event, alert)
        }
        if !index.scans.isEmpty {
            candidates.removeAll(keepingCapacity: true)
            for scan in index.scans { search(scan, event) }
            candidates.withUnsafeBufferPointer { run($0, event, alert) }
        }
        run(index.rest, event, alert)
    }

    private func search(_ scan: CompiledRules.Scan, _ event: some LogEvent) {
        guard scan.field >= 0 else {
            _ = event.anyText { text in
                search(scan.literals, text)
                return false
            }
            return
        }
        search(scan.literals, event.value(of: Int(scan.field)))
    }

    private func search(_ literals: LiteralScan, _ value: FieldValue) {
        switch value {
        case .absent, .null: break
        case .text(let text):
            search(literals, text)
            CompactJSON.bytes(of: text)?.withUnsafeBufferPointer { search(literals, $0) }
        case .number(let text):
            search(literals, text)
            NumberText.whole(text)?.withUnsafeBufferPointer { search(literals, $0) }
        case .boolean(let flag): search(literals, BooleanText.bytes(flag))
        case .object(let json, let leaves):
            search(literals, json)
            for leaf in leaves { search(literals, leaf) }
        case .list(let values): for value in values { search(literals, value) }
        }
    }

    private func search(_ literals: LiteralScan, _ text: Bytes) {
        func add(_ rule: Int32) {
            guard candidateOf[Int(rule)] != eventNumber else { return }
            candidateOf[Int(rule)] = eventNumber
            candidates.append(rule)
        }
        literals.forEachValue(in: text, add)
        guard CaseFolding.hasNonASCII(text) else { return }
        CaseFolding.fold(text).withUnsafeBufferPointer { literals.forEachValue(in: $0, add) }
    }

    private func consider(
        _ value: FieldValue, _ lookup: UnsafePointer<CompiledRules.Lookup>, _ event: some LogEvent,
        _ alert: (Int) -> Void
    ) {
        switch value {
        case .absent, .null: return
        // Each of several texts may match: all rules are tried once, so that none alerts twice.
        case .number(let text) where NumberText.whole(text) != nil: run(lookup.pointee.all, event, alert)
        case .text(let text) where CompactJSON.bytes(of: text) != nil: run(lookup.pointee.all, event, alert)
        case .text(let text), .number(let text): run(text, lookup, event, alert)
        case .boolean(let flag): run(BooleanText.bytes(flag), lookup, event, alert)
        case .object, .list: run(lookup.pointee.all, event, alert)
        }
        run(lookup.pointee.ifPresent, event, alert)
    }

    private func run(
        _ text: Bytes, _ lookup: UnsafePointer<CompiledRules.Lookup>, _ event: some LogEvent, _ alert: (Int) -> Void
    ) {
        var value = lookup.pointee.table.value(of: text)
        if value < 0, CaseFolding.hasNonASCII(text) {
            value = CaseFolding.fold(text).withUnsafeBufferPointer { lookup.pointee.table.value(of: $0) }
        }
        if value >= 0 { run(lookup.pointee.byValue[Int(value)], event, alert) }
    }

    private func run(_ candidates: UnsafeBufferPointer<Int32>, _ event: some LogEvent, _ alert: (Int) -> Void) {
        for candidate in candidates {
            let rule = compiled.rules[Int(candidate)]
            guard compiled.program.run(from: rule.entry, event, scratch) else { continue }
            if rule.capture >= 0 { capture(rule, event) }
            if rule.alerts { alert(Int(rule.place)) }
        }
    }

    private func capture(_ rule: CompiledRules.Rule, _ event: some LogEvent) {
        guard let time = time(of: event) else {
            observations.withoutTime += 1
            return
        }
        let place = Int(rule.capture)
        observations.add(
            rule: rule.place, time: time, event: eventNumber, capture: rules.plan.captures[place],
            fields: compiled.captures[place], of: event)
    }

    private func time(of event: some LogEvent) -> Int64? {
        switch event.value(of: compiled.timeField) {
        case .text(let text), .number(let text): Moment(log: text)?.milliseconds
        default: nil
        }
    }
}
