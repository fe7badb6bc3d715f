import Basics

/// Bytes of which every access is checked: those of a server are not trusted.
struct CheckedBytes {
    let bytes: ArraySlice<UInt8>

    var count: Int { bytes.count }

    /// - Throws: ``ArrowError`` if the part is not within the bytes.
    func part(_ offset: Int, _ length: Int) throws(ArrowError) -> ArraySlice<UInt8> {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { throw .truncated }
        return bytes[(bytes.startIndex + offset)..<(bytes.startIndex + offset + length)]
    }

    /// A number in the order of bytes that Arrow uses, with the low byte first.
    func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) throws(ArrowError) -> Number {
        let size = MemoryLayout<Number>.size
        let part = try part(offset, size)
        var value: Number = 0
        for (place, byte) in part.enumerated() { value |= Number(truncatingIfNeeded: byte) << Number(place * 8) }
        return value
    }
}

/// A table of a FlatBuffers message: its fields stand where a list of offsets says.
///
/// Source: FlatBuffers, "FlatBuffers Internals".
struct FlatTable {
    private let buffer: CheckedBytes
    private let start: Int
    private let offsets: Int
    /// In bytes.
    private let offsetsSize: Int

    /// The table that the message begins with.
    init(rootOf buffer: CheckedBytes) throws(ArrowError) {
        try self.init(buffer, at: Int(try buffer.number(UInt32.self, at: 0)))
    }

    private init(_ buffer: CheckedBytes, at start: Int) throws(ArrowError) {
        self.buffer = buffer
        self.start = start
        offsets = start - Int(try buffer.number(Int32.self, at: start))
        offsetsSize = Int(try buffer.number(UInt16.self, at: offsets))
        guard offsetsSize >= 4 else { throw .malformed("a table of its header") }
        _ = try buffer.part(offsets, offsetsSize)
    }

    /// Where the field stands; `nil` if it is left out, so that its default counts.
    private func place(_ field: Int) throws(ArrowError) -> Int? {
        let entry = 4 + field * 2
        guard entry + 2 <= offsetsSize else { return nil }
        let offset = Int(try buffer.number(UInt16.self, at: offsets + entry))
        return offset == 0 ? nil : start + offset
    }

    func number<Number: FixedWidthInteger>(
        _ field: Int, default value: Number = 0
    ) throws(ArrowError) -> Number {
        guard let place = try place(field) else { return value }
        return try buffer.number(Number.self, at: place)
    }

    private func target(_ field: Int) throws(ArrowError) -> Int? {
        guard let place = try place(field) else { return nil }
        return place + Int(try buffer.number(UInt32.self, at: place))
    }

    func has(_ field: Int) throws(ArrowError) -> Bool { try place(field) != nil }

    func table(_ field: Int) throws(ArrowError) -> FlatTable? {
        guard let target = try target(field) else { return nil }
        return try FlatTable(buffer, at: target)
    }

    func text(_ field: Int) throws(ArrowError) -> String? {
        guard let target = try target(field) else { return nil }
        let length = Int(try buffer.number(UInt32.self, at: target))
        return String(decoding: try buffer.part(target + 4, length), as: UTF8.self)
    }

    func tables(_ field: Int) throws(ArrowError) -> [FlatTable] {
        guard let target = try target(field) else { return [] }
        let count = Int(try buffer.number(UInt32.self, at: target))
        // Checked before anything is set aside for so many.
        _ = try buffer.part(target + 4, count * 4)
        var tables: [FlatTable] = []
        for place in 0..<count {
            let entry = target + 4 + place * 4
            tables.append(try FlatTable(buffer, at: entry + Int(try buffer.number(UInt32.self, at: entry))))
        }
        return tables
    }

    /// A list of pairs of 64-bit numbers.
    func pairs(_ field: Int) throws(ArrowError) -> [(first: Int, second: Int)] {
        guard let target = try target(field) else { return [] }
        let count = Int(try buffer.number(UInt32.self, at: target))
        _ = try buffer.part(target + 4, count * 16)
        var pairs: [(first: Int, second: Int)] = []
        for place in 0..<count {
            let entry = target + 4 + place * 16
            pairs.append(
                (
                    Int(try buffer.number(Int64.self, at: entry)), Int(try buffer.number(Int64.self, at: entry + 8))
                ))
        }
        return pairs
    }
}
