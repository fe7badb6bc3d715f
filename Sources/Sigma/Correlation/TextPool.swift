import Glibc
import LogReaders

/// Distinct texts by numbers. Strings are made only for output.
struct TextPool: Sendable {
    private var bytes: [UInt8] = []
    /// The end of each text.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// Numbers by their hashes; -1 for a free place.
    private var slots = [Int32](repeating: -1, count: 64)

    var count: Int { ends.count }

    mutating func number(of text: Bytes) -> Int32 { number(of: text, Self.hash(text)) }

    /// Adds the texts of another pool.
    /// - Returns: the number in this pool of each of them.
    mutating func add(_ other: TextPool) -> [Int32] {
        let numbers = 0..<Int32(other.count)
        if count == 0 {
            self = other
            return Array(numbers)
        }
        return numbers.map { number in other.withBytes(number) { self.number(of: $0, other.hashes[Int(number)]) } }
    }

    private mutating func number(of text: Bytes, _ hash: UInt64) -> Int32 {
        var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[index] >= 0 {
            let number = Int(slots[index])
            if hashes[number] == hash, isEqual(number, text) { return Int32(number) }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Int32(ends.count)
        bytes.append(contentsOf: text)
        ends.append(bytes.count)
        hashes.append(hash)
        if ends.count * 2 > slots.count { grow() }
        return Int32(ends.count - 1)
    }

    subscript(_ number: Int32) -> String { String(decoding: bytes[range(Int(number))], as: UTF8.self) }

    func withBytes<Result>(_ number: Int32, _ body: (Bytes) -> Result) -> Result {
        let range = range(Int(number))
        return bytes.withUnsafeBufferPointer { body(Bytes(rebasing: $0[range])) }
    }

    private func isEqual(_ number: Int, _ text: Bytes) -> Bool {
        withBytes(Int32(number)) { known in
            guard known.count == text.count, let known = known.baseAddress, let text = text.baseAddress else {
                return known.isEmpty && text.isEmpty
            }
            return memcmp(known, text, range(number).count) == 0
        }
    }

    private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (number, hash) in hashes.enumerated() {
            var index = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[index] >= 0 { index = (index + 1) & (slots.count - 1) }
            slots[index] = Int32(number)
        }
    }

    /// The seed differs from run to run: texts may come from attackers, who must not be able to make them collide.
    private static func hash(_ text: Bytes) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(text))
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }
}
