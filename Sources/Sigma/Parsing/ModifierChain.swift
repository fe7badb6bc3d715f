/// The modifiers after a field's name.
///
/// Source: Sigma Modifiers Appendix 2.1.0. The longer names of the flags of `re` are pySigma's, and `allows` is ours.
struct ModifierChain {
    /// A transformation of a text.
    enum Change {
        case startsWith, endsWith, contains, base64, base64Offset, utf16LE, utf16BE, utf16, windowsDash
    }

    enum Kind: Equatable {
        case text, regex, cidr, exists, reference, policy
        case compare(Comparison)
        case timePart(TimePart)
    }

    var kind = Kind.text
    var changes: [Change] = []
    /// The comparison of a part of a timestamp.
    var comparison = Comparison.equal
    var needsAll = false
    var isNegated = false
    var cased = false
    var expands = false
    var regex = RegexPattern("")

    /// No modifiers.
    init() {}

    init(_ words: some Sequence<some StringProtocol>) throws(ConditionError) {
        for word in words {
            switch String(word) {
            case "all": needsAll = true
            case "neq": isNegated = true
            case "cased": cased = true
            case "expand": expands = true
            case "startswith": changes.append(.startsWith)
            case "endswith": changes.append(.endsWith)
            case "contains": changes.append(.contains)
            case "base64": changes.append(.base64)
            case "base64offset": changes.append(.base64Offset)
            case "wide", "utf16le": changes.append(.utf16LE)
            case "utf16be": changes.append(.utf16BE)
            case "utf16": changes.append(.utf16)
            case "windash": changes.append(.windowsDash)
            case "re": try become(.regex)
            case "cidr": try become(.cidr)
            case "exists": try become(.exists)
            case "fieldref": try become(.reference)
            case "allows": try become(.policy)
            case "i" where kind == .regex, "ignorecase" where kind == .regex: regex.ignoresCase = true
            case "m" where kind == .regex, "multiline" where kind == .regex: regex.multipleLines = true
            case "s" where kind == .regex, "dotall" where kind == .regex: regex.dotMatchesAll = true
            case "i", "m", "s", "ignorecase", "multiline", "dotall":
                throw ConditionError(reason: "the modifier \(word) must follow re")
            case let word:
                if let part = TimePart(rawValue: word) {
                    if case .compare(let comparison) = kind {
                        kind = .text
                        self.comparison = comparison
                    }
                    try become(.timePart(part))
                } else if let comparison = Comparison(rawValue: word), comparison != .equal {
                    if case .timePart = kind { self.comparison = comparison } else { try become(.compare(comparison)) }
                } else {
                    throw ConditionError(reason: "the modifier \(word) is not known")
                }
            }
        }
        try checkChanges()
    }

    private mutating func become(_ kind: Kind) throws(ConditionError) {
        guard self.kind == .text || self.kind == kind else {
            throw ConditionError(reason: "the modifiers of a field contradict each other")
        }
        self.kind = kind
    }

    private func checkChanges() throws(ConditionError) {
        for change in changes {
            switch (kind, change) {
            case (.text, _), (.regex, .startsWith), (.regex, .endsWith), (.regex, .contains), (.reference, .startsWith),
                (.reference, .endsWith), (.reference, .contains):
                break
            default: throw ConditionError(reason: "the modifiers of a field do not go together")
            }
        }
        if cased, kind != .text, kind != .reference, kind != .regex {
            throw ConditionError(reason: "cased is for text")
        }
    }
}
