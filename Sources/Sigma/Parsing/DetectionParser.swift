internal import RuleTree

/// Parses the search identifiers of a rule or a filter.
///
/// Source: Sigma Rules Specification 2.1.0, "Detection".
struct DetectionParser {
    let document: RuleDocument
    let placeholders: Placeholders
    /// The number of nodes that may still be parsed. It bounds the size, because with aliases a short YAML file can be
    /// a huge tree.
    private var nodesLeft = 100_000

    init(_ document: RuleDocument, placeholders: Placeholders) {
        self.document = document
        self.placeholders = placeholders
    }

    /// The search identifiers with their predicates, in the order of the rule.
    mutating func searches(
        in mapping: RuleNode.Mapping, except: Set<String>
    ) throws(RuleProblem) -> [(name: String, value: Predicate)] {
        var searches: [(name: String, value: Predicate)] = []
        for (key, value) in mapping.entries {
            guard let name = key.scalar?.string else { throw document.problem("a search needs a name", at: key) }
            if except.contains(name) { continue }
            searches.append((name, try search(value)))
        }
        return searches
    }

    /// Parses a search. All entries of a mapping must hold, or one element of a list; a scalar is a keyword.
    private mutating func search(_ node: RuleNode) throws(RuleProblem) -> Predicate {
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw document.problem("the rule is too large", at: node) }
        switch node {
        case .mapping(let mapping):
            guard !mapping.isEmpty else { throw document.problem("a search is empty", at: node) }
            var parts: [Predicate] = []
            for (key, value) in mapping.entries { parts.append(try item(key, value)) }
            return parts.count == 1 ? parts[0] : .all(parts)
        case .sequence(let sequence):
            guard !sequence.elements.isEmpty else { throw document.problem("a search is empty", at: node) }
            var parts: [Predicate] = []
            for element in sequence.elements { parts.append(try search(element)) }
            return parts.count == 1 ? parts[0] : .any(parts)
        case .scalar:
            return try predicate(field: nil, ModifierChain(), value: node)
        }
    }

    /// Parses a field with its modifiers, and one value or several.
    private mutating func item(_ key: RuleNode, _ value: RuleNode) throws(RuleProblem) -> Predicate {
        guard let text = key.scalar?.string else { throw document.problem("a field needs a name", at: key) }
        var words = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let field = words.removeFirst()
        let chain: ModifierChain
        do { chain = try ModifierChain(words) } catch { throw document.problem("\(text): \(error.reason)", at: key) }

        var values: [Predicate] = []
        if let sequence = value.sequence {
            guard !sequence.isEmpty else { throw document.problem("\(text): the list of values is empty", at: key) }
            for element in sequence {
                values.append(try predicate(field: field.isEmpty ? nil : field, chain, value: element))
            }
        } else {
            values = [try predicate(field: field.isEmpty ? nil : field, chain, value: value)]
        }
        var result = values.count == 1 ? values[0] : chain.needsAll ? .all(values) : .any(values)
        if chain.isNegated { result = .not(result) }
        return result
    }

    private mutating func predicate(
        field: String?, _ chain: ModifierChain, value: RuleNode
    ) throws(RuleProblem) -> Predicate {
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw document.problem("the rule is too large", at: value) }
        guard value.scalar != nil else {
            throw document.problem(
                "\(field ?? "a keyword"): the value must be text, a number, a boolean or null", at: value)
        }
        do {
            let parts = try ValueParser(chain: chain, placeholders: placeholders, isKeyword: field == nil).tests(
                for: value
            ).map {
                (test) throws(ConditionError) -> Predicate in
                if let field { return .field(field, test) }
                switch test {
                case .text(let pattern): return .keyword(.text(pattern.withRunBefore().withRunAfter()))
                case .regex: return .keyword(test)
                default: throw ConditionError(reason: "a keyword is text or a regular expression")
                }
            }
            return parts.count == 1 ? parts[0] : .any(parts)
        } catch {
            throw document.problem("\(field ?? "keyword"): \(error.reason)", at: value)
        }
    }
}
