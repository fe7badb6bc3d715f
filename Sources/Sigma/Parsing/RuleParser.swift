internal import RuleTree

/// The content of one document of a rule file, before its references to other rules are resolved.
enum ParsedRule {
    case detection(DetectionRule)
    /// A condition of specification 1.0 with a pipe: the events, and their correlation.
    case aggregated([DetectionRule], CorrelationRule)
    case correlation(CorrelationDraft)
    case filter(FilterRule)
}

/// An addition to the conditions of other rules.
///
/// Source: Sigma Filters Specification 2.1.0. As in pySigma the filter's condition must hold as well, so a filter
/// that excludes events says `not selection`.
struct FilterRule {
    var title: String
    var logSource: LogSourceSelector
    /// IDs or names; `nil` for all rules of its log source.
    var rules: [String]?
    var predicate: Predicate
    var file: String
    var line: Int
}

struct RuleParser {
    let document: RuleDocument
    let placeholders: Placeholders

    func parse() throws(RuleProblem) -> ParsedRule {
        if document["correlation"] != nil { return .correlation(try CorrelationParser(document: document).parse()) }
        if document["filter"] != nil { return .filter(try filter()) }
        guard let mapping = try document.mapping("detection") else {
            throw document.problem("there is neither detection nor correlation nor filter")
        }
        let about = try document.metadata()
        let logSource = try document.logSource()
        var detection = DetectionParser(document, placeholders: placeholders)
        let searches = try detection.searches(in: mapping, except: ["condition", "timeframe"])
        guard let conditionNode = mapping["condition"] else {
            throw document.problem("detection has no condition", at: document["detection"])
        }
        do {
            return try parse(
                conditions: document.texts("condition", in: mapping), searches, about, logSource,
                timeframe: mapping["timeframe"])
        } catch let error as ConditionError {
            throw document.problem(error.reason, at: conditionNode)
        } catch let problem as RuleProblem {
            throw problem
        } catch {
            throw document.problem("\(error)", at: conditionNode)
        }
    }

    /// Finds all problems of a document that cannot be parsed, as far as its parts can be parsed one by one. The rule's
    /// author can then fix all mistakes before the next run.
    func problems(besides first: RuleProblem) -> [RuleProblem] {
        var problems = [first]
        func note(_ part: () throws -> Void) {
            do { try part() } catch let problem as RuleProblem {
                if !problems.contains(problem) { problems.append(problem) }
            } catch {}
        }
        note { _ = try document.metadata() }
        if let mapping = try? document.mapping("detection") {
            note { _ = try document.logSource() }
            let names = Set(mapping.entries.compactMap(\.key.scalar?.string))
            let searches = names.subtracting(["condition", "timeframe"])
            for name in searches {
                note {
                    var detection = DetectionParser(document, placeholders: placeholders)
                    _ = try detection.searches(in: mapping, except: names.subtracting([name]))
                }
            }
            note {
                for text in try document.texts("condition", in: mapping) {
                    do {
                        let (condition, _) = try ConditionParser.parse(text)
                        _ = try condition.resolved(names: searches.map { ($0, Predicate.any([])) }, Predicate.init)
                    } catch let error as ConditionError {
                        throw document.problem(error.reason, at: mapping["condition"])
                    }
                }
            }
        }
        return problems.sorted { $0.line < $1.line }
    }

    private func parse(
        conditions: [String], _ searches: [(name: String, value: Predicate)], _ about: RuleMetadata,
        _ logSource: LogSourceSelector, timeframe: RuleNode?
    ) throws -> ParsedRule {
        guard !conditions.isEmpty else { throw ConditionError(reason: "the condition is empty") }
        var predicates: [Predicate] = []
        for text in conditions {
            let (condition, aggregation) = try ConditionParser.parse(text)
            let predicate = try condition.resolved(names: searches, Predicate.init)
            if let aggregation {
                guard conditions.count == 1 else {
                    throw ConditionError(reason: "a condition with a pipe must be the only one")
                }
                let base = DetectionRule(about: about, logSource: logSource, predicate: predicate)
                return try aggregated(base, aggregation, searches, timespan: timespan(timeframe))
            }
            predicates.append(predicate)
        }
        return .detection(
            DetectionRule(
                about: about, logSource: logSource, predicate: predicates.count == 1 ? predicates[0] : .any(predicates))
        )
    }

    private func timespan(_ node: RuleNode?) throws(RuleProblem) -> Int64? {
        guard let node, !node.isNullScalar else { return nil }
        guard let span = node.scalar.flatMap({ Timespan.milliseconds($0.string) }) else {
            throw document.problem("timeframe must be a number and s, m, h or d, as in 15m", at: node)
        }
        return span
    }

    private func aggregated(
        _ base: DetectionRule, _ aggregation: Aggregation, _ searches: [(name: String, value: Predicate)],
        timespan: Int64?
    ) throws(ConditionError) -> ParsedRule {
        var rules = [base]
        var names = [base.about.identifier]
        let kind: CorrelationKind
        var grouping: [String] = []
        switch aggregation {
        case .figure(let function, let field, let groupBy, let bound):
            grouping = groupBy
            kind =
                switch (function, field) {
                case ("count", let field?): .valueCount(fields: [field], [bound])
                case ("sum", let field?): .valueFigure(.sum, field: field, [bound])
                case ("avg", let field?): .valueFigure(.average, field: field, [bound])
                case ("min", let field?): .valueFigure(.minimum, field: field, [bound])
                case ("max", let field?): .valueFigure(.maximum, field: field, [bound])
                default: .eventCount([bound])
                }
        case .near(let condition):
            // Only searches that the condition uses are counted.
            let numbered = searches.indices.map { (searches[$0].name, StepCondition.step($0)) }
            let resolved = try condition.resolved(names: numbered, StepCondition.init)
            let used = resolved.steps.sorted()
            for index in used {
                var rule = DetectionRule(about: base.about, logSource: base.logSource, predicate: searches[index].value)
                rule.about.id = nil
                rule.about.name = nil
                rule.about.title += ": \(searches[index].name)"
                rules.append(rule)
                names.append(searches[index].name)
            }
            kind = .near(resolved.renumbered(Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0 + 1) })))
        }
        let steps = zip(names, rules.indices).map { CorrelationRule.Step(name: $0, source: .detection($1)) }
        return .aggregated(
            rules,
            CorrelationRule(
                about: base.about, kind: kind, steps: steps, groupBy: grouping, timespan: timespan, generates: false))
    }

    private func filter() throws(RuleProblem) -> FilterRule {
        let about = try document.metadata()
        guard let mapping = try document.mapping("filter") else { throw document.problem("filter must be a mapping") }
        var detection = DetectionParser(document, placeholders: placeholders)
        let searches = try detection.searches(in: mapping, except: ["condition", "rules"])
        guard let conditionNode = mapping["condition"], let text = conditionNode.scalar?.string else {
            throw document.problem("filter needs one condition", at: mapping["condition"] ?? document["filter"])
        }
        guard mapping["rules"] != nil else {
            throw document.problem("filter needs rules: any, an id, a name, or a list", at: document["filter"])
        }
        let names = try document.texts("rules", in: mapping)
        let predicate: Predicate
        do {
            let (condition, aggregation) = try ConditionParser.parse(text)
            guard aggregation == nil else { throw ConditionError(reason: "a filter's condition has no pipe") }
            predicate = try condition.resolved(names: searches, Predicate.init)
        } catch {
            throw document.problem((error as? ConditionError)?.reason ?? "\(error)", at: conditionNode)
        }
        return FilterRule(
            title: about.title, logSource: try document.logSource(),
            rules: names.isEmpty || names.map({ $0.lowercased() }) == ["any"] ? nil : names, predicate: predicate,
            file: about.file, line: about.line)
    }
}

extension Predicate {
    init(_ shape: ConditionShape<Predicate>) {
        switch shape {
        case .all(let parts): self = .all(parts)
        case .any(let parts): self = .any(parts)
        case .not(let part): self = .not(part)
        }
    }
}

extension StepCondition {
    init(_ shape: ConditionShape<StepCondition>) {
        switch shape {
        case .all(let parts): self = .all(parts)
        case .any(let parts): self = .any(parts)
        case .not(let part): self = .not(part)
        }
    }
}

extension StepCondition {
    /// The steps that the condition uses.
    fileprivate var steps: Set<Int> {
        switch self {
        case .count: []
        case .step(let step): [step]
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.steps) }
        case .not(let part): part.steps
        }
    }

    fileprivate func renumbered(_ numbers: [Int: Int]) -> StepCondition {
        switch self {
        case .count: self
        case .step(let step): .step(numbers[step] ?? step)
        case .all(let parts): .all(parts.map { $0.renumbered(numbers) })
        case .any(let parts): .any(parts.map { $0.renumbered(numbers) })
        case .not(let part): .not(part.renumbered(numbers))
        }
    }
}
