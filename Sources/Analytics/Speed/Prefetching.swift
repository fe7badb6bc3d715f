internal import CPrefetch
internal import LogReaders

// Loads into the processor's cache, some records ahead, the memory that counting them will read: the tables of flow
// logs are larger than the cache, and are read in random order.
//
// Gain: not measured separately. `Benchmarks/hunt-flow/run` measures the hunt: compare with a build in which
// `parapet_prefetch` of Sources/CPrefetch/prefetch.h is empty. If it gains less than 5 % there, it should be removed.

extension HashIndex {
    /// Begins to load the slot at which the search for a hash begins.
    @inline(__always)
    func prefetch(_ hash: UInt64) {
        slots.withUnsafeBufferPointer { slots in
            guard let base = slots.baseAddress else { return }
            parapet_prefetch(base + Int(truncatingIfNeeded: hash >> shift))
        }
    }

    /// The number of the entry in the first slot for a hash, whatever its hash: only good for loading ahead.
    @inline(__always)
    func probable(_ hash: UInt64) -> Int? {
        let slot = slots.withUnsafeBufferPointer { $0[Int(truncatingIfNeeded: hash >> shift)] }
        return slot == 0 ? nil : Int(slot & ~Self.tag) - 1
    }
}

extension PairTable {
    /// Begins to load the slot of a pair's hash.
    @inline(__always)
    func prefetch(_ hash: UInt64) { index.prefetch(hash) }

    /// Begins to load the pair that most likely has a hash.
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

extension VolumeTable {
    /// Begins to load the row that most likely has a hash.
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
