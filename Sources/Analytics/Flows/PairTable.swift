internal import LogReaders

/// The pairs, by interface and peer. Their number is bounded.
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

    /// Finds the pairs of flows. The number is -1 if the table does not contain the pair.
    func find(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        entries.withUnsafeBufferPointer { entries in
            index.withFinder { finder in
                for place in batch.indices {
                    let (interface, peer) = (batch[place].interface, batch[place].peer)
                    let found = finder.find(batch[place].hash) { number in
                        entries[number].peer.low == peer.low && entries[number].peer.high == peer.high
                            && entries[number].interface == interface
                    }
                    batch[place].pair = found.map { Int32(truncatingIfNeeded: $0) } ?? -1
                }
            }
        }
    }

    @inline(__always)
    func hash(_ interface: Int32, _ peer: FlowAddress) -> UInt64 {
        mix(peer.low ^ UInt64(UInt32(bitPattern: interface)) << 40, peer.high ^ UInt64(UInt32(bitPattern: interface)))
    }

    mutating func add(_ entry: PairEntry, _ hash: UInt64) -> Int {
        // Reserves an address range, not memory. An array that doubles would leave more unused memory behind than it
        // holds.
        if entries.capacity == 0 {
            // Twice the bound, so that another worker's pairs can be merged.
            entries.reserveCapacity(2 * bound + bound / 64)
            LargePages.advise(&entries)
        }
        entries.append(entry)
        index.insert(hash, entries.count - 1)
        return entries.count - 1
    }

    /// Adds another table's pairs.
    /// - Parameters:
    ///   - other: the table to add, which must be settled.
    ///   - interfaces: the number in this table of each of the other table's interfaces.
    ///   - spill: receives the probed ports of a pair if the pair has no room for all of them.
    /// - Returns: the number in this table of each of the other table's pairs.
    mutating func merge(
        _ other: PairTable, _ interfaces: [Int32], spill: (ScanKey, _ ports: [UInt16]) -> Void
    ) -> [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(other.entries.count)
        // Looks up many pairs before it adds the first, so that the loads from memory overlap. The other table contains
        // each pair only once.
        var found = InlineArray<64, Int>(repeating: -1)
        var hashes = InlineArray<64, UInt64>(repeating: 0)
        var start = 0
        while start < other.entries.count {
            let count = min(64, other.entries.count - start)
            for place in 0..<count {
                let (interface, peer) = (
                    interfaces[Int(other.entries[start + place].interface)], other.entries[start + place].peer
                )
                hashes[place] = hash(interface, peer)
                found[place] = find(interface, peer, hashes[place]) ?? -1
            }
            for place in 0..<count {
                var entry = other.entries[start + place]
                entry.interface = interfaces[Int(entry.interface)]
                guard found[place] >= 0 else {
                    numbers.append(Int32(add(entry, hashes[place])))
                    continue
                }
                spillPorts(of: entry, found[place], spill)
                entries[found[place]].merge(entry)
                numbers.append(Int32(found[place]))
            }
            start += count
        }
        forgotten += other.forgotten
        return numbers
    }

    /// Passes on the probed ports of a pair if they do not fit when it is merged with another entry.
    private func spillPorts(
        of entry: PairEntry, _ found: Int, _ spill: (ScanKey, _ ports: [UInt16]) -> Void
    ) {
        for sends in [true, false] {
            let mine = sends ? entries[found].ports : entries[found].portsByPeer
            let others = sends ? entry.ports : entry.portsByPeer
            var sum = mine
            guard !sum.merge(others) else { continue }
            spill(ScanKey(interface: entry.interface, peer: entry.peer, sends: sends), mine.all + others.all)
        }
    }

    /// Drops the pairs with the lowest weights, and older pairs before newer ones of equal weight.
    /// - Returns: old number → new number, -1 if the pair was dropped.
    mutating func forget(keeping bound: Int) -> [Int32] {
        var numbers = [Int32](repeating: -1, count: entries.count)
        let keys = entries.map { (weight: $0.weight, last: $0.last) }
        let sorted = keys.sorted { ($0.weight, $0.last) > ($1.weight, $1.last) }
        let least = bound < sorted.count ? sorted[max(0, bound - 1)] : (weight: 0, last: 0)
        // The remaining pairs move up, because a second table would be as large as the first.
        index.removeAll()
        var next = 0
        for number in entries.indices {
            let entry = entries[number]
            guard next < bound, (keys[number].weight, keys[number].last) >= (least.weight, least.last) else {
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
