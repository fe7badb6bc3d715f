internal import LogReaders

extension SweepKey: SeededHashable {
    func hash(_ hash: SeededHash) -> UInt64 { hash(source.low ^ UInt64(port) << 48, source.high) }
}

/// The sweeps, by source and port. Their number is bounded.
struct SweepTable: Sendable {
    private var table: HashTable<SweepKey, Sweep>
    private let bound: Int
    private let most: Int

    /// - Parameter most: the number of hosts of a sweep that are counted exactly.
    init(_ hash: SeededHash, bound: Int, exactlyUpTo most: Int) {
        table = HashTable(hash, capacity: 2 * bound)
        self.bound = max(bound, 8)
        self.most = most
    }

    var entries: [(key: SweepKey, value: Sweep)] { table.entries }

    mutating func add(
        _ key: SweepKey, _ time: UInt32, _ host: HashedAddress, isRejected: Bool, isExternal: Bool
    ) {
        let place = table.find(key) ?? insert(key, Sweep(first: time, isExternal: isExternal))
        table.update(place) { $0.add(time, host, isRejected: isRejected, exactlyUpTo: most) }
    }

    mutating func merge(_ other: SweepTable) {
        for (key, sweep) in other.entries {
            if let place = table.find(key) {
                table.update(place) { $0 = $0.merged(with: sweep, exactlyUpTo: most) }
            } else {
                _ = insert(key, sweep)
            }
        }
    }

    private mutating func insert(_ key: SweepKey, _ sweep: Sweep) -> Int {
        if table.entries.count >= bound { forget() }
        return table.add(key, sweep)
    }

    /// Drops the half with the fewest hosts, and earlier entries before later ones with as many. Sweeps by internal
    /// sources, of which there are few, are dropped last, so that attackers with many addresses cannot hide them.
    private mutating func forget() {
        let weights = entries.map { ($0.value.isExternal ? 0 : 1_000) + $0.value.hostCount }
        let order = weights.indices.sorted { (weights[$0], $0) > (weights[$1], $1) }
        let kept = Set(order.prefix(bound / 2))
        table.keep { place, _ in kept.contains(place) }
    }
}
