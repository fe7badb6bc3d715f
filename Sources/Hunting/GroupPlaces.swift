/// The places of groups by the hashes of their keys: open addressing. The hashes are well distributed.
struct GroupPlaces {
    /// The upper half of a hash, and in the lower half the place plus 1; 0 marks a free slot. At most half of the slots are
    /// taken.
    private var slots = [UInt64](repeating: 0, count: 64)
    private var count = 0

    private static let tag: UInt64 = 0xFFFF_FFFF_0000_0000

    /// - Parameter isSame: returns whether the group at a place is the wanted one.
    @inline(__always)
    func find(_ hash: UInt64, _ isSame: (Int) -> Bool) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            var slot = Self.first(hash, slots.count)
            while slots[slot] != 0 {
                let place = Int(slots[slot] & ~Self.tag) - 1
                if (slots[slot] ^ hash) & Self.tag == 0, isSame(place) { return place }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Adds a group that is not there yet.
    mutating func insert(_ hash: UInt64, _ place: Int) {
        if 2 * count >= slots.count {
            let old = slots
            slots = Array(repeating: 0, count: 2 * old.count)
            for slot in old where slot != 0 { put(slot) }
        }
        put(hash & Self.tag | UInt64(place + 1))
        count += 1
    }

    /// Keeps the memory, because about as many groups will be added again.
    mutating func removeAll() {
        for slot in slots.indices { slots[slot] = 0 }
        count = 0
    }

    private mutating func put(_ entry: UInt64) {
        var slot = Self.first(entry, slots.count)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }

    /// The slot at which the search begins. It depends only on the upper half, so that the slots can be filled again.
    private static func first(_ hash: UInt64, _ count: Int) -> Int { Int(hash >> 32) & (count - 1) }
}
