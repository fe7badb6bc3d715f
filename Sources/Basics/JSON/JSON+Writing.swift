extension JSON: CustomStringConvertible {
    /// How a value becomes text.
    public struct Style: Sendable, Hashable {
        /// One member or element on each line, indented by two spaces.
        public var isPretty = false
        /// Whether objects have their members in the order of their names, compared as bytes of UTF-8.
        public var isSorted = false
        /// Whether pretty text has a space before each colon too.
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

    /// The shortest text, with the members in their order.
    public var description: String { written(.compact) }

    /// - Parameter depth: how deep the value stands in its document, for the margin of its lines.
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

    /// Appends a string with its quotation marks. What must be escaped is (RFC 8259, section 7), and what a terminal would
    /// obey.
    public static func write(_ text: some StringProtocol, to result: inout [UInt8]) {
        JSONWriter.append(to: &result, .compact) { $0.string(String(text)) }
    }
}
