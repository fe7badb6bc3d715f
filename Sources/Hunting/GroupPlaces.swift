/// The places of groups by the hashes of their keys: open addressing. The hashes are well distributed and have 64 bits,
/// so that the keys themselves are not compared.
struct GroupPlaces {
    private struct Slot: BitwiseCopyable {
        var hash: UInt64 = 0
        /// The place plus 1; 0 marks a free slot.
        var next = 0
    }

    /// At most half of them are taken.
    private var slots = [Slot](repeating: Slot(), count: 64)
    private var count = 0

    func find(_ hash: UInt64) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot].next != 0 {
                if slots[slot].hash == hash { return slots[slot].next - 1 }
                slot = (slot + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    /// Adds a group that is not there yet.
    mutating func insert(_ hash: UInt64, _ place: Int) {
        if 2 * count >= slots.count {
            let old = slots
            slots = Array(repeating: Slot(), count: 2 * old.count)
            for slot in old where slot.next != 0 { put(slot) }
        }
        put(Slot(hash: hash, next: place + 1))
        count += 1
    }

    /// Keeps the memory, because about as many groups will be added again.
    mutating func removeAll() {
        for slot in slots.indices { slots[slot].next = 0 }
        count = 0
    }

    private mutating func put(_ entry: Slot) {
        var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
        while slots[slot].next != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
    }
}
