/// Finds an entry of an array by its hash: open addressing, with the upper half of the hash beside the entry's number, so
/// that the entry itself is looked at only where it is most likely the one. The slot is told by the highest bits: what is
/// kept is enough to find it again when the table grows, in the same order.
struct HashIndex: Sendable {
    private(set) var slots: [UInt64] = Array(repeating: 0, count: 1_024)
    private var used = 0
    /// 64 less the bits that tell the slot.
    private(set) var shift: UInt64 = 54

    static let tag: UInt64 = 0xFFFF_FFFF_0000_0000

    /// - Parameter matches: whether the entry of that number is the one.
    @inline(__always)
    func find(_ hash: UInt64, _ matches: (Int) -> Bool) -> Int? {
        slots.withUnsafeBufferPointer { slots in
            let mask = slots.count - 1
            let tag = hash & Self.tag
            var at = Int(truncatingIfNeeded: hash >> shift)
            while slots[at] != 0 {
                if slots[at] & Self.tag == tag {
                    let entry = Int(slots[at] & ~Self.tag) - 1
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

    /// Keeps the room: as many will come again.
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

/// Mixes words into a hash. The seed is drawn anew for each run, and no word meets a constant: whoever chooses the words
/// can make neither factor zero, which would erase the other (as in wyhash, whose secrets do the same).
struct Mixer: Sendable {
    private let secrets: (left: UInt64, right: UInt64)

    init(seed: UInt64) { secrets = (Self.scrambled(seed), Self.scrambled(~seed)) }

    /// Any seed makes good secrets (SplitMix64: Steele, Lea, Flood 2014).
    private static func scrambled(_ seed: UInt64) -> UInt64 {
        var secret = seed &+ 0x9E37_79B9_7F4A_7C15
        secret = (secret ^ secret >> 30) &* 0xBF58_476D_1CE4_E5B9
        secret = (secret ^ secret >> 27) &* 0x94D0_49BB_1331_11EB
        return secret ^ secret >> 31
    }

    @inline(__always)
    func callAsFunction(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = (a ^ secrets.left).multipliedFullWidth(by: b ^ secrets.right)
        let folded = product.high ^ product.low
        let again = (folded ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: secrets.left | 1)
        return again.high ^ again.low
    }

    @inline(__always)
    func callAsFunction(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 { self(self(a, b), c) }
}

/// Counts distinct things in 64 bits (linear counting: Whang, Vander-Zanden, Taylor 1990): good to about 200.
struct DistinctSketch: Sendable, Hashable {
    var bits: UInt64 = 0

    /// - Returns: whether the thing is new, as far as the sketch can tell.
    @inline(__always)
    mutating func add(_ hash: UInt64) -> Bool {
        let bit: UInt64 = 1 << (hash >> 58)
        defer { bits |= bit }
        return bits & bit == 0
    }

    mutating func merge(_ other: DistinctSketch) { bits |= other.bits }

    /// About how many things were added.
    var estimate: Int { Self.estimates[bits.nonzeroBitCount] }

    /// 64·ln(64/unset).
    private static let estimates: [Int] = (0...64).map { set in
        var harmonic = 0.0
        // ln(64/unset) ≈ H(64) − H(unset); exact enough, and without the mathematics library.
        var unset = 64
        while unset > max(64 - set, 1) {
            harmonic += 1.0 / (Double(unset) - 0.5)
            unset -= 1
        }
        return Int((64 * harmonic).rounded())
    }
}
