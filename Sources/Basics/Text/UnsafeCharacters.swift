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
    /// The text with visible escapes for control characters and for characters that change the direction of writing.
    public var withoutUnsafeCharacters: String {
        guard unicodeScalars.contains(where: \.isUnsafeToShow) else { return self }
        var escaped = ""
        for scalar in unicodeScalars {
            if scalar.isUnsafeToShow {
                escaped += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
