/// Finds a text among many, optionally without regard to case: an immutable hash table.
///
/// Its texts must already be folded. A lookup folds only the ASCII letters of its text.
struct LiteralTable: BitwiseCopyable {
    private struct Slot: BitwiseCopyable {
        var hash: UInt64 = 0
        var offset: Int32 = 0
        var count: Int32 = -1
        var value: Int32 = -1
    }

    private let slots: UnsafeBufferPointer<Slot>
    private let bytes: UnsafeBufferPointer<UInt8>
    private let mask: Int
    private let foldsCase: Bool
    private let longest: Int
    let isEmpty: Bool

    /// - Parameter texts: texts with their values, which are not negative. Of equal texts the last counts.
    init(_ texts: [(text: [UInt8], value: Int32)], foldsCase: Bool, in memory: CompiledMemory) {
        var capacity = 4
        while capacity < texts.count * 2 { capacity *= 2 }
        var slots = [Slot](repeating: Slot(), count: capacity)
        var bytes: [UInt8] = []
        for (text, value) in texts {
            let hash = text.withUnsafeBufferPointer { Self.hash($0, foldsCase: foldsCase) }
            var index = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[index].count >= 0, !Self.isSame(slots[index], text, bytes) {
                index = (index + 1) & (capacity - 1)
            }
            slots[index] = Slot(hash: hash, offset: Int32(bytes.count), count: Int32(text.count), value: value)
            bytes += text
        }
        self.slots = memory.store(slots)
        self.bytes = memory.store(bytes)
        mask = capacity - 1
        self.foldsCase = foldsCase
        longest = texts.map(\.text.count).max() ?? -1
        isEmpty = texts.isEmpty
    }

    private static func isSame(_ slot: Slot, _ text: [UInt8], _ bytes: [UInt8]) -> Bool {
        bytes[Int(slot.offset)..<Int(slot.offset + slot.count)].elementsEqual(text)
    }

    /// The value of a text; -1 if the table does not have it.
    @inline(__always)
    func value(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard text.count <= longest else { return -1 }
        let hash = Self.hash(text, foldsCase: foldsCase)
        var index = Int(truncatingIfNeeded: hash) & mask
        while true {
            let slot = slots[index]
            if slot.count < 0 { return -1 }
            if slot.hash == hash, Int(slot.count) == text.count, isEqual(text, at: Int(slot.offset)) {
                return slot.value
            }
            index = (index + 1) & mask
        }
    }

    private func isEqual(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        let lower = foldsCase ? CaseFolding.lowering : CaseFolding.keeping
        for index in 0..<text.count where lower[Int(text[index])] != bytes[offset + index] { return false }
        return true
    }

    @inline(__always)
    private static func hash(_ text: UnsafeBufferPointer<UInt8>, foldsCase: Bool) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15
        guard let start = UnsafeRawPointer(text.baseAddress) else { return hash }
        func mix(_ word: UInt64) {
            hash = (hash ^ (foldsCase ? lowered(word) : word)) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
        }
        if text.count >= 8 {
            var position = 0
            while position + 8 <= text.count {
                mix(start.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                position += 8
            }
            if position < text.count { mix(start.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)) }
        } else {
            var word: UInt64 = 0
            for index in 0..<text.count { word = word << 8 | UInt64(text[index]) }
            mix(word)
        }
        return hash
    }
}
