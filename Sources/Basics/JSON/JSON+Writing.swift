extension JSON: CustomStringConvertible {
    /// The layout of a value's text.
    public struct Style: Sendable, Hashable {
        /// Whether each member or element is on its own line, indented by two spaces.
        public var isPretty = false
        /// Whether the members of objects are sorted by name, compared as UTF-8 bytes.
        public var isSorted = false
        /// Whether pretty text also has a space before each colon.
        public var isSpaced = false

        public static let compact = Style()
        public static let pretty = Style(isPretty: true)
        public static let sorted = Style(isSorted: true)
        public static let prettySorted = Style(isPretty: true, isSorted: true)

        public init(
            isPretty: Bool = false, isSorted: Bool = false, isSpaced: Bool = false
        ) {
            self.isPretty = isPretty
            self.isSorted = isSorted
            self.isSpaced = isSpaced
        }
    }

    /// The shortest text, with the members in their given order.
    public var description: String { written(.compact) }

    /// - Parameter depth: the nesting depth of the value in its document, for the indentation of its lines.
    public func written(_ style: Style, depth: Int = 0) -> String {
        String(decoding: bytes(style, depth: depth), as: UTF8.self)
    }

    /// The text in UTF-8.
    public func bytes(_ style: Style = .compact, depth: Int = 0) -> [UInt8] {
        var result: [UInt8] = []
        JSONWriter.append(to: &result, style, depth: depth) { $0.value(self) }
        return result
    }

    /// Appends the text in UTF-8.
    public func write(to result: inout [UInt8], _ style: Style = .compact) {
        JSONWriter.append(to: &result, style) { $0.value(self) }
    }

    /// Appends a string with its quotation marks. It escapes the characters that RFC 8259, section 7, requires to be
    /// escaped, and the characters that control a terminal.
    public static func write(_ text: some StringProtocol, to result: inout [UInt8]) {
        JSONWriter.append(to: &result, .compact) { $0.string(String(text)) }
    }
}
