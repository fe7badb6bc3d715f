extension Unicode.Scalar {
    /// Whether the character could move a terminal's cursor or change the direction of writing.
    public var isUnsafeToShow: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        // XML does not allow these two characters.
        default: value == 0xFFFE || value == 0xFFFF
        }
    }
}

extension String {
    /// The whole text with visible escapes: see ``showingUnsafeCharacters(atMost:)``.
    public var withoutUnsafeCharacters: String { showingUnsafeCharacters() }

    /// The text with visible escapes, such as `\u{1b}`, for control characters and for characters that change the
    /// direction of writing.
    /// - Parameter limit: the longest result, in UTF-16 units; an ellipsis replaces the end of a longer one.
    public func showingUnsafeCharacters(atMost limit: Int = .max) -> String {
        guard utf8.count > limit || unicodeScalars.contains(where: \.isUnsafeToShow) else { return self }
        return shown(atMost: limit) { $0.isUnsafeToShow ? "\\u{" + String($0.value, radix: 16) + "}" : nil }
    }

    /// The text with replacements for some characters.
    /// - Parameters:
    ///   - limit: the longest result, in UTF-16 units; an ellipsis replaces the end of a longer one.
    ///   - replacement: returns the replacement of a character; `nil` if it stays. No replacement is cut.
    public func shown(atMost limit: Int = .max, _ replacement: (Unicode.Scalar) -> String?) -> String {
        var shown: [Unicode.Scalar] = []
        var length = 0
        // The number of characters after which there is room for an ellipsis.
        var cut = 0
        for scalar in unicodeScalars {
            let replaced = replacement(scalar)
            length += replaced?.utf16.count ?? UTF16.width(scalar)
            if length > limit {
                shown = shown[..<cut] + (limit > 0 ? ["…"] : [])
                break
            }
            if let replaced { shown += replaced.unicodeScalars } else { shown.append(scalar) }
            if length < limit { cut = shown.count }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: shown)
        return String(text)
    }
}
