internal import Basics
internal import RuleTree

/// A correlation whose references are not yet resolved.
struct CorrelationDraft {
    /// Its steps' sources are not set.
    var rule: CorrelationRule
    /// The IDs or names of the counted rules, in order.
    var references: [String]
    var aliases: [CorrelationAlias]
    /// The line of the list of rules.
    var line: Int
}

/// A name for a field of each of the counted rules.
struct CorrelationAlias {
    struct Field {
        /// The ID or name of the rule whose events have the field.
        var rule: String
        var name: String
        var line: Int
    }

    var name: String
    var fields: [Field]
    var line: Int
}

/// Parses correlation rules.
///
/// Source: Sigma Correlation Rules Specification 2.1.0. The types `value_…` other than `value_count`, `neq`, and
/// conditions of rule names are pySigma's.
struct CorrelationParser {
    let document: RuleDocument

    func parse() throws(RuleProblem) -> CorrelationDraft {
        let about = try document.metadata()
        guard let mapping = try document.mapping("correlation") else {
            throw document.problem("correlation must be a mapping", at: document["correlation"])
        }
        try checkKeys(of: mapping)
        guard let type = mapping["type"]?.scalar?.string else {
            throw document.problem("correlation needs a type", at: document["correlation"])
        }
        guard let spanText = mapping["timespan"]?.scalar?.string ?? mapping["timeframe"]?.scalar?.string else {
            throw document.problem("correlation needs a timespan", at: document["correlation"])
        }
        guard let timespan = Timespan.milliseconds(spanText) else {
            throw document.problem("timespan must be a number and s, m, h or d, as in 15m", at: mapping["timespan"])
        }
        var references = try document.texts("rules", in: mapping)
        let kind = try kind(type, mapping, &references)
        guard !references.isEmpty else {
            throw document.problem("correlation needs rules", at: document["correlation"])
        }
        guard references.count <= Self.mostReferences else {
            throw document.problem("a correlation counts at most \(Self.mostReferences) rules", at: mapping["rules"])
        }
        let generates = try generates(mapping)
        let rule = CorrelationRule(
            about: about, kind: kind, steps: [], groupBy: try document.texts("group-by", in: mapping),
            timespan: timespan, generates: generates)
        return CorrelationDraft(
            rule: rule, references: references, aliases: try aliases(mapping),
            line: document.line(of: mapping["rules"] ?? document["correlation"]))
    }

    /// Memory and time of `temporal_ordered` grow with the square of the number of references.
    private static let mostReferences = 200

    /// Whether the counted rules alert by themselves: `generate`, beside `correlation` or in it.
    private func generates(_ mapping: RuleNode.Mapping) throws(RuleProblem) -> Bool {
        guard let node = mapping["generate"] ?? document["generate"], !node.isNullScalar else { return false }
        guard let flag = node.plainFlag else { throw document.problem("generate must be true or false", at: node) }
        return flag
    }

    private func kind(
        _ type: String, _ mapping: RuleNode.Mapping, _ references: inout [String]
    ) throws(RuleProblem) -> CorrelationKind {
        let node = mapping["condition"]
        switch type {
        case "event_count": return .eventCount(try bounds(node, required: true))
        case "value_count":
            let fields = try document.texts("field", in: node?.mapping) + document.texts("field", in: mapping)
            guard !fields.isEmpty else {
                throw document.problem("value_count needs a field in its condition", at: node)
            }
            return .valueCount(fields: fields, try bounds(node, required: true))
        case "value_percentile":
            guard let text = node?.mapping?["percentile"]?.scalar?.string, let percentile = Double(text),
                (0...100).contains(percentile)
            else {
                throw document.problem("value_percentile needs a percentile of 0 to 100 in its condition", at: node)
            }
            return try figure(.percentile(percentile), node, mapping)
        case "temporal": return .temporal(try stepCondition(node, &references))
        case "temporal_ordered":
            switch try stepCondition(node, &references) {
            case .count(let bounds) where bounds.count == 1 && !bounds[0].comparison.boundsAbove:
                let least =
                    bounds[0].comparison == .greater ? bounds[0].value.rounded(.down) + 1 : bounds[0].value.rounded(.up)
                guard least >= 1, least <= Double(references.count) else {
                    throw document.problem("temporal_ordered cannot have so many of its rules", at: node)
                }
                return .temporalOrdered(atLeast: Int(least))
            case .all(let parts) where Set(parts) == Set(references.indices.map(StepCondition.step)):
                return .temporalOrdered(atLeast: references.count)
            default:
                throw document.problem(
                    "the condition of temporal_ordered must be gte, gt, or all its rules with and", at: node)
            }
        default:
            guard let known = Self.figures[type] else {
                throw document.problem("the correlation type \(type) is not known", at: mapping["type"])
            }
            return try figure(known, node, mapping)
        }
    }

    private static let figures: [String: CorrelationKind.Figure] = [
        "value_sum": .sum, "value_avg": .average, "value_min": .minimum, "value_max": .maximum,
        "value_median": .median,
    ]

    private func figure(
        _ figure: CorrelationKind.Figure, _ node: RuleNode?, _ mapping: RuleNode.Mapping
    ) throws(RuleProblem) -> CorrelationKind {
        let fields = try document.texts("field", in: node?.mapping) + document.texts("field", in: mapping)
        guard fields.count == 1 else { throw document.problem("the condition needs one field", at: node) }
        return .valueFigure(figure, field: fields[0], try bounds(node, required: true))
    }

    private func bounds(_ node: RuleNode?, required: Bool) throws(RuleProblem) -> [Bound] {
        guard let node, let mapping = node.mapping else {
            throw document.problem(
                "the condition must be a mapping such as gte: 10", at: node ?? document["correlation"])
        }
        var bounds: [Bound] = []
        for (key, value) in mapping.entries {
            let word = key.scalar?.string ?? ""
            if word == "field" || word == "percentile" { continue }
            guard let comparison = Comparison(rawValue: word) else {
                throw document.problem("the condition has no \(word)", at: key)
            }
            guard let text = value.scalar?.string, let number = Double(text), number.isFinite else {
                throw document.problem("\(word) needs a number", at: value)
            }
            bounds.append(Bound(comparison, number))
        }
        guard !bounds.isEmpty else { throw document.problem("the condition compares with nothing", at: node) }
        return bounds
    }

    /// Parses a condition on the rules: a count of rules, or the rules' names with `and`, `or`, `not`. Without a
    /// condition, all rules must match.
    private func stepCondition(_ node: RuleNode?, _ references: inout [String]) throws(RuleProblem) -> StepCondition {
        guard let node, !node.isNullScalar else { return .count([Bound(.greaterOrEqual, Double(references.count))]) }
        guard let text = node.scalar?.string else { return .count(try bounds(node, required: true)) }
        do {
            let (condition, aggregation) = try ConditionParser.parse(text)
            guard aggregation == nil else { throw ConditionError(reason: "a correlation's condition has no pipe") }
            if references.isEmpty {
                for name in condition.names where !references.contains(name) { references.append(name) }
            }
            return try condition.resolved(
                names: references.enumerated().map { ($0.element, .step($0.offset)) }, StepCondition.init)
        } catch {
            throw document.problem((error as? ConditionError)?.reason ?? "\(error)", at: node)
        }
    }

    private func aliases(_ mapping: RuleNode.Mapping) throws(RuleProblem) -> [CorrelationAlias] {
        guard let node = mapping["aliases"] ?? document["aliases"], !node.isNullScalar else { return [] }
        var aliases: [CorrelationAlias] = []
        guard let entries = node.mapping else { throw document.problem("aliases must be a mapping", at: node) }
        for (key, value) in entries.entries {
            guard let name = key.scalar?.string, let fields = value.mapping else {
                throw document.problem("an alias must have a field for each rule", at: key)
            }
            var alias = CorrelationAlias(name: name, fields: [], line: document.line(of: key))
            for (rule, field) in fields.entries {
                guard let name = rule.scalar?.string, let field = field.scalar?.string else {
                    throw document.problem("an alias must have a field for each rule", at: value)
                }
                alias.fields.append(.init(rule: name, name: field, line: document.line(of: rule)))
            }
            aliases.append(alias)
        }
        return aliases
    }
}

extension CorrelationParser {
    /// The rules that an invalid correlation probably counts.
    var apparentReferences: [String] {
        guard let mapping = document["correlation"]?.mapping else { return [] }
        let names = (try? document.texts("rules", in: mapping)) ?? []
        if !names.isEmpty { return names }
        return mapping["condition"]?.scalar.flatMap { try? ConditionParser.parse($0.string).0.names } ?? []
    }

    /// Whether an invalid correlation says that its counted rules alert by themselves.
    var apparentlyGenerates: Bool {
        guard let mapping = document["correlation"]?.mapping else { return false }
        return (mapping["generate"] ?? document["generate"])?.plainFlag ?? false
    }

    private static let keys = [
        "aliases", "condition", "field", "generate", "group-by", "rules", "timeframe", "timespan", "type",
    ]

    /// Rejects unknown keys: a misspelled key would be ignored, and without `group-by` all events would count
    /// together.
    private func checkKeys(of mapping: RuleNode.Mapping) throws(RuleProblem) {
        for (key, _) in mapping.entries {
            let name = key.scalar?.string ?? ""
            guard !Self.keys.contains(name) else { continue }
            let nearest = NearestNames.nearest(to: String(name.prefix(64)), among: Self.keys, count: 1).first ?? ""
            throw document.problem("correlation has no \(name); the nearest key is \(nearest)", at: key)
        }
    }
}

extension ConditionExpression {
    /// The names, in order.
    fileprivate var names: [String] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.names)
        case .not(let part): part.names
        case .name(let name): [name]
        case .some: []
        }
    }
}
