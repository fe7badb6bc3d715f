internal import LogReaders

/// The sweeps, found by source and port; bounded.
struct SweepTable: Sendable {
    private(set) var entries: [(key: SweepKey, sweep: Sweep)] = []
    private var index = HashIndex()
    private let mix: Mixer

    init(_ mix: Mixer) { self.mix = mix }

    mutating func add(
        _ key: SweepKey, _ time: UInt32, _ host: FlowAddress, _ hash: UInt64, isRejected: Bool, isExternal: Bool,
        bound: Int
    ) {
        let number = find(key) ?? insert(key, Sweep(first: time, isExternal: isExternal), bound: bound)
        entries.withUnsafeMutableBufferPointer { entries in
            entries[number].sweep.add(time, host, hash, isRejected: isRejected)
        }
    }

    mutating func merge(_ other: SweepTable) {
        for (key, sweep) in other.entries {
            if let number = find(key) {
                entries[number].sweep = entries[number].sweep.merged(with: sweep)
            } else {
                _ = insert(key, sweep, bound: .max)
            }
        }
    }

    private func find(_ key: SweepKey) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(hash(key)) { entries[$0].key == key }
        }
    }

    private mutating func insert(_ key: SweepKey, _ sweep: Sweep, bound: Int) -> Int {
        if entries.count >= bound { forget() }
        entries.append((key, sweep))
        note(entries.count - 1)
        return entries.count - 1
    }

    /// What has just begun is forgotten; a sweep that goes on comes back.
    private mutating func forget() {
        let kept = entries.filter { $0.sweep.hosts.bits.nonzeroBitCount > 4 }
        entries = []
        index.removeAll()
        for entry in kept {
            entries.append(entry)
            note(entries.count - 1)
        }
    }

    private mutating func note(_ number: Int) {
        let mix = mix
        let hash = hash(entries[number].key)
        entries.withUnsafeBufferPointer { entries in
            index.insert(hash, number) { other in
                mix(
                    entries[other].key.source.low ^ UInt64(entries[other].key.port) << 48,
                    entries[other].key.source.high)
            }
        }
    }

    @inline(__always)
    private func hash(_ key: SweepKey) -> UInt64 { mix(key.source.low ^ UInt64(key.port) << 48, key.source.high) }
}
