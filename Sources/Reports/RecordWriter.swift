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

    private static let lineFeed = [UInt8(ascii: "\n")]

    private static func encoder(_ further: JSONEncoder.OutputFormatting = []) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = further.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.dateEncodingStrategy = .iso8601
        return encoder
    }
}
