internal import Basics

extension ConditionExpression {
    /// Resolves the condition's names.
    /// - Parameters:
    ///   - names: in the order of the rule.
    ///   - combine: combines several values into one.
    func resolved<Result>(
        names: [(name: String, value: Result)], _ combine: (ConditionShape<Result>) -> Result
    ) throws(ConditionError) -> Result {
        func resolve(_ parts: [ConditionExpression]) throws(ConditionError) -> [Result] {
            var result: [Result] = []
            for part in parts { result.append(try part.resolved(names: names, combine)) }
            return result
        }
        switch self {
        case .all(let parts): return combine(.all(try resolve(parts)))
        case .any(let parts): return combine(.any(try resolve(parts)))
        case .not(let part): return combine(.not(try part.resolved(names: names, combine)))
        case .name(let name):
            guard let found = names.first(where: { $0.name == name }) else {
                throw ConditionError(reason: "the condition speaks of \(name), which the rule does not have")
            }
            return found.value
        case .some(let count, let pattern):
            let chosen = names.filter { Self.name($0.name, isMeantBy: pattern) }.map(\.value)
            guard !chosen.isEmpty else {
                throw ConditionError(reason: "no part of the rule has a name like \(pattern)")
            }
            guard let count else { return combine(.all(chosen)) }
            if count == 1 { return combine(.any(chosen)) }
            guard count <= chosen.count else {
                throw ConditionError(reason: "\(count) of \(pattern): there are only \(chosen.count)")
            }
            return try Self.atLeast(count, of: chosen, combine)
        }
    }

    /// Whether a pattern matches a name. `them` matches all names that do not begin with an underscore.
    private static func name(_ name: String, isMeantBy pattern: String) -> Bool {
        if pattern.lowercased() == "them" { return !name.hasPrefix("_") }
        // Only `*` is a wildcard here.
        let elements = WildcardPattern.literal(pattern).map { $0 == UInt8(ascii: "*") ? WildcardPattern.anyRun : $0 }
        return WildcardPattern(elements: elements).matches(name)
    }

    /// Every choice of `count` values, joined by or.
    private static func atLeast<Result>(
        _ count: Int, of values: [Result], _ combine: (ConditionShape<Result>) -> Result
    ) throws(ConditionError) -> Result {
        var choices: [[Result]] = [[]]
        for (index, value) in values.enumerated() {
            let left = values.count - index
            choices = choices.flatMap { choice -> [[Result]] in
                let missing = count - choice.count
                if missing == 0 { return [choice] }
                return missing == left ? [choice + [value]] : [choice + [value], choice]
            }
            guard choices.count <= 1000 else {
                throw ConditionError(reason: "\(count) of \(values.count) parts are too many possibilities")
            }
        }
        return combine(.any(choices.map { combine(.all($0)) }))
    }
}

/// A combination of parts of a condition.
enum ConditionShape<Part> {
    case all([Part])
    case any([Part])
    case not(Part)
}
