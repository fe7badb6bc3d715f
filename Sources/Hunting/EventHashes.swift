internal import Analytics

/// A set of hashes of events. The hashes are well distributed, so they are not hashed again.
struct EventHashes {
    /// 0 marks a free slot. At most two thirds of the slots are taken.
    private var slots = [Int](repeating: 0, count: 1 << 10)
    private(set) var count = 0

    /// - Returns: whether the hash is new.
    mutating func insert(_ hash: Int) -> Bool {
        if count * 3 > slots.count * 2 { grow() }
        let place = place(of: hash)
        guard slots[place] == 0 else { return false }
        slots[place] = hash == 0 ? 1 : hash
        count += 1
        return true
    }

    func contains(_ hash: Int) -> Bool { slots[place(of: hash)] != 0 }

    /// The slot that holds the hash, or the free slot for it.
    private func place(of hash: Int) -> Int {
        let hash = hash == 0 ? 1 : hash
        return slots.withUnsafeBufferPointer { slots in
            var place = hash & (slots.count - 1)
            while slots[place] != 0, slots[place] != hash { place = (place + 1) & (slots.count - 1) }
            return place
        }
    }

    private mutating func grow() {
        let hashes = slots
        // So that few hashes are moved more than once.
        slots = []
        slots.reserveCapacity(4 * hashes.count)
        LargePages.advise(&slots)
        slots.append(contentsOf: repeatElement(0, count: 4 * hashes.count))
        for hash in hashes where hash != 0 { slots[place(of: hash)] = hash }
    }
}
