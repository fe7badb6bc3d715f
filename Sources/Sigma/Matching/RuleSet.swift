public import LogReaders

/// The compiled rules for one log, shared by workers.
///
///     let collection = RuleCollection(parsing: files, placeholders: placeholders)
///     let rules = RuleSet(collection, for: .cloudTrail, capturing: ["eventID", "userIdentity.arn"])
///     let matcher = RuleMatcher(rules)                    // one for each worker
///     matcher.match(event) { rule in … }                  // for each event, in any order
///     let found = rules.correlate(matchers.map(\.observations))
public final class RuleSet: Sendable {
    public let collection: RuleCollection
    public let source: LogSource
    /// The fields that must be read.
    public let fields: FieldList
    /// The places in `collection.detections` of the rules for this log.
    public let detections: [Int]
    /// The places in `collection.correlations` of the correlations whose rules are all for this log.
    public let correlations: [Int]
    /// Fields of counted events that are kept for the alerts of correlations.
    public let captured: [String]
    /// A record that passes none of these matches none but the broad rules: see ``light``.
    public let wholeFilters: [RecordFilter]
    /// The records that only broad rules can match, since each of these may match a large part of all records; `nil` if
    /// there are no broad rules. The fields are those that ``RuleMatcher/matchLight(_:_:)`` needs.
    public let light: LightRecords?
    /// The places in `collection.detections` of the rules that must be run over every event, because none of their
    /// fields distinguishes events. Many such rules make a hunt slow.
    public let unindexed: [Int]
    /// Problems such as a correlation that cannot be run because its rules are for several logs.
    public let problems: [RuleProblem]

    let compiled: CompiledRules
    let plan: CapturePlan

    /// - Parameter captured: see ``captured``.
    public init(_ collection: RuleCollection, for source: LogSource, capturing captured: [String] = []) {
        self.collection = collection
        self.source = source
        self.captured = captured
        var problems: [RuleProblem] = []
        let selected = collection.detections.indices.filter { collection.detections[$0].logSource.selects(source) }
        let usable = Self.correlations(of: collection, whose: Set(selected), problems: &problems)
        let plan = CapturePlan(collection, correlations: usable, extra: captured, identity: source.identityField)

        let memory = CompiledMemory()
        var builder = ProgramBuilder(fields: FieldList(), memory: memory)
        var entries: [(place: Int, entry: Int32)] = []
        for place in selected {
            let rule = collection.detections[place]
            do {
                entries.append((place, try builder.add(rule.evaluated)))
            } catch {
                problems.append(RuleProblem(file: rule.about.file, line: rule.about.line, reason: error.reason))
            }
        }
        detections = entries.map(\.place)
        correlations = usable
        let index = RuleIndex(entries.map { collection.detections[$0.place].predicate })
        unindexed = index.rest.map { entries[$0].place }
        compiled = CompiledRules(
            collection, entries, index: index, builder: &builder, plan: plan, source: source, extra: captured,
            memory: memory)
        wholeFilters = index.filters
        light =
            index.broad.isEmpty
            ? nil : LightRecords(fields: compiled.lightFields.sorted(), filters: index.broadFilters)
        fields = compiled.fields
        self.plan = plan
        self.problems = problems
    }

    /// A record that passes none of these matches no rule; `nil` if there is no such filter.
    public var filters: [RecordFilter]? {
        guard let light else { return wholeFilters }
        return light.filters.map { wholeFilters + $0 }
    }

    /// The correlations whose detections are all selected. A correlation over several logs cannot be run over one.
    private static func correlations(
        of collection: RuleCollection, whose selected: Set<Int>, problems: inout [RuleProblem]
    ) -> [Int] {
        var usable: [Int] = []
        for (place, rule) in collection.correlations.enumerated() {
            var there = 0
            for step in rule.steps {
                switch step.source {
                case .detection(let index): there += selected.contains(index) ? 1 : 0
                case .correlation(let index): there += usable.contains(index) ? 1 : 0
                }
            }
            if there == rule.steps.count {
                usable.append(place)
            } else if there > 0 {
                problems.append(
                    RuleProblem(
                        file: rule.about.file, line: rule.about.line,
                        reason: "the correlation \(rule.about.title) is over several logs; only one is read at a time"))
            }
        }
        return usable
    }
}

/// The programs of rules, and the index from an event to the rules that it can match.
final class CompiledRules: @unchecked Sendable {
    // Immutable plain memory.
    struct Rule: BitwiseCopyable {
        var place: Int32
        var entry: Int32
        var alerts: Bool
        /// The place of its capture in the plan; -1 if no correlation counts it.
        var capture: Int32
    }

    struct Lookup: BitwiseCopyable {
        var field: Int32
        var table: LiteralTable
        /// The rules for each value of the table.
        var byValue: UnsafeBufferPointer<UnsafeBufferPointer<Int32>>
        var ifPresent: UnsafeBufferPointer<Int32>
        /// All rules, for values that cannot be looked up.
        var all: UnsafeBufferPointer<Int32>
    }

    struct Scan: BitwiseCopyable {
        /// -1 for all texts of the event.
        var field: Int32
        var literals: LiteralScan
    }

    /// Finds the rules that an event can match.
    struct Index: BitwiseCopyable {
        var lookups: UnsafeBufferPointer<UnsafePointer<Lookup>>
        var scans: UnsafeBufferPointer<Scan>
        /// Rules that may match any event.
        var rest: UnsafeBufferPointer<Int32>
    }

    let rules: UnsafeBufferPointer<Rule>
    let index: Index
    /// Finds only the broad rules.
    let lightIndex: Index
    /// The fields that broad rules need.
    let lightFields: Set<FieldList.Number>
    let program: RuleProgram
    let fields: FieldList
    let timeField: FieldList.Number
    /// The fields of each capture of the plan. Each field has its substitutes, which are used if a record does not have
    /// it.
    let captures: [[[FieldList.Number]]]
    private let memory: CompiledMemory

    init(
        _ collection: RuleCollection, _ entries: [(place: Int, entry: Int32)], index: RuleIndex,
        builder: inout ProgramBuilder, plan: CapturePlan, source: LogSource, extra: [String], memory: CompiledMemory
    ) {
        self.memory = memory
        program = builder.finished()
        var fields = builder.fields
        rules = memory.store(
            entries.map {
                Rule(
                    place: Int32($0.place), entry: $0.entry, alerts: collection.detectionAlerts[$0.place],
                    capture: Int32(plan.places[$0.place] ?? -1))
            })
        self.index = Index(index, &fields, in: memory)
        lightIndex = Index(index.only(index.broad), &fields, in: memory)
        // The time is read only if a correlation needs it.
        timeField = plan.isEmpty ? -1 : fields.number(of: source.timeField)
        captures = plan.captures.map { capture in
            capture.fields.map { name in ([name] + source.fields(insteadOf: name)).map { fields.number(of: $0) } }
        }
        for name in extra { _ = fields.number(of: name) }
        var lightFields: Set<FieldList.Number> = []
        for rule in index.broad {
            let place = entries[rule].place
            collection.detections[place].evaluated.forEachField { lightFields.insert(fields.number(of: $0)) }
            guard let capture = plan.places[place] else { continue }
            lightFields.insert(timeField)
            lightFields.formUnion(captures[capture].joined())
        }
        self.lightFields = lightFields
        self.fields = fields
    }
}

extension CompiledRules.Index {
    fileprivate init(_ index: RuleIndex, _ fields: inout FieldList, in memory: CompiledMemory) {
        lookups = memory.store(
            index.lookups.map { lookup in
                let values = lookup.byValue.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                return memory.store(
                    CompiledRules.Lookup(
                        field: Int32(fields.number(of: lookup.field)),
                        table: LiteralTable(
                            values.enumerated().map { ($1.key, Int32($0)) }, foldsCase: true, in: memory),
                        byValue: memory.store(values.map { memory.store($0.value.map(Int32.init)) }),
                        ifPresent: memory.store(lookup.ifPresent.map(Int32.init)),
                        all: memory.store(Set(lookup.byValue.values.joined()).sorted().map(Int32.init))))
            })
        scans = memory.store(
            index.scans.map { scan in
                let field = scan.field == LiteralRequirement.anywhere ? -1 : Int32(fields.number(of: scan.field))
                return CompiledRules.Scan(field: field, literals: LiteralScan(scan.byLiteral, in: memory))
            })
        rest = memory.store(index.rest.map(Int32.init))
    }
}
