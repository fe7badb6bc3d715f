/// A text pattern with wildcards: `*` for any characters, `?` for any one character.
///
/// Source: Sigma Rules Specification 2.1.0, "String Wildcard" and "Escape Character".
public struct TextPattern: Sendable, Hashable {
    public enum Element: Sendable, Hashable {
        /// Literal bytes: UTF-8, or the output of a modifier such as `utf16be`.
        case literal([UInt8])
        case anyRun
        case anyOne
    }

    /// No two literals and no two runs are adjacent, and no literal is empty.
    public private(set) var elements: [Element] = []
    /// Whether matching is case-sensitive.
    public var cased = false

    /// The pattern of an empty string.
    public init() {}

    /// A literal pattern, without wildcards.
    public init(literal text: some StringProtocol) {
        append(.literal(Array(text.utf8)))
    }

    /// Parses a rule's notation: a backslash escapes a wildcard or a backslash; any other backslash is literal.
    public init(parsing text: some StringProtocol) {
        var pending: [UInt8] = []
        var escaped = false
        for byte in text.utf8 {
            let isSpecial = byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "\\")
            if escaped {
                escaped = false
                if !isSpecial { pending.append(UInt8(ascii: "\\")) }
                pending.append(byte)
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else if isSpecial {
                append(.literal(pending))
                pending = []
                append(byte == UInt8(ascii: "*") ? .anyRun : .anyOne)
            } else {
                pending.append(byte)
            }
        }
        if escaped { pending.append(UInt8(ascii: "\\")) }
        append(.literal(pending))
    }

    public mutating func append(_ element: Element) {
        switch (elements.last, element) {
        case (_, .literal(let bytes)) where bytes.isEmpty: break
        case (.literal(let before), .literal(let bytes)): elements[elements.count - 1] = .literal(before + bytes)
        case (.anyRun, .anyRun): break
        default: elements.append(element)
        }
    }

    public mutating func append(_ other: TextPattern) {
        for element in other.elements { append(element) }
    }

    public var hasWildcards: Bool {
        elements.contains { if case .literal = $0 { false } else { true } }
    }

    /// The bytes of a pattern without wildcards.
    public var literal: [UInt8]? {
        if case .equals(let bytes) = shape { bytes } else { nil }
    }

    /// The usual shapes of patterns.
    enum Shape {
        case equals([UInt8]), hasPrefix([UInt8]), hasSuffix([UInt8]), contains([UInt8])
        /// Any text.
        case anything
        case other
    }

    var shape: Shape {
        switch (elements.count, elements.first, elements.dropFirst().first, elements.last) {
        case (0, _, _, _): .equals([])
        case (1, .literal(let bytes)?, _, _): .equals(bytes)
        case (1, .anyRun?, _, _): .anything
        case (2, .literal(let bytes)?, .anyRun?, _): .hasPrefix(bytes)
        case (2, .anyRun?, .literal(let bytes)?, _): .hasSuffix(bytes)
        case (3, .anyRun?, .literal(let bytes)?, .anyRun?): .contains(bytes)
        default: .other
        }
    }

    /// The pattern with `*` after it.
    public func withRunAfter() -> TextPattern {
        var result = self
        result.append(.anyRun)
        return result
    }

    /// The pattern with `*` in front of it.
    public func withRunBefore() -> TextPattern {
        var result = TextPattern()
        result.cased = cased
        result.append(.anyRun)
        result.append(self)
        return result
    }

    /// The pattern with transformed literals.
    func mapLiterals(_ change: ([UInt8]) throws -> [UInt8]) rethrows -> TextPattern {
        var result = TextPattern()
        result.cased = cased
        for element in elements {
            if case .literal(let bytes) = element {
                result.append(.literal(try change(bytes)))
            } else {
                result.append(element)
            }
        }
        return result
    }
}

extension TextPattern: CustomStringConvertible {
    /// The pattern in a rule's notation.
    public var description: String {
        elements.map { element in
            switch element {
            case .anyRun: "*"
            case .anyOne: "?"
            case .literal(let bytes):
                // Compared by bytes, because `*` with a combining accent is a different `Character`.
                String(
                    decoding: bytes.flatMap { "\\*?".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] },
                    as: UTF8.self)
            }
        }.joined()
    }
}
