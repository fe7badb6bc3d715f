/// The layout of logs, which determines the places at which a file can be divided.
public enum LogLayout: Sendable, Hashable {
    /// One record a line.
    case lines
    /// JSON, in any of the shapes that ``CloudTrailReader`` reads.
    case json
    /// Comma-separated values (RFC 4180) after a line with the columns' names. A quoted field may contain line ends.
    case csv

    /// Bytes of a file's content that are examined to determine its layout.
    static let looked = 8 << 10

    /// Determines the layout of one file of this log by the beginning of its content. An export may hold the records in
    /// JSON or in a table.
    /// - Parameter isWhole: whether nothing follows these bytes.
    /// - Returns: `nil` if more bytes are needed.
    func ofContent(_ start: UnsafeRawBufferPointer, isWhole: Bool) -> LogLayout? {
        let bytes = start.withoutByteOrderMark.prefix(Self.looked).drop(while: Self.isSpace)
        guard let first = bytes.first else { return isWhole || start.count >= Self.looked ? self : nil }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json }
        let end = bytes.firstIndex { $0 == 0x0A || $0 == 0x0D }
        guard let end = end ?? (isWhole || start.count >= Self.looked ? bytes.endIndex : nil) else { return nil }
        let line = bytes[..<end]
        if let time = line.firstIndex(of: 0x20), Self.isTime(line[..<time]) {
            // Exports of CloudWatch Logs begin each line with its time.
            return line[time...].first { !Self.isSpace($0) } == UInt8(ascii: "{") ? .json : self
        }
        return isTable(line) ? .csv : self
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// `2026-03-01T00:00:00.000Z`
    private static func isTime(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
        (20...35).contains(word.count) && word[word.startIndex + 4] == UInt8(ascii: "-")
            && word[word.startIndex + 10] == UInt8(ascii: "T") && word.last == UInt8(ascii: "Z")
    }

    /// Whether a line is the header of a table: at least one column is known to hold records, or parts of them.
    private func isTable(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard !line.contains(UInt8(ascii: "{")) else { return false }
        let isQuoted = line.first == UInt8(ascii: "\"")
        let names = line.split(separator: UInt8(ascii: ",")).map { name in
            String(decoding: name, as: UTF8.self).lowercased().filter { $0.isLetter || $0.isNumber }
        }
        // Flow logs may have a plain header line with commas, which their reader knows.
        let isKnown = self == .json || isQuoted
        return names.contains {
            Self.messages.contains($0)
                || names.count > 1 && (Self.accessColumns.contains($0) || isKnown && Self.columns.contains($0))
        }
    }

    /// Columns that hold the record in exports of CloudWatch Logs and in query results of CloudTrail Lake.
    private static let messages: Set = ["message", "eventjson"]
    /// Columns that only tables of access logs have.
    private static let accessColumns: Set = ["bucketowner", "requesturi"]
    /// Columns of CloudTrail's event history, and of the tables that AWS describes for Amazon Athena: one of each kind
    /// of log.
    private static let columns: Set = [
        "eventname", "eventtime", "eventid", "cloudtrailevent", "srcaddr", "interfaceid", "sourceaddress",
    ]
}
