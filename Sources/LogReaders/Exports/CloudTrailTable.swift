internal import Basics

/// CloudTrail's records from a table: CSV from the console's event history, from Amazon Athena, or from CloudWatch Logs
/// with the record in a column `message`.
///
/// Athena writes the names of columns and of a structure's fields in lower case, and a structure as
/// `{type=IAMUser, sessioncontext={…}}`.
struct CloudTrailTable {
    private var table: RecordTable
    private let columns: [Column]

    private enum Column {
        /// The value is the whole record.
        case record
        /// The value is a part of the record: the member at this path.
        case member([String])
        case ignored

        /// - Parameter name: see ``RecordTable/columns``.
        init(_ name: String) {
            switch name {
            case "message", "cloudtrailevent", "eventjson": self = .record
            // Column names in the event history.
            case "username": self = .member(["userIdentity", "userName"])
            case "awsaccesskey": self = .member(["userIdentity", "accessKeyId"])
            case "timestamp", "ingestiontime", "logstreamname", "resourcename", "resourcetype": self = .ignored
            default: self = .member([CloudTrailNames.inLowerCase[name] ?? name])
            }
        }
    }

    init(_ bytes: Bytes, header: Bytes) {
        table = RecordTable(bytes, header: header)
        columns = table.columns.map(Column.init)
    }

    /// The record of a row as `aws cloudtrail get-query-results` has it: a list of objects with one column each. Queries
    /// name columns in any case, and have the whole record in `eventJson`.
    /// - Returns: `nil` if the row holds no record.
    static func record(ofRow row: Bytes) -> [UInt8]? {
        guard let cells = try? JSON(parsing: Array(row), .ofLogs).elements else { return nil }
        return record(
            cells.flatMap { $0.object?.members ?? [] }.map { member in
                (Column(RecordTable.column(member.name)), member.value.shown)
            })
    }

    /// All rows as JSON, one record a line, and the number of rows that are not records.
    mutating func records() -> (json: [UInt8], damaged: Int) {
        var json: [UInt8] = []
        var empty = 0
        while let row = table.next() {
            if let record = Self.record(Array(zip(columns, row))) {
                json += record
                json.append(0x0A)
            } else {
                empty += 1
            }
        }
        return (json, table.damaged + empty)
    }

    private static func record(_ row: [(Column, String)]) -> [UInt8]? {
        var members: [(name: String, value: JSON)] = []
        var identity: [(name: String, value: JSON)] = []
        for (column, text) in row where !text.isEmpty {
            switch column {
            case .ignored: continue
            case .record: return text.utf8.first == UInt8(ascii: "{") ? Array(text.utf8) : nil
            case .member(let path):
                let value = value(text)
                if path.count > 1 { identity.append((path[1], value)) } else { members.append((path[0], value)) }
            }
        }
        if !identity.isEmpty, !members.contains(where: { $0.name == "userIdentity" }) {
            members.append(("userIdentity", .object(JSON.Object(identity.map { .init($0.name, $0.value) }))))
        }
        return members.isEmpty ? nil : JSON.object(JSON.Object(members.map { .init($0.name, $0.value) })).bytes()
    }

    private static func value(_ text: String) -> JSON {
        switch text.utf8.first {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if let json = try? JSON(parsing: Array(text.utf8), .ofLogs) { return json }
            var structure = Structure(Array(text.utf8))
            return structure.value(depth: 0).map { $0 } ?? .string(text)
        default:
            return text == "true" ? .bool(true) : text == "false" ? .bool(false) : .string(text)
        }
    }
}

/// A structure as Athena writes it: `{name=value, …}`, `[value, …]`, and `null`. Values have no quotes. A value ends
/// before its closing bracket, or before a comma and a space that a name with `=` follows. Athena's structures have all
/// fields of the table; those that the record lacks are null and left out.
private struct Structure {
    private let text: [UInt8]
    private var place = 0

    private static let deepest = 16

    init(_ text: [UInt8]) { self.text = text }

    /// - Returns: `nil` if the text is not a structure.
    mutating func value(depth: Int) -> JSON? {
        guard depth < Self.deepest, place < text.count else { return nil }
        switch text[place] {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return list(depth)
        default:
            let start = place
            while place < text.count, !endsValue(place) { place += 1 }
            let word = String(decoding: text[start..<place], as: UTF8.self)
            return word == "null" ? .null : .string(word)
        }
    }

    private mutating func object(_ depth: Int) -> JSON? {
        place += 1
        var members: [(name: String, value: JSON)] = []
        while place < text.count, text[place] != UInt8(ascii: "}") {
            guard let equals = nameEnd(place) else { return nil }
            let name = String(decoding: text[place..<equals], as: UTF8.self)
            place = equals + 1
            // A value that ends at once is an empty text.
            guard let value = place < text.count && endsValue(place) ? .string("") : value(depth: depth + 1) else {
                return nil
            }
            if value != .null { members.append((CloudTrailNames.inLowerCase[name] ?? name, value)) }
            passComma()
        }
        guard place < text.count else { return nil }
        place += 1
        return .object(JSON.Object(members.map { .init($0.name, $0.value) }))
    }

    private mutating func list(_ depth: Int) -> JSON? {
        place += 1
        var elements: [JSON] = []
        while place < text.count, text[place] != UInt8(ascii: "]") {
            let before = place
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
            passComma()
            guard place > before else { return nil }
        }
        guard place < text.count else { return nil }
        place += 1
        return .array(elements)
    }

    private mutating func passComma() {
        if place + 1 < text.count, text[place] == UInt8(ascii: ","), text[place + 1] == 0x20 { place += 2 }
    }

    /// Whether an unquoted value ends before this byte.
    private func endsValue(_ at: Int) -> Bool {
        switch text[at] {
        case UInt8(ascii: "}"), UInt8(ascii: "]"): return true
        case UInt8(ascii: ","):
            guard at + 2 < text.count, text[at + 1] == 0x20 else { return false }
            return nameEnd(at + 2) != nil
        default: return false
        }
    }

    /// The offset of the `=` after a name that begins at `start`; `nil` if there is none.
    private func nameEnd(_ start: Int) -> Int? {
        var at = start
        while at < text.count, at - start < 64 {
            switch text[at] {
            case UInt8(ascii: "="): return at > start ? at : nil
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ":"): at += 1
            default: return nil
            }
        }
        return nil
    }
}
