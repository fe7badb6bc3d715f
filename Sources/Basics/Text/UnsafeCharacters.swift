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
