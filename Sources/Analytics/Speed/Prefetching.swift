internal import CPrefetch
internal import LogReaders

// Loads into the processor's cache, some records ahead, what counting them will look at: tables of flow logs are larger than
// the cache, and what is looked up in them comes in no order.
//
// Gain: not measured since it stands here. `Benchmarks/hunt-flow/run` measures the hunt; compare with a build in which
// `parapet_prefetch` of Sources/CPrefetch/prefetch.h is empty. What gains less than 5 % there should go.

extension HashIndex {
    /// Begins to load where a hash is looked for.
    @inline(__always)
    func prefetch(_ hash: UInt64) {
        slots.withUnsafeBufferPointer { slots in
            guard let base = slots.baseAddress else { return }
            parapet_prefetch(base + Int(truncatingIfNeeded: hash >> shift))
        }
    }

    /// The number of the entry in the first slot at which a hash is looked for, whatever hash it has: good for loading ahead,
    /// and nothing else.
    @inline(__always)
    func probable(_ hash: UInt64) -> Int? {
        let slot = slots.withUnsafeBufferPointer { $0[Int(truncatingIfNeeded: hash >> shift)] }
        return slot == 0 ? nil : Int(slot & ~Self.tag) - 1
    }
}

extension PairTable {
    /// Begins to load where the pair of that hash is looked up.
    @inline(__always)
    func prefetch(_ hash: UInt64) { index.prefetch(hash) }

    /// Begins to load the pair that most probably has that hash.
    @inline(__always)
    func prefetchEntry(_ hash: UInt64) {
        guard let number = index.probable(hash) else { return }
        prefetchEntry(number)
    }

    @inline(__always)
    func prefetchEntry(_ number: Int) {
        entries.withUnsafeBufferPointer { entries in
            guard let base = entries.baseAddress else { return }
            let start = UnsafeRawPointer(base + number)
            parapet_prefetch(start + PairEntry.firstLine)
            parapet_prefetch(start + PairEntry.secondLine)
        }
    }
}

extension PairEntry {
    /// Where its two lines of the cache begin, in bytes: not stored, since what is stored is asked for whether it is there.
    static var firstLine: Int { 16 }
    static var secondLine: Int { 80 }
}

extension VolumeTable {
    /// Begins to load the row that most probably has that hash.
    @inline(__always)
    func prefetch(_ hash: UInt64) {
        guard let number = index.probable(hash) else { return }
        rows.withUnsafeBufferPointer { rows in
            guard let base = rows.baseAddress else { return }
            let start = UnsafeRawPointer(base + number)
            parapet_prefetch(start)
            // The peers' weights.
            parapet_prefetch(start + 64)
        }
    }
}
