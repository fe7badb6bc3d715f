internal import RuleTree

extension RuleDocument {
    /// Applies the documents' actions. A document with `action: global` adds its keys to all following documents,
    /// `reset` removes them again, and `repeat` repeats the previous document with changed keys.
    static func applyActions(_ documents: [RuleDocument]) -> (rules: [RuleDocument], problems: [RuleProblem]) {
        var rules: [RuleDocument] = []
        var problems: [RuleProblem] = []
        var global: RuleNode.Mapping?
        var previous: RuleNode.Mapping?
        for var document in documents {
            let action = document["action"]
            document.root["action"] = nil
            switch action?.scalar?.string {
            case nil where action == nil, "normal":
                document.root = merge(global, document.root)
            case "global":
                global = merge(global, document.root)
                continue
            case "reset":
                global = nil
                continue
            case "repeat":
                guard let before = previous else {
                    problems.append(document.problem("there is no rule before that could be repeated", at: action))
                    continue
                }
                document.root = merge(before, document.root)
            case let other:
                problems.append(document.problem("the action \(other ?? "") is not known", at: action))
                continue
            }
            previous = document.root
            rules.append(document)
        }
        return (rules, problems)
    }

    /// Merges mappings recursively. The second mapping's keys win.
    private static func merge(_ first: RuleNode.Mapping?, _ second: RuleNode.Mapping) -> RuleNode.Mapping {
        guard var result = first else { return second }
        for (key, value) in second.entries {
            if let inner = value.mapping, let outer = key.scalar.flatMap({ result[$0.string] })?.mapping {
                result.set(key, .mapping(merge(outer, inner)))
            } else {
                result.set(key, value)
            }
        }
        return result
    }
}
