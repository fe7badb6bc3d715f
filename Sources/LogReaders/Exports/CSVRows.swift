/// Rows of comma-separated values (RFC 4180): fields in quotes may hold commas, line ends and doubled quotes.
///
/// It reads from memory that is reused for each piece of a file, so that tables of any size can be read. CSV packages
/// read whole strings.
struct CSVRows {
    private let bytes: Bytes
    private var place = 0
    /// Whether the last row ended within quotes.
    private(set) var isCut = false

    private static let quote = UInt8(ascii: "\"")

    init(_ bytes: Bytes) { self.bytes = bytes }

    /// The fields of the next row that is not empty, without their quotes; `nil` at the end.
    mutating func next() -> [String]? {
        while place < bytes.count, bytes[place] == 0x0A || bytes[place] == 0x0D { place += 1 }
        guard place < bytes.count else { return nil }
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case Self.quote where isQuoted && place < bytes.count && bytes[place] == Self.quote:
                field.append(byte)
                place += 1
            case Self.quote where isQuoted || field.isEmpty: isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case 0x0A where !isQuoted:
                if field.last == 0x0D { field.removeLast() }
                return fields + [String(decoding: field, as: UTF8.self)]
            default: field.append(byte)
            }
        }
        isCut = isQuoted
        return fields + [String(decoding: field, as: UTF8.self)]
    }
}

/// A table of records, whose columns are known.
struct RecordTable {
    /// Names in lower case, with only letters and digits.
    let columns: [String]
    private var rows: CSVRows
    /// Number of rows that do not fit the columns.
    private(set) var damaged = 0

    /// - Parameters:
    ///   - bytes: whole rows.
    ///   - header: the line with the columns' names; empty if `bytes` begin with it.
    init(_ bytes: Bytes, header: Bytes) {
        rows = CSVRows(bytes)
        var first = CSVRows(header)
        let names = header.isEmpty ? rows.next() : first.next()
        columns = (names ?? []).map(Self.column)
    }

    static func column(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    /// The next row's fields in the order of the columns; `nil` at the end.
    mutating func next() -> [String]? {
        while var fields = rows.next() {
            if fields.count > columns.count, columns.last == "message" {
                // Some tools write the message without quotes, so that its commas divide it.
                let message = fields[(columns.count - 1)...].joined(separator: ",")
                fields = fields[..<(columns.count - 1)] + [message]
            }
            if fields.count == columns.count, !rows.isCut { return fields }
            damaged += 1
        }
        return nil
    }
}
