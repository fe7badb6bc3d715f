import FoundationEssentials

/// Writes records as JSON in the one way that all reports share: sorted members, dates in ISO 8601, a line feed at
/// the end.
enum RecordWriter {
    /// A document for people and programs to read.
    static func document(_ record: some Encodable) throws -> Data {
        try encoder(.prettyPrinted).encode(record) + lineFeed
    }

    /// One line for each record, and `last` as the last.
    static func lines(_ records: [some Encodable], last: some Encodable) throws -> Data {
        let encoder = encoder()
        var lines = Data()
        for record in records { lines += try encoder.encode(record) + lineFeed }
        return lines + (try encoder.encode(last)) + lineFeed
    }

    /// One line of a stream.
    static func line(_ record: some Encodable) throws -> [UInt8] { try Array(encoder().encode(record)) + lineFeed }

    /// On one line without an end, in the printable characters that a terminal shows as they are.
    static func compact(_ record: some Encodable) throws -> String {
        let text = String(decoding: try encoder().encode(record), as: UTF8.self)
        guard text.unicodeScalars.contains(where: TerminalText.isUnsafe) else { return text }
        // JSON lets what is unsafe stand in strings only, where it may be written so.
        return text.unicodeScalars.reduce(into: "") { compact, scalar in
            guard TerminalText.isUnsafe(scalar) else { return compact.unicodeScalars.append(scalar) }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                compact += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    private static let lineFeed = [UInt8(ascii: "\n")]

    private static func encoder(_ further: JSONEncoder.OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = further.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
