extension Unicode.Scalar {
    /// Whether the character could move a terminal's cursor, or turn the direction of writing.
    public var isUnsafeToShow: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: true
        // XML cannot hold these two.
        default: value == 0xFFFE || value == 0xFFFF
        }
    }
}
