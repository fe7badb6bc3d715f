import Basics

/// Text with wildcards and policy variables, read once: `home/${aws:username, 'guest'}/*`.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
struct VariablePattern: Sendable, Hashable {
    private let parts: [Part]
    private let ignoresCase: Bool
    /// The pattern itself if it has no variables.
    private let constant: WildcardPattern?

    private enum Part: Sendable, Hashable {
        case pattern([WildcardPattern.Element])
        /// The key is in lower case.
        case variable(key: String, default: String?)
    }

    /// - Parameters:
    ///   - replacingVariables: `false` takes `${…}` for plain text, as the older version of the language does.
    ///   - wildcards: `false` takes `*` and `?` for plain text, as `StringEquals` does.
    ///   - ignoringCase: whether it is to be matched against texts in lower case.
    init(
        _ text: some StringProtocol, replacingVariables: Bool, wildcards: Bool = true, ignoringCase: Bool = false
    ) {
        let elements: (Substring) -> [WildcardPattern.Element] = { text in
            wildcards ? WildcardPattern.elements(of: text) : WildcardPattern.literal(text)
        }
        ignoresCase = ignoringCase
        let text = ignoringCase ? Substring(text.lowercased()) : Substring(text)
        guard replacingVariables, text.utf8.contains(UInt8(ascii: "$")) else {
            // Most patterns have no variables. A search for `$` in the bytes is enough to recognize them.
            let constant = elements(text)
            parts = [.pattern(constant)]
            self.constant = WildcardPattern(elements: constant)
            return
        }
        var parts: [Part] = []
        var rest = text
        while let placeholder = Placeholder.first(in: rest) {
            parts.append(.pattern(elements(rest[..<placeholder.range.lowerBound])))
            switch placeholder.meaning {
            case .character(let character): parts.append(.pattern(WildcardPattern.literal(character)))
            case .variable(let key, let defaultValue): parts.append(.variable(key: key, default: defaultValue))
            }
            rest = rest[placeholder.range.upperBound...]
        }
        parts.append(.pattern(elements(rest)))
        self.parts = parts
        var constant: [WildcardPattern.Element]? = []
        for part in parts {
            switch part {
            case .pattern(let elements): constant?.append(contentsOf: elements)
            case .variable: constant = nil
            }
        }
        self.constant = constant.map { WildcardPattern(elements: $0) }
    }

    /// The pattern with each variable replaced by its value, in which `*` and `?` are plain text. It is `nil` if a
    /// variable is unknown, or has neither a single value nor a default, so that the element that contains it cannot
    /// match.
    func resolved(in context: RequestContext?) -> WildcardPattern? {
        if let constant { return constant }
        var elements: [WildcardPattern.Element] = []
        for part in parts {
            switch part {
            case .pattern(let part): elements += part
            case .variable(let key, let defaultValue):
                guard let context, !context.isUnknown(lowercased: key),
                    let value = context.singleValue(ofLowercased: key) ?? defaultValue
                else { return nil }
                elements += WildcardPattern.literal(ignoresCase ? value.lowercased() : value)
            }
        }
        return WildcardPattern(elements: elements)
    }

    /// Whether a variable has a value that is not known.
    func isUnknown(in context: RequestContext) -> Bool {
        guard constant == nil, !context.isComplete else { return false }
        return parts.contains { part in
            if case .variable(let key, _) = part { context.isUnknown(lowercased: key) } else { false }
        }
    }

    /// The pattern in which each variable stands for any text.
    var widest: WildcardPattern {
        WildcardPattern(
            elements: parts.flatMap { part in
                if case .pattern(let elements) = part { elements } else { [WildcardPattern.anyRun] }
            })
    }

    func matches(_ text: some StringProtocol, in context: RequestContext?) -> Bool {
        resolved(in: context)?.matches(text) ?? false
    }
}

/// A `${…}` in a text.
private struct Placeholder {
    let range: Range<Substring.Index>
    let meaning: Meaning

    enum Meaning {
        /// `${*}`, `${?}` and `${$}`.
        case character(Substring)
        case variable(key: String, default: String?)
    }

    static func first(in text: Substring) -> Placeholder? {
        var search = text
        while let dollar = search.firstIndex(of: "$") {
            let open = text.index(after: dollar)
            if open < text.endIndex, text[open] == "{", let close = text[open...].firstIndex(of: "}") {
                let inside = text[text.index(after: open)..<close]
                return Placeholder(range: dollar..<text.index(after: close), meaning: meaning(of: inside))
            }
            search = text[open...]
        }
        return nil
    }

    private static func meaning(of inside: Substring) -> Meaning {
        if inside == "*" || inside == "?" || inside == "$" { return .character(inside) }
        let halves = inside.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let key = halves[0].trimmed.lowercased()
        guard halves.count == 2 else { return .variable(key: key, default: nil) }
        let quoted = halves[1].trimmed
        guard quoted.count >= 2, quoted.first == "'", quoted.last == "'" else {
            // Not the form of a default: a key of this name exists in no request.
            return .variable(key: inside.lowercased(), default: nil)
        }
        return .variable(key: key, default: String(quoted.dropFirst().dropLast()))
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
