internal import LogReaders

/// What an interface and one peer had to do with each other.
///
/// It takes two lines of the processor's cache, and what each record looks at is together in the first: the large array's
/// elements begin 48 bytes behind the start of one, so that the line has the 64 bytes from the peer on, which is why there
/// is something to spare before it.
struct PairEntry: Sendable {
    private let spare: (UInt64, UInt64) = (0, 0)

    let peer: FlowAddress
    var interface: Int32
    /// The hour that is being counted, since 1970, and what it has.
    private(set) var hour: Int32 = -1
    private(set) var hourOut: UInt64 = 0
    private(set) var hourIn: UInt64 = 0
    /// Seconds since 1970.
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// When the first flow that the peer began was accepted.
    private(set) var firstAccepted: UInt32 = .max
    private var facts: Facts = []
    /// A TCP or UDP port on the server's side: that of the first flow.
    private(set) var port: UInt16 = 0
    private(set) var hourRejectedOut: UInt32 = 0
    private(set) var hourRejectedIn: UInt32 = 0

    /// Of the hours before that.
    private(set) var bytesOut: UInt64 = 0
    private(set) var bytesIn: UInt64 = 0
    /// Small or rejected requests: ports of the peer's that the interface asked.
    var asked = DistinctSketch()
    /// The same: ports of the interface's that the peer asked.
    var askedBy = DistinctSketch()
    /// Flows that the peer began and that were rejected, and when the first of them was.
    private(set) var rejected: UInt32 = 0
    private(set) var firstRejected: UInt32 = .max
    /// Where that one was.
    private(set) var acceptedPort: UInt16 = 0
    /// How many were rejected before the first flow that was accepted; no more than it holds.
    private(set) var rejectedBefore: UInt16 = 0

    /// What is known, in one byte.
    private struct Facts: OptionSet, Hashable {
        let rawValue: UInt8

        /// The server is the interface's side.
        static let interfaceServes = Facts(rawValue: 1)
        /// A flow told who serves, and not the order of the records alone.
        static let isClear = Facts(rawValue: 2)
        /// There are so many rejections that the ports at which they are count.
        static let isOftenRejected = Facts(rawValue: 4)
    }

    /// Whether the server is the interface's side.
    var interfaceServes: Bool { facts.contains(.interfaceServes) }

    /// Whether so many flows that the peer began were rejected that the ports at which they were count.
    var isOftenRejected: Bool { facts.contains(.isOftenRejected) }

    init(interface: Int32, peer: FlowAddress, at time: UInt32) {
        self.interface = interface
        self.peer = peer
        first = time
        last = time
    }

    /// Learns from a flow who serves, and at which port.
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
        // Which way the next flow goes nobody can guess, a processor neither: so there is no branch.
        hourOut &+= sends ? bytes : 0
        hourIn &+= sends ? 0 : bytes
        guard record.isRejected else { return }
        if sends { hourRejectedOut &+= 1 } else { hourRejectedIn &+= 1 }
    }

    /// Whether the interface asks the peer at that port.
    func isServed(at port: UInt16) -> Bool { !interfaceServes && self.port == port }

    /// Begins another hour.
    /// - Returns: what the hour before had.
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
        noteRejections()
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

    /// A flow that the peer began.
    mutating func reject(_ time: UInt32) {
        rejected &+= 1
        noteRejections()
        firstRejected = min(firstRejected, time)
        if time < firstAccepted, rejectedBefore < .max { rejectedBefore += 1 }
    }

    private mutating func noteRejections() {
        facts.remove(.isOftenRejected)
        if rejected >= PortRejectionTable.begin { facts.insert(.isOftenRejected) }
    }

    mutating func accept(_ time: UInt32, _ port: UInt16) {
        guard time < firstAccepted else { return }
        rejectedBefore = rejectedBefore(time)
        (firstAccepted, acceptedPort) = (time, port)
    }

    /// What is known to have been rejected before that moment: where records come out of order, it may be some too many.
    private func rejectedBefore(_ time: UInt32) -> UInt16 { firstRejected < time ? rejectedBefore : 0 }

    /// Whether nothing would be lost of it but the memory that the two once met.
    fileprivate var isLight: Bool {
        bytesOut < 1_000_000 && rejected < 3 && asked.bits.nonzeroBitCount < 4 && askedBy.bits.nonzeroBitCount < 4
    }
}

/// What a pair had in one hour.
struct PairHour {
    /// Hours since 1970; -1 for none.
    let hour: Int32
    let bytesOut: UInt64
    let bytesIn: UInt64
    let rejectedOut: UInt32
    let rejectedIn: UInt32
}

/// The pairs, found by interface and peer; bounded.
struct PairTable: Sendable {
    var entries: [PairEntry] = []
    /// Pairs that were dropped to stay within the bound.
    private(set) var forgotten = 0
    private(set) var index = HashIndex()
    private let mix: Mixer
    /// About how many there may be, until some are forgotten.
    private let bound: Int

    init(_ mix: Mixer, bound: Int) {
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
        // An address range, not memory: what an array that doubles leaves behind would be more than what it holds.
        if entries.capacity == 0 {
            // Twice, for those of another worker.
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
    ///   - interfaces: the number that this table's tally has for each of the other's interfaces.
    /// - Returns: the number that each pair has here.
    mutating func merge(_ other: PairTable, _ interfaces: [Int32]) -> [Int32] {
        var numbers: [Int32] = []
        numbers.reserveCapacity(other.entries.count)
        var hashes: [UInt64] = []
        var start = 0
        while start < other.entries.count {
            let batch = start..<min(start + 64, other.entries.count)
            start = batch.upperBound
            // As with records, all of them wait for memory no longer than one.
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

    /// Drops what carries little weight and was not seen lately.
    /// - Returns: the new number of each pair, -1 for those that are gone.
    mutating func forget(keeping bound: Int) -> [Int32] {
        let latest = entries.reduce(0) { max($0, $1.last) }
        var numbers = [Int32](repeating: -1, count: entries.count)
        var age: UInt32 = 3_600
        var kept = entries.count
        // Younger and younger ones go, then, if it must be, the weightier ones too.
        while kept > bound, age > 60 {
            kept = entries.count { !$0.isLight || $0.last &+ age >= latest }
            age /= 2
        }
        // Those that stay move up: a second table would be as large as the first one.
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
