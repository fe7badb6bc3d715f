internal import LogReaders

/// The sweeps, by source and port. Bounded.
struct SweepTable: Sendable {
    private(set) var entries: [(key: SweepKey, sweep: Sweep)] = []
    private var index = HashIndex()
    private let mix: SeededHash

    private let bound: Int

    init(_ mix: SeededHash, bound: Int) {
        self.mix = mix
        self.bound = bound
    }

    mutating func add(
        _ key: SweepKey, _ time: UInt32, _ host: FlowAddress, _ hash: UInt64, isRejected: Bool, isExternal: Bool
    ) {
        let number = find(key) ?? begin(key, Sweep(first: time, isExternal: isExternal))
        entries.withUnsafeMutableBufferPointer { entries in
            entries[number].sweep.add(time, host, hash, isRejected: isRejected)
        }
    }

    mutating func merge(_ other: SweepTable) {
        for (key, sweep) in other.entries {
            if let number = find(key) {
                entries[number].sweep = entries[number].sweep.merged(with: sweep)
            } else {
                _ = begin(key, sweep)
            }
        }
    }

    private func find(_ key: SweepKey) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(hash(key)) { entries[$0].key == key }
        }
    }

    private mutating func begin(_ key: SweepKey, _ sweep: Sweep) -> Int {
        if entries.count >= bound { forget() }
        return insert(key, sweep)
    }

    private mutating func insert(_ key: SweepKey, _ sweep: Sweep) -> Int {
        // This reserves an address range, not memory: see ``PairTable``.
        if entries.isEmpty { entries.reserveCapacity(2 * bound) }
        entries.append((key, sweep))
        addToIndex(entries.count - 1)
        return entries.count - 1
    }

    /// Drops sweeps that have just begun; a sweep that goes on comes back. If too many are left, those with the
    /// fewest hosts are dropped too: otherwise each new sweep would scan all of them.
    private mutating func forget() {
        var least = 4
        repeat {
            entries.removeAll { $0.sweep.hosts.bits.nonzeroBitCount <= least }
            least += 4
        } while entries.count > bound / 2 && least < 60
        if entries.count > bound / 2 { entries.removeFirst(entries.count - bound / 2) }
        index.removeAll()
        for number in entries.indices { addToIndex(number) }
    }

    private mutating func addToIndex(_ number: Int) {
        index.insert(hash(entries[number].key), number)
    }

    @inline(__always)
    private func hash(_ key: SweepKey) -> UInt64 { mix(key.source.low ^ UInt64(key.port) << 48, key.source.high) }
}
