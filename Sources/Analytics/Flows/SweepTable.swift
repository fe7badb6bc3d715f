internal import LogReaders

/// The sweeps, found by source and port; bounded.
struct SweepTable: Sendable {
    private(set) var entries: [(key: SweepKey, sweep: Sweep)] = []
    private var index = HashIndex()
    private let mix: Mixer

    private let bound: Int

    init(_ mix: Mixer, bound: Int) {
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
        // An address range, not memory, as of the pairs.
        if entries.isEmpty { entries.reserveCapacity(2 * bound) }
        entries.append((key, sweep))
        note(entries.count - 1)
        return entries.count - 1
    }

    /// What has just begun is forgotten; a sweep that goes on comes back. Where half of them are no beginners, those with
    /// the fewest hosts go too: otherwise each new one would go through all of them.
    private mutating func forget() {
        var least = 4
        repeat {
            entries.removeAll { $0.sweep.hosts.bits.nonzeroBitCount <= least }
            least += 4
        } while entries.count > bound / 2 && least < 60
        if entries.count > bound / 2 { entries.removeFirst(entries.count - bound / 2) }
        index.removeAll()
        for number in entries.indices { note(number) }
    }

    private mutating func note(_ number: Int) {
        index.insert(hash(entries[number].key), number)
    }

    @inline(__always)
    private func hash(_ key: SweepKey) -> UInt64 { mix(key.source.low ^ UInt64(key.port) << 48, key.source.high) }
}
