internal import Basics
internal import IAMPolicy
internal import RuleTree

/// Makes tests from a rule's value and the modifiers of its field.
struct ValueParser {
    let chain: ModifierChain
    let placeholders: Placeholders
    /// Keywords are texts only.
    let isKeyword: Bool

    /// The tests of a value, any of which may pass.
    func tests(for node: RuleNode) throws(ConditionError) -> [FieldTest] {
        guard let text = node.scalar?.string else { throw ConditionError(reason: "the value must be a scalar") }
        if case .exists = chain.kind {
            guard let flag = node.plainFlag else { throw ConditionError(reason: "exists needs true or false") }
            return [.exists(flag)]
        }
        if node.isNullScalar {
            guard chain.kind == .text, chain.changes.isEmpty else {
                throw ConditionError(reason: "null cannot have modifiers")
            }
            return [.null]
        }
        // True, TRUE and true are one value, even if matching is case-sensitive.
        let value = node.plainBool.map { $0 ? "true" : "false" } ?? text
        if !isKeyword, chain.kind == .text, chain.changes.isEmpty, let number = node.unusualNumber {
            return try tests(for: value) + [.compare(.equal, number)]
        }
        if !isKeyword, chain.kind == .text, chain.changes.isEmpty, node.plainBool == nil, let flag = node.plainFlag {
            return try tests(for: text) + tests(for: "\(flag)")
        }
        guard chain.expands else { return try tests(for: value) }
        var tests: [FieldTest] = []
        for value in try PlaceholderText.expand(value, with: placeholders) { tests += try self.tests(for: value) }
        return tests
    }

    private func tests(for text: String) throws(ConditionError) -> [FieldTest] {
        switch chain.kind {
        case .text: return try patterns(text).map { .text($0) }
        case .regex: return [.regex(try regex(text))]
        case .exists: return []
        case .cidr:
            guard let block = CIDR(text) else { throw ConditionError(reason: "\(text) is no block of addresses") }
            return [.cidr(block)]
        case .reference: return [.reference(try reference(text))]
        case .policy: return [.policy(try policy(text))]
        case .compare(let comparison): return [.compare(comparison, try number(text))]
        case .timePart(let part): return [.timePart(part, chain.comparison, try number(text))]
        }
    }

    private func patterns(_ text: String) throws(ConditionError) -> [TextPattern] {
        var patterns = [TextPattern(parsing: text)]
        for change in chain.changes {
            var changed: [TextPattern] = []
            for pattern in patterns { changed += try TextChanges.apply(change, to: pattern) }
            patterns = changed
        }
        for index in patterns.indices { patterns[index].cased = chain.cased }
        return patterns
    }

    private func regex(_ text: String) throws(ConditionError) -> RegexPattern {
        var regex = chain.regex
        regex.text = text
        let begins = chain.changes.contains { if case .startsWith = $0 { true } else { false } }
        let ends = chain.changes.contains { if case .endsWith = $0 { true } else { false } }
        if begins || ends { regex.text = (begins ? "\\A" : "") + "(?:\(text))" + (ends ? "\\z" : "") }
        // Compiled here only to find errors. The matcher compiles it again.
        _ = try CompiledRegex(regex)
        return regex
    }

    private func reference(_ text: String) throws(ConditionError) -> FieldReference {
        guard !text.isEmpty, !TextPattern(parsing: text).hasWildcards else {
            throw ConditionError(reason: "fieldref needs the name of a field")
        }
        var reference = FieldReference(field: text, cased: chain.cased)
        for change in chain.changes {
            switch change {
            case .startsWith: reference.relation = .startsWith
            case .endsWith: reference.relation = .endsWith
            default: reference.relation = .contains
            }
        }
        return reference
    }

    private func policy(_ text: String) throws(ConditionError) -> PolicyTest {
        guard let audience = Audience(rawValue: text) else {
            let names = Audience.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConditionError(reason: "allows needs one of \(names)")
        }
        return PolicyTest(audience, trusted: Set(placeholders[BuiltInRules.trustedAccounts] ?? []))
    }

    private func number(_ text: String) throws(ConditionError) -> Double {
        guard let number = Double(text), number.isFinite else { throw ConditionError(reason: "\(text) is no number") }
        return number
    }
}
