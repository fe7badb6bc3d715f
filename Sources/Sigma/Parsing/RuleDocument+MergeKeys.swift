internal import RuleTree

extension RuleDocument {
    /// Replaces `<<: *anchor` by the entries of the anchored mappings.
    ///
    /// Source: YAML 1.1, "Merge Key Language-Independent Type": a mapping's own keys win, then those of earlier
    /// mappings in a list.
    mutating func resolveMergeKeys() throws(RuleProblem) {
        guard RuleNode.mapping(root).hasMergeKey else { return }
        // With aliases a short file can be a huge tree.
        var nodesLeft = 100_000
        root = try merged(root, &nodesLeft)
    }

    private func merged(_ node: RuleNode, _ nodesLeft: inout Int) throws(RuleProblem) -> RuleNode {
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw problem("the rule is too large", at: node) }
        switch node {
        case .mapping(let mapping): return .mapping(try merged(mapping, &nodesLeft))
        case .sequence(let sequence):
            var elements: [RuleNode] = []
            for element in sequence.elements { elements.append(try merged(element, &nodesLeft)) }
            return .sequence(RuleNode.Sequence(elements, line: sequence.line))
        case .scalar: return node
        }
    }

    private func merged(_ mapping: RuleNode.Mapping, _ nodesLeft: inout Int) throws(RuleProblem) -> RuleNode.Mapping {
        var pairs: [(key: RuleNode, value: RuleNode)] = []
        var inherited: [RuleNode.Mapping] = []
        for (key, value) in mapping.entries {
            guard key.isMergeKey else {
                pairs.append((key, try merged(value, &nodesLeft)))
                continue
            }
            for source in value.sequence ?? [value] {
                guard let other = source.mapping else {
                    throw problem("<< must stand before an alias of a mapping, or a list of such aliases", at: key)
                }
                inherited.append(try merged(other, &nodesLeft))
            }
        }
        var known = Set(pairs.compactMap(\.key.scalar?.string))
        for other in inherited {
            for (key, value) in other.entries where key.scalar.map({ known.insert($0.string).inserted }) ?? true {
                pairs.append((key, value))
            }
        }
        return RuleNode.Mapping(pairs, line: mapping.line)
    }
}

extension RuleNode {
    fileprivate var isMergeKey: Bool {
        guard let scalar, scalar.isPlain else { return false }
        return scalar.string == "<<"
    }

    fileprivate var hasMergeKey: Bool {
        switch self {
        case .scalar: false
        case .sequence(let sequence): sequence.elements.contains(where: \.hasMergeKey)
        case .mapping(let mapping): mapping.entries.contains { $0.key.isMergeKey || $0.value.hasMergeKey }
        }
    }
}
