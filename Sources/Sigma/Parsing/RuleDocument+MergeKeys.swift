import Yams

extension RuleDocument {
    /// Replaces `<<: *anchor` by the entries of the anchored mappings.
    ///
    /// Source: YAML 1.1, "Merge Key Language-Independent Type": a mapping's own keys win, then those of earlier
    /// mappings in a list.
    mutating func resolveMergeKeys() throws(RuleProblem) {
        // With aliases a short file can be a huge tree.
        var nodesLeft = 100_000
        root = try merged(root, &nodesLeft)
    }

    private func merged(_ node: Node, _ nodesLeft: inout Int) throws(RuleProblem) -> Node {
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw problem("the rule is too large", at: node) }
        switch node {
        case .mapping(let mapping): return .mapping(try merged(mapping, &nodesLeft))
        case .sequence(let sequence):
            var elements: [Node] = []
            for element in sequence { elements.append(try merged(element, &nodesLeft)) }
            return .sequence(Node.Sequence(elements, sequence.tag, sequence.style, sequence.mark))
        case .scalar, .alias: return node
        }
    }

    private func merged(_ mapping: Node.Mapping, _ nodesLeft: inout Int) throws(RuleProblem) -> Node.Mapping {
        var pairs: [(Node, Node)] = []
        var inherited: [Node.Mapping] = []
        for (key, value) in mapping {
            guard key.isMergeKey else {
                pairs.append((key, try merged(value, &nodesLeft)))
                continue
            }
            for source in value.sequence.map(Array.init) ?? [value] {
                guard let other = source.mapping else {
                    throw problem("<< must stand before an alias of a mapping, or a list of such aliases", at: key)
                }
                inherited.append(try merged(other, &nodesLeft))
            }
        }
        var known = Set(pairs.map(\.0))
        for other in inherited {
            for (key, value) in other where known.insert(key).inserted { pairs.append((key, value)) }
        }
        return Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark)
    }
}

extension Node {
    fileprivate var isMergeKey: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return scalar.string == "<<"
    }
}
