/// Finds an entry of an array by its hash: open addressing, with the upper half of the hash beside the entry's
/// number, so that an entry is compared only if it most likely matches. The slot is the hash's top bits; the stored
/// upper half is enough to rehash on growth, in the same order.
struct HashIndex: Sendable {
    private(set) var slots: [UInt64] = Array(repeating: 0, count: 1_024)
    private var used = 0
    /// 64 minus the number of bits of a slot's number.
    private(set) var shift: UInt64 = 54

    static let tag: UInt64 = 0xFFFF_FFFF_0000_0000

    /// - Parameter matches: returns whether the entry with that number is the wanted one.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
        withFinder { $0.find(hash, matches) }
    }

    /// Gives access to a finder for many lookups, so that the array is retained only once.
    @inline(__always)
    func withFinder<Result>(_ body: (Finder) -> Result) -> Result {
        slots.withUnsafeBufferPointer { body(Finder(slots: $0, shift: shift)) }
    }

    struct Finder {
        fileprivate let slots: UnsafeBufferPointer<UInt64>
        fileprivate let shift: UInt64

        @inline(__always)
        func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
            let mask = slots.count - 1
            let tag = hash & HashIndex.tag
            var at = Int(truncatingIfNeeded: hash >> shift)
            while slots[at] != 0 {
                if slots[at] & HashIndex.tag == tag {
                    let entry = Int(slots[at] & ~HashIndex.tag) - 1
                    if matches(entry) { return entry }
                }
                at = (at + 1) & mask
            }
            return nil
        }
    }

    mutating func insert(_ hash: UInt64, _ entry: Int) {
        if used * 2 >= slots.count { grow() }
        put(hash & Self.tag | UInt64(entry + 1))
        used += 1
    }

    /// Removes all entries but keeps the capacity, because about as many entries will be added again.
    mutating func removeAll() {
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        used = 0
    }

    private mutating func grow() {
        let old = slots
        slots = []
        slots.reserveCapacity(old.count * 2)
        LargePages.advise(&slots)
        slots.append(contentsOf: repeatElement(0, count: old.count * 2))
        shift -= 1
        for slot in old where slot != 0 { put(slot) }
    }

    private mutating func put(_ slot: UInt64) {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: slot >> shift)
        while slots[at] != 0 { at = (at + 1) & mask }
        slots[at] = slot
    }
}
