internal import LogReaders

/// The counts of an interface and one peer.
///
/// It takes two lines of the processor's cache, and what each record looks at is together in the first: the large array's
/// elements begin 48 bytes behind the start of one, so that the line has the 64 bytes from the peer on, which is why there
/// is something to spare before it.
struct PairEntry: Sendable {
    private let spare: (UInt64, UInt64) = (0, 0)

    let peer: FlowAddress
    var interface: Int32
    /// The hour that is being counted, since 1970, and its bytes.
    private(set) var hour: Int32 = -1
    private(set) var hourOut: UInt64 = 0
    private(set) var hourIn: UInt64 = 0
    /// Seconds since 1970.
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// When the first request of the peer was accepted.
    private(set) var firstAccepted: UInt32 = .max
    private var facts: Facts = []
    /// The TCP or UDP port on the server's side, by the first flow.
    private(set) var port: UInt16 = 0
    private(set) var hourRejectedOut: UInt32 = 0
    private(set) var hourRejectedIn: UInt32 = 0

    /// The bytes of the hours before.
    private(set) var bytesOut: UInt64 = 0
    private(set) var bytesIn: UInt64 = 0
    /// Ports of the peer that the interface contacted with small or rejected requests.
    var asked = DistinctSketch()
    /// Ports of the interface that the peer contacted with small or rejected requests.
    var askedBy = DistinctSketch()
    /// The rejected requests of the peer, and when the first of them was.
    private(set) var rejected: UInt32 = 0
    private(set) var firstRejected: UInt32 = .max
    /// The port of the first accepted request.
    private(set) var acceptedPort: UInt16 = 0
    /// How many requests were rejected before the first accepted one, saturating.
    private(set) var rejectedBefore: UInt16 = 0

    /// Flags, in one byte.
    private struct Facts: OptionSet, Hashable {
        let rawValue: UInt8

        /// The server is the interface's side.
        static let interfaceServes = Facts(rawValue: 1)
        /// A flow showed which side serves, and not only the order of the records.
        static let isClear = Facts(rawValue: 2)
        /// There are enough rejections to count them by port.
        static let isOftenRejected = Facts(rawValue: 4)
    }

    /// Whether the server is the interface's side.
    var interfaceServes: Bool { facts.contains(.interfaceServes) }

    /// Whether enough requests of the peer were rejected to count them by port.
    var isOftenRejected: Bool { facts.contains(.isOftenRejected) }

    init(interface: Int32, peer: FlowAddress, at time: UInt32) {
        self.interface = interface
        self.peer = peer
        first = time
        last = time
    }

    /// Takes from a flow which side serves, and at which port.
    mutating func serve(_ record: SeenFlow, sends: Bool, role: PortTraits.Role) {
        let serverIsDestination = role != .reply
        port = serverIsDestination ? record.destinationPort : record.sourcePort
        facts.subtract([.interfaceServes, .isClear])
        if serverIsDestination != sends { facts.insert(.interfaceServes) }
        if role != .unclear { facts.insert(.isClear) }
    }

    /// Counts a flow of the hour that is being counted.
    @inline(__always)
    mutating func count(_ record: SeenFlow, sends: Bool, role: PortTraits.Role) {
        if record.start < first { first = record.start }
        if record.start > last { last = record.start }
        if role != .unclear, !facts.contains(.isClear) { serve(record, sends: sends, role: role) }
        let bytes = record.isRejected ? 0 : record.bytes
        // The direction is unpredictable, so this is branch-free.
        hourOut &+= sends ? bytes : 0
        hourIn &+= sends ? 0 : bytes
        guard record.isRejected else { return }
        if sends { hourRejectedOut &+= 1 } else { hourRejectedIn &+= 1 }
    }

    /// Whether the interface contacts the peer at a port.
    func isServed(at port: UInt16) -> Bool { !interfaceServes && self.port == port }

    /// Begins another hour.
    /// - Returns: the counts of the hour before.
    mutating func begin(_ hour: Int32) -> PairHour {
        let before = PairHour(
            hour: self.hour, bytesOut: hourOut, bytesIn: hourIn, rejectedOut: hourRejectedOut,
            rejectedIn: hourRejectedIn)
        bytesOut &+= hourOut
        bytesIn &+= hourIn
        self.hour = hour
        (hourOut, hourIn, hourRejectedOut, hourRejectedIn) = (0, 0, 0, 0)
        return before
    }

    /// - Parameter other: settled.
    mutating func merge(_ other: PairEntry) {
        bytesOut &+= other.bytesOut
        bytesIn &+= other.bytesIn
        let otherIsClear = other.facts.contains(.isClear)
        if facts.contains(.isClear) == otherIsClear ? other.first < first : otherIsClear {
            (port, facts) = (other.port, other.facts)
        }
        first = min(first, other.first)
        last = max(last, other.last)
        rejected &+= other.rejected
        updateRejections()
        let accepted = min(firstAccepted, other.firstAccepted)
        rejectedBefore = UInt16(
            clamping: Int(rejectedBefore(accepted)) + Int(other.rejectedBefore(accepted)))
        firstRejected = min(firstRejected, other.firstRejected)
        if other.firstAccepted < firstAccepted {
            (firstAccepted, acceptedPort) = (other.firstAccepted, other.acceptedPort)
        }
        asked.merge(other.asked)
        askedBy.merge(other.askedBy)
    }

    /// Counts a rejected request of the peer.
    mutating func reject(_ time: UInt32) {
        rejected &+= 1
        updateRejections()
        firstRejected = min(firstRejected, time)
        if time < firstAccepted, rejectedBefore < .max { rejectedBefore += 1 }
    }

    private mutating func updateRejections() {
        facts.remove(.isOftenRejected)
        if rejected >= PortRejectionTable.begin { facts.insert(.isOftenRejected) }
    }

    mutating func accept(_ time: UInt32, _ port: UInt16) {
        guard time < firstAccepted else { return }
        rejectedBefore = rejectedBefore(time)
        (firstAccepted, acceptedPort) = (time, port)
    }

    /// Rejected requests before `time`. May overcount if records are out of order.
    private func rejectedBefore(_ time: UInt32) -> UInt16 { firstRejected < time ? rejectedBefore : 0 }

    /// Whether hardly anything would be lost without the pair.
    fileprivate var isLight: Bool {
        bytesOut < 1_000_000 && rejected < 3 && asked.bits.nonzeroBitCount < 4 && askedBy.bits.nonzeroBitCount < 4
    }
}

/// The counts of a pair in one hour.
struct PairHour {
    /// Hours since 1970; -1 for none.
    let hour: Int32
    let bytesOut: UInt64
    let bytesIn: UInt64
    let rejectedOut: UInt32
    let rejectedIn: UInt32
}

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
        var hashes: [UInt64] = []
        var start = 0
        while start < other.entries.count {
            let batch = start..<min(start + 64, other.entries.count)
            start = batch.upperBound
            // As with records, the memory of all of them is loaded at the same time.
            hashes.removeAll(keepingCapacity: true)
            for entry in other.entries[batch] { hashes.append(hash(interfaces[Int(entry.interface)], entry.peer)) }
            for hash in hashes { prefetch(hash) }
            for hash in hashes { prefetchEntry(hash) }
            for (place, hash) in hashes.enumerated() {
                var entry = other.entries[batch.lowerBound + place]
                entry.interface = interfaces[Int(entry.interface)]
                if let found = find(entry.interface, entry.peer, hash) {
                    entries[found].merge(entry)
                    numbers.append(Int32(found))
                } else {
                    numbers.append(Int32(add(entry, hash)))
                }
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
