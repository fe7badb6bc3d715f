internal import LogReaders

extension SweepKey: SeededHashable {
    func hash(_ hash: SeededHash) -> UInt64 { hash(source.low ^ UInt64(port) << 48, source.high) }
}

/// The sweeps, by source and port. Bounded.
struct SweepTable: Sendable {
    private var table: HashTable<SweepKey, Sweep>
    private let bound: Int

    init(_ hash: SeededHash, bound: Int) {
        table = HashTable(hash, capacity: 2 * bound)
        self.bound = bound
    }

    var entries: [(key: SweepKey, value: Sweep)] { table.entries }

    mutating func add(
        _ key: SweepKey, _ time: UInt32, _ host: FlowAddress, _ hash: UInt64, isRejected: Bool, isExternal: Bool
    ) {
        let place = table.find(key) ?? insert(key, Sweep(first: time, isExternal: isExternal))
        table.update(place) { $0.add(time, host, hash, isRejected: isRejected) }
    }

    mutating func merge(_ other: SweepTable) {
        for (key, sweep) in other.entries {
            if let place = table.find(key) {
                table.update(place) { $0 = $0.merged(with: sweep) }
            } else {
                _ = insert(key, sweep)
            }
        }
    }

    private mutating func insert(_ key: SweepKey, _ sweep: Sweep) -> Int {
        if table.entries.count >= bound { forget() }
        return table.add(key, sweep)
    }

    /// Drops sweeps that have just begun; a sweep that goes on comes back. If too many are left, those with the fewest hosts are
    /// dropped too: otherwise each new sweep would scan all of them.
    private mutating func forget() {
        var least = 4
        repeat {
            table.keep { _, sweep in sweep.hosts.bits.nonzeroBitCount > least }
            least += 4
        } while entries.count > bound / 2 && least < 60
        let surplus = entries.count - bound / 2
        if surplus > 0 { table.keep { place, _ in place >= surplus } }
    }
}
