internal import Basics

/// Why a stream in Arrow's format cannot be read.
public enum ArrowError: Error, Hashable {
    case truncated
    case malformed(String)
    case unsupported(String)

    var why: String {
        switch self {
        case .truncated: "the Arrow data ends too early"
        case .malformed(let what): "\(what) is malformed"
        case .unsupported(let what): "\(what) is not supported"
        }
    }
}

extension Failure {
    init(_ error: ArrowError) {
        self.init(
            "the result of the query cannot be read", why: error.why,
            advice: "run the hunt again; if it happens again, report it")
    }
}

/// The rows of a stream in Arrow's IPC format whose columns are flat: texts, whole numbers of 64 bits, floating-point
/// numbers of 64 bits, and booleans, all of which may be null. Compressed data, dictionaries and nested columns are errors.
///
/// Source: Apache Arrow, "Arrow Columnar Format", sections "Encapsulated message format" and "IPC Streaming Format".
public struct ArrowStream: Sendable, Hashable {
    public struct Column: Sendable, Hashable {
        public var name: String
        public var values: Values
    }

    /// The values of a column, one a row.
    public enum Values: Sendable, Hashable {
        case texts([String?])
        case integers([Int64?])
        case doubles([Double?])
        case booleans([Bool?])

        var count: Int {
            switch self {
            case .texts(let values): values.count
            case .integers(let values): values.count
            case .doubles(let values): values.count
            case .booleans(let values): values.count
            }
        }
    }

    public private(set) var columns: [Column] = []
    public private(set) var rowCount = 0

    /// - Throws: ``ArrowError``, also if the stream has no schema.
    public init(_ bytes: [UInt8]) throws(ArrowError) {
        let buffer = CheckedBytes(bytes: bytes[...])
        var offset = 0
        var hasSchema = false
        while offset < buffer.count {
            var size = Int(try buffer.number(UInt32.self, at: offset))
            offset += 4
            // The older form has no marker before the size.
            if size == 0xFFFF_FFFF {
                size = Int(try buffer.number(UInt32.self, at: offset))
                offset += 4
            }
            if size == 0 {
                guard offset == buffer.count else { throw .malformed("what follows the stream's end") }
                break
            }
            let message = try FlatTable(rootOf: CheckedBytes(bytes: try buffer.part(offset, size)))
            offset += size
            let bodySize: Int64 = try message.number(3)
            guard let length = Int(exactly: bodySize), let header = try message.table(2) else {
                throw .malformed("a message")
            }
            let body = CheckedBytes(bytes: try buffer.part(offset, length))
            offset += length
            let kind: UInt8 = try message.number(1)
            switch kind {
            case 1:
                guard !hasSchema else { throw .malformed("a second schema") }
                hasSchema = true
                columns = try Self.schema(header)
            case 3:
                guard hasSchema else { throw .malformed("a batch without a schema") }
                try read(header, body)
            case 2: throw .unsupported("a dictionary")
            default: throw .malformed("a message of kind \(kind)")
            }
        }
        guard hasSchema else { throw .truncated }
    }

    private static func schema(_ header: FlatTable) throws(ArrowError) -> [Column] {
        let endianness: Int16 = try header.number(0)
        guard endianness == 0 else { throw .unsupported("data with the high byte first") }
        var columns: [Column] = []
        for field in try header.tables(1) {
            let name = try field.text(0) ?? ""
            guard try !field.has(4) else { throw .unsupported("a dictionary") }
            let kind: UInt8 = try field.number(2)
            let type = try field.table(3)
            let values: Values
            switch kind {
            case 2:
                let width: Int32 = try type?.number(0) ?? 0
                let isSigned: UInt8 = try type?.number(1) ?? 0
                guard width == 64, isSigned == 1 else { throw .unsupported("an integer of \(width) bits") }
                values = .integers([])
            case 3:
                let precision: Int16 = try type?.number(0) ?? 0
                guard precision == 2 else { throw .unsupported("a short floating-point number") }
                values = .doubles([])
            case 5: values = .texts([])
            case 6: values = .booleans([])
            default: throw .unsupported("a column of type \(kind)")
            }
            columns.append(Column(name: name, values: values))
        }
        return columns
    }

    private mutating func read(_ header: FlatTable, _ body: CheckedBytes) throws(ArrowError) {
        guard try !header.has(3) else { throw .unsupported("compressed data") }
        let length: Int64 = try header.number(0)
        let nodes = try header.pairs(1)
        let buffers = try header.pairs(2)
        // A row has at least a bit in each column, so no more rows than the body has bits are believed.
        guard let count = Int(exactly: length), count >= 0, columns.isEmpty ? count == 0 : count / 8 <= body.count
        else {
            throw .malformed("the number of rows")
        }
        guard nodes.count == columns.count else { throw .malformed("the number of columns") }
        var parts = Parts(body: body, buffers: buffers)
        for (place, node) in nodes.enumerated() {
            guard node.first == count, (0...count).contains(node.second) else { throw .malformed("a column's length") }
            let isValid = try parts.validity(count, nulls: node.second)
            switch columns[place].values {
            case .texts(var values):
                columns[place].values = .texts([])
                try parts.texts(count, isValid, &values)
                columns[place].values = .texts(values)
            case .integers(let values):
                columns[place].values = .integers(try values + parts.words(count, isValid) { Int64(bitPattern: $0) })
            case .doubles(let values):
                columns[place].values = .doubles(try values + parts.words(count, isValid) { Double(bitPattern: $0) })
            case .booleans(let values):
                columns[place].values = .booleans(try values + parts.booleans(count, isValid))
            }
        }
        guard parts.isAtEnd else { throw .malformed("the number of buffers") }
        rowCount += count
    }
}

/// The buffers of a batch, one after the other.
private struct Parts {
    let body: CheckedBytes
    let buffers: [(first: Int, second: Int)]
    var next = 0

    var isAtEnd: Bool { next == buffers.count }

    mutating func take() throws(ArrowError) -> CheckedBytes {
        guard next < buffers.count else { throw .malformed("the number of buffers") }
        let buffer = buffers[next]
        next += 1
        return CheckedBytes(bytes: try body.part(buffer.first, buffer.second))
    }

    /// Which values are not null; `nil` if all are not. The bits may be left out if no value is null.
    mutating func validity(_ count: Int, nulls: Int) throws(ArrowError) -> [Bool]? {
        let bits = try take()
        guard nulls > 0 else { return nil }
        let valid = try Self.bits(bits, count)
        guard valid.count(where: { !$0 }) == nulls else { throw .malformed("the number of nulls") }
        return valid
    }

    private static func bits(_ buffer: CheckedBytes, _ count: Int) throws(ArrowError) -> [Bool] {
        let bytes = try buffer.part(0, (count + 7) / 8)
        return (0..<count).map { bytes[bytes.startIndex + $0 / 8] >> UInt8($0 % 8) & 1 == 1 }
    }

    mutating func texts(_ count: Int, _ isValid: [Bool]?, _ values: inout [String?]) throws(ArrowError) {
        let offsets = try take()
        let data = try take()
        guard count > 0 else { return }
        _ = try offsets.part(0, (count + 1) * 4)
        values.reserveCapacity(values.count + count)
        var start = Int(try offsets.number(Int32.self, at: 0))
        for place in 0..<count {
            let end = Int(try offsets.number(Int32.self, at: (place + 1) * 4))
            guard end >= start else { throw .malformed("the place of a text") }
            let bytes = try data.part(start, end - start)
            start = end
            if isValid?[place] == false {
                values.append(nil)
            } else {
                guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed("a text") }
                values.append(text)
            }
        }
    }

    mutating func words<Value>(
        _ count: Int, _ isValid: [Bool]?, _ value: (UInt64) -> Value
    ) throws(ArrowError) -> [Value?] {
        let data = try take()
        _ = try data.part(0, count * 8)
        var values: [Value?] = []
        values.reserveCapacity(count)
        for place in 0..<count {
            let word = try data.number(UInt64.self, at: place * 8)
            values.append(isValid?[place] == false ? nil : value(word))
        }
        return values
    }

    mutating func booleans(_ count: Int, _ isValid: [Bool]?) throws(ArrowError) -> [Bool?] {
        let bits = try Self.bits(try take(), count)
        return bits.enumerated().map { isValid?[$0.offset] == false ? nil : $0.element }
    }
}
