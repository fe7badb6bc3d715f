import Yams

extension RuleDocument {
    /// The rules that a file's documents stand for. A document with `action: global` gives its keys to all that follow,
    /// `reset` takes them away again, `repeat` stands for the document before with other keys.
    static func applyActions(_ documents: [RuleDocument]) -> (rules: [RuleDocument], problems: [RuleProblem]) {
        var rules: [RuleDocument] = []
        var problems: [RuleProblem] = []
        var global: Node.Mapping?
        var previous: Node.Mapping?
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

    /// The second mapping's keys win; mappings are merged within.
    private static func merge(_ first: Node.Mapping?, _ second: Node.Mapping) -> Node.Mapping {
        guard var result = first else { return second }
        for (key, value) in second {
            if let inner = value.mapping, let outer = result[key]?.mapping {
                result[key] = .mapping(merge(outer, inner))
            } else {
                result[key] = value
            }
        }
        return result
    }
}
