internal import LogReaders

/// An interface, a peer, and which of the two probes the other's ports.
struct ScanKey: Sendable, Hashable {
    var interface: Int32
    var peer: FlowAddress
    /// Whether the interface probes the peer.
    var sends: Bool
}

extension ScanKey: SeededHashable {
    func hash(_ hash: SeededHash) -> UInt64 {
        hash(peer.low, peer.high, UInt64(UInt32(bitPattern: interface)) << 1 | (sends ? 1 : 0))
    }
}

/// The probed ports of pairs that have more of them than a ``PairEntry`` remembers. The number of pairs is bounded.
struct PortScanTable: Sendable {
    private var table: HashTable<ScanKey, DistinctCount>
    private let bound: Int
    private let most: Int
    /// The hash of sketches. Its seed is fixed, so that equal logs give equal findings.
    private static let sketched = SeededHash(seed: 0)

    /// - Parameters:
    ///   - bound: the approximate number of pairs beyond which the pairs with the fewest ports are forgotten.
    ///   - most: the number of ports of a pair that are counted exactly.
    init(_ hash: SeededHash, bound: Int, exactlyUpTo most: Int) {
        table = HashTable(hash, capacity: bound)
        self.bound = max(bound, 8)
        self.most = most
    }

    /// Adds a port. If the pair is new, also adds the ports that its ``PairEntry`` remembered.
    mutating func add(_ key: ScanKey, _ port: UInt16, before: [UInt16]) {
        let place: Int
        if let found = table.find(key) {
            place = found
        } else {
            if table.entries.count >= bound { forget() }
            var ports = DistinctCount()
            for port in before { Self.add(port, to: &ports, most) }
            place = table.add(key, ports)
        }
        table.update(place) { Self.add(port, to: &$0, most) }
    }

    private static func add(_ port: UInt16, to ports: inout DistinctCount, _ most: Int) {
        ports.add(UInt64(port), sketched: sketched(UInt64(port), 0), exactlyUpTo: most)
    }

    var keys: [ScanKey] { table.entries.map(\.key) }

    /// The number of probed ports of a pair.
    func count(_ key: ScanKey, _ first: FirstPorts) -> Int {
        guard let place = table.find(key) else { return first.count }
        var ports = table.entries[place].value
        for port in first.all { Self.add(port, to: &ports, most) }
        return ports.count
    }

    /// - Parameter numbers: the number in this table of each of the other table's interfaces.
    mutating func merge(_ other: PortScanTable, _ numbers: [Int32]) {
        for (key, ports) in other.table.entries {
            let moved = ScanKey(interface: numbers[Int(key.interface)], peer: key.peer, sends: key.sends)
            if let place = table.find(moved) {
                table.update(place) { $0.merge(ports, exactlyUpTo: most) }
            } else {
                if table.entries.count >= bound { forget() }
                _ = table.add(moved, ports)
            }
        }
    }

    /// Drops the half with the fewest ports. Probes by the interfaces themselves, of which there are few, are dropped
    /// only after probes by peers.
    private mutating func forget() {
        let weights = table.entries.map { ($0.key.sends ? 1_000 : 0) + $0.value.count }
        let order = weights.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }
        let kept = Set(order.prefix(bound / 2))
        table.keep { place, _ in kept.contains(place) }
    }
}
