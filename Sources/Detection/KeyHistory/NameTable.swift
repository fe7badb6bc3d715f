internal import LogReaders

/// Texts by numbers, found by their bytes: none becomes a `String` before it is told of.
struct NameTable: Sendable {
    private var names: [[UInt8]] = []
    private var index = HashIndex()
    private let mix: Mixer

    init(_ mix: Mixer) { self.mix = mix }

    var count: Int { names.count }

    subscript(_ number: Int) -> String { String(decoding: names[number], as: UTF8.self) }

    func bytes(_ number: Int) -> [UInt8] { names[number] }

    @inline(__always)
    func find(_ name: Bytes) -> Int? {
        names.withUnsafeBufferPointer { names in
            index.find(Self.hash(name, mix)) { number in
                names[number].withUnsafeBufferPointer { Self.isEqual($0, name) }
            }
        }
    }

    /// - Returns: the number of a text that the table does not have yet.
    mutating func add(_ name: Bytes) -> Int {
        names.append(Array(name))
        index.insert(Self.hash(name, mix), names.count - 1)
        return names.count - 1
    }

    @inline(__always)
    private static func hash(_ name: Bytes, _ mix: Mixer) -> UInt64 {
        guard let start = name.baseAddress.map({ UnsafeRawPointer($0) }) else { return mix(0, 0) }
        var sum = UInt64(name.count)
        var at = 0
        while at + 8 <= name.count {
            sum = mix(sum, start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        var rest: UInt64 = 0
        while at < name.count {
            rest = rest << 8 | UInt64(name[at])
            at += 1
        }
        return mix(sum, rest)
    }

    @inline(__always)
    private static func isEqual(_ left: Bytes, _ right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        for at in 0..<left.count where left[at] != right[at] { return false }
        return true
    }
}
