extension JSON: CustomStringConvertible {
    /// How a value becomes text.
    public struct Style: Sendable, Hashable {
        /// One member or element on each line, indented by two spaces.
        public var isPretty = false
        /// Whether objects have their members in the order of their names, compared as bytes of UTF-8.
        public var isSorted = false

        public static let compact = Style()
        public static let pretty = Style(isPretty: true)
        public static let sorted = Style(isSorted: true)
        public static let prettySorted = Style(isPretty: true, isSorted: true)
    }

    /// The shortest text, with the members in their order.
    public var description: String { written(.compact) }

    public func written(_ style: Style) -> String { String(decoding: bytes(style), as: UTF8.self) }

    /// The text in UTF-8.
    public func bytes(_ style: Style = .compact) -> [UInt8] {
        var result: [UInt8] = []
        write(to: &result, style)
        return result
    }

    /// Appends the text in UTF-8.
    public func write(to result: inout [UInt8], _ style: Style = .compact) { write(to: &result, style, depth: 0) }

    private func write(to result: inout [UInt8], _ style: Style, depth: Int) {
        switch self {
        case .null: result += "null".utf8
        case .bool(let flag): result += (flag ? "true" : "false").utf8
        case .number(let number): result += number.description.utf8
        case .string(let text): Self.write(text, to: &result)
        case .array(let elements):
            Self.write(elements, between: ("[", "]"), to: &result, style, depth) { element, result in
                element.write(to: &result, style, depth: depth + 1)
            }
        case .object(let object):
            let members =
                style.isSorted
                ? object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } : object.members
            Self.write(members, between: ("{", "}"), to: &result, style, depth) { member, result in
                Self.write(member.name, to: &result)
                result += (style.isPretty ? ": " : ":").utf8
                member.value.write(to: &result, style, depth: depth + 1)
            }
        }
    }

    private static func write<Part>(
        _ parts: [Part], between brackets: (Unicode.Scalar, Unicode.Scalar), to result: inout [UInt8], _ style: Style,
        _ depth: Int, _ write: (Part, inout [UInt8]) -> Void
    ) {
        func line(_ depth: Int) {
            guard style.isPretty, !parts.isEmpty else { return }
            result.append(UInt8(ascii: "\n"))
            result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
        }
        result.append(UInt8(ascii: brackets.0))
        for (index, part) in parts.enumerated() {
            if index > 0 { result.append(UInt8(ascii: ",")) }
            line(depth + 1)
            write(part, &result)
        }
        line(depth)
        result.append(UInt8(ascii: brackets.1))
    }

    /// Appends a string with its quotation marks. Only what must be escaped is (RFC 8259, section 7).
    public static func write(_ text: some StringProtocol, to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                result.append(UInt8(ascii: "\\"))
                result.append(byte)
            case 0x08: result += "\\b".utf8
            case 0x09: result += "\\t".utf8
            case 0x0A: result += "\\n".utf8
            case 0x0C: result += "\\f".utf8
            case 0x0D: result += "\\r".utf8
            case 0..<0x20:
                result += "\\u00".utf8
                result.append(Hexadecimal.digit(byte >> 4))
                result.append(Hexadecimal.digit(byte & 15))
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
    }
}
