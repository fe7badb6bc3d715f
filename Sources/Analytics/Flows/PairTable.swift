internal import LogReaders

/// The pairs, by interface and peer. Bounded.
struct PairTable: Sendable {
    var entries: [PairEntry] = []
    /// Pairs that were dropped to bound the memory.
    private(set) var forgotten = 0
    private(set) var index = HashIndex()
    private let mix: SeededHash
    /// The approximate number of pairs beyond which some are forgotten.
    private let bound: Int

    init(_ mix: SeededHash, bound: Int) {
        self.mix = mix
        self.bound = bound
    }

    @inline(__always)
    func find(_ interface: Int32, _ peer: FlowAddress, _ hash: UInt64) -> Int? {
        entries.withUnsafeBufferPointer { entries in
            index.find(hash) { number in
                entries[number].peer.low == peer.low && entries[number].peer.high == peer.high
                    && entries[number].interface == interface
            }
        }
    }

    @inline(__always)
    func hash(_ interface: Int32, _ peer: FlowAddress) -> UInt64 {
        mix(peer.low ^ UInt64(UInt32(bitPattern: interface)) << 40, peer.high ^ UInt64(UInt32(bitPattern: interface)))
    }

    mutating func add(_ entry: PairEntry, _ hash: UInt64) -> Int {
        // This reserves an address range, not memory: a doubling array would leave more memory behind than it holds.
        if entries.capacity == 0 {
            // Twice, to merge those of another worker.
            entries.reserveCapacity(2 * bound + bound / 64)
            LargePages.advise(&entries)
        }
        entries.append(entry)
        index.insert(hash, entries.count - 1)
        return entries.count - 1
    }

    /// Adds another table's pairs.
    /// - Parameters:
    ///   - other: settled.
    ///   - interfaces: the number here of each of the other table's interfaces.
    /// - Returns: the number here of each of the other table's pairs.
    mutating func merge(_ other: PairTable, _ interfaces: [Int32]) -> [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(other.entries.count)
        for var entry in other.entries {
            entry.interface = interfaces[Int(entry.interface)]
            let hash = hash(entry.interface, entry.peer)
            if let found = find(entry.interface, entry.peer, hash) {
                entries[found].merge(entry)
                numbers.append(Int32(found))
            } else {
                numbers.append(Int32(add(entry, hash)))
            }
        }
        forgotten += other.forgotten
        return numbers
    }

    /// Drops pairs that carry little and were not seen lately.
    /// - Returns: old number → new number, -1 if the pair was dropped.
    mutating func forget(keeping bound: Int) -> [Int32] {
        let latest = entries.reduce(0) { max($0, $1.last) }
        var numbers = [Int32](repeating: -1, count: entries.count)
        var age: UInt32 = 3_600
        var kept = entries.count
        // Younger and younger pairs are dropped and, if necessary, heavier ones too.
        while kept > bound, age > 60 {
            kept = entries.count { !$0.isLight || $0.last &+ age >= latest }
            age /= 2
        }
        // The remaining pairs move up: a second table would be as large as the first.
        index.removeAll()
        var next = 0
        for number in entries.indices {
            let entry = entries[number]
            guard next < bound, !entry.isLight || entry.last &+ age * 2 >= latest else {
                forgotten += 1
                continue
            }
            numbers[number] = Int32(next)
            entries[next] = entry
            index.insert(hash(entry.interface, entry.peer), next)
            next += 1
        }
        entries.removeLast(entries.count - next)
        return numbers
    }
}
