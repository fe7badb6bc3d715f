import FoundationEssentials

/// Writes records as JSON in the one way that all reports share: sorted members, dates in ISO 8601, a line feed at
/// the end.
enum RecordWriter {
    /// A document for people and programs to read.
    static func document(_ record: some Encodable) throws -> Data {
        try printable(encoder(.prettyPrinted).encode(record)) + lineFeed
    }

    /// One line for each record, and `last` as the last.
    static func lines(_ records: [some Encodable], last: some Encodable) throws -> Data {
        let encoder = encoder()
        var lines = Data()
        for record in records { lines += printable(try encoder.encode(record)) + lineFeed }
        return lines + printable(try encoder.encode(last)) + lineFeed
    }

    /// One line of a stream.
    static func line(_ record: some Encodable) throws -> [UInt8] {
        Array(printable(try encoder().encode(record))) + lineFeed
    }

    /// On one line without an end, in the printable characters that a terminal shows as they are.
    static func compact(_ record: some Encodable) throws -> String {
        String(decoding: printable(try encoder().encode(record)), as: UTF8.self)
    }

    /// The same JSON without what a terminal would obey: the encoder escapes only what JSON demands.
    private static func printable(_ json: Data) -> Data {
        guard json.withUnsafeBytes({ $0.contains { $0 >= 0x7F } }) else { return json }
        let text = String(decoding: json, as: UTF8.self)
        func isUnsafe(_ scalar: Unicode.Scalar) -> Bool { scalar != "\n" && TerminalText.isUnsafe(scalar) }
        guard text.unicodeScalars.contains(where: isUnsafe) else { return json }
        // What is unsafe stands in strings only, where it may be written so.
        let printable = text.unicodeScalars.reduce(into: "") { printable, scalar in
            guard isUnsafe(scalar) else { return printable.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                printable += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return Data(printable.utf8)
    }

    private static let lineFeed = [UInt8(ascii: "\n")]

    private static func encoder(_ further: JSONEncoder.OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = further.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
