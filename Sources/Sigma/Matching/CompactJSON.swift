import LogReaders

/// JSON that a log holds as a text, in the form in which objects are compared: exporters such as Python's write spaces
/// between its parts.
enum CompactJSON {
    /// The text without the spaces between its parts; `nil` if it has none, or is neither an object nor an array.
    static func bytes(of text: Bytes) -> [UInt8]? {
        guard let first = text.first, first <= 0x20 || first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            text.contains(where: { $0 <= 0x20 }), isStart(text.lazy.filter { $0 > 0x20 }.prefix(2))
        else { return nil }
        var compact: [UInt8] = []
        compact.reserveCapacity(text.count)
        var isInString = false
        var isEscaped = false
        for byte in text where isInString || byte > 0x20 {
            if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
            isEscaped = isInString && !isEscaped && byte == UInt8(ascii: "\\")
            compact.append(byte)
        }
        return compact.count == text.count ? nil : compact
    }

    /// Whether an object or an array can begin so. A user agent in brackets is none.
    private static func isStart(_ start: some Sequence<UInt8>) -> Bool {
        var bytes = start.makeIterator()
        guard let first = bytes.next(), let second = bytes.next() else { return false }
        return first == UInt8(ascii: "{")
            ? "\"}".utf8.contains(second) : first == UInt8(ascii: "[") && "\"{[]-0123456789".utf8.contains(second)
    }
}
