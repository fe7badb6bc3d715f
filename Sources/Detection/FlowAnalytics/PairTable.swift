internal import LogReaders

/// What an interface and one peer had to do with each other.
struct PairEntry: Sendable {
    let interface: Int32
    /// A TCP or UDP port on the server's side: that of the first flow.
    var port: UInt16 = 0
    /// The server is the interface's side.
    var interfaceServes = false
    /// A flow told so, and not the order of the records alone.
    var isClear = false
    let peer: FlowAddress
    /// Seconds since 1970.
    var first: UInt32
    var last: UInt32
    /// The hour that is being counted. It stands beside what else each record looks at: together they are loaded at once.
    var hour = PairHour()
    /// Of the hours before that.
    private(set) var bytesOut: UInt64 = 0
    private(set) var bytesIn: UInt64 = 0
    /// Flows that the peer began and that were rejected, and when the first of them was.
    var rejected: UInt32 = 0
    var firstRejected: UInt32 = .max
    /// When the first flow that the peer began was accepted, and at which port.
    var firstAccepted: UInt32 = .max
    var acceptedPort: UInt16 = 0
    /// How many were rejected before that; no more than it holds.
    var rejectedBefore: UInt16 = 0
    /// Small or rejected requests: ports of the peer's that the interface asked, and of the interface's that the peer did.
    var asked = DistinctSketch()
    var askedBy = DistinctSketch()

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
        interfaceServes = serverIsDestination != sends
        isClear = role != .unclear
    }

    /// Whether the interface asks the peer at that port.
    func isServed(at port: UInt16) -> Bool { !interfaceServes && self.port == port }

    /// Begins another hour.
    /// - Returns: what the hour before had.
    mutating func begin(_ hour: Int32) -> PairHour {
        bytesOut &+= self.hour.bytesOut
        bytesIn &+= self.hour.bytesIn
        defer { self.hour = PairHour(hour: hour) }
        return self.hour
    }

    /// - Parameter other: settled.
    mutating func merge(_ other: PairEntry) {
        bytesOut &+= other.bytesOut
        bytesIn &+= other.bytesIn
        if isClear == other.isClear ? other.first < first : other.isClear {
            (port, interfaceServes, isClear) = (other.port, other.interfaceServes, other.isClear)
        }
        first = min(first, other.first)
        last = max(last, other.last)
        rejected &+= other.rejected
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
        firstRejected = min(firstRejected, time)
        if time < firstAccepted, rejectedBefore < .max { rejectedBefore += 1 }
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
struct PairHour: Sendable {
    /// Hours since 1970.
    var hour: Int32 = -1
    var rejectedOut: UInt32 = 0
    var rejectedIn: UInt32 = 0
    var bytesOut: UInt64 = 0
    var bytesIn: UInt64 = 0
}

/// The pairs, found by interface and peer; bounded.
struct PairTable: Sendable {
    var entries: [PairEntry] = []
    /// Pairs that were dropped to stay within the bound.
    private(set) var forgotten = 0
    private var index = HashIndex()
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

    @inline(__always)
    func hour(of pair: Int) -> Int32 { entries.withUnsafeBufferPointer { $0[pair].hour.hour } }

    /// Loads where the pair of that hash is looked up.
    @inline(__always)
    func touch(_ hash: UInt64) -> UInt64 { index.touch(hash) }

    /// Loads the pair that most probably has that hash.
    @inline(__always)
    func touchEntry(_ hash: UInt64) -> UInt64 {
        let number = Int(index.touch(hash) & 0xFFFF_FFFF) - 1
        return number < 0 ? 0 : entries.withUnsafeBufferPointer { $0[number].peer.low }
    }

    mutating func add(_ entry: PairEntry, _ hash: UInt64) -> Int {
        // An address range, not memory: what an array that doubles leaves behind would be more than what it holds.
        if entries.isEmpty { entries.reserveCapacity(bound + bound / 64) }
        entries.append(entry)
        index.insert(hash, entries.count - 1)
        return entries.count - 1
    }

    mutating func merge(_ entry: PairEntry) -> Int {
        let hash = hash(entry.interface, entry.peer)
        if let found = find(entry.interface, entry.peer, hash) {
            entries[found].merge(entry)
            return found
        }
        return add(entry, hash)
    }

    /// Drops what carries little weight and was not seen lately.
    /// - Returns: the new number of each pair, -1 for those that are gone.
    mutating func forget(keeping bound: Int) -> [Int32] {
        let latest = entries.reduce(0) { max($0, $1.last) }
        let old = entries
        entries.removeAll(keepingCapacity: true)
        index.removeAll()
        var numbers = [Int32](repeating: -1, count: old.count)
        var age: UInt32 = 3_600
        var kept = old.count
        // Younger and younger ones go, then, if it must be, the weightier ones too.
        while kept > bound, age > 60 {
            kept = old.count { !$0.isLight || $0.last &+ age >= latest }
            age /= 2
        }
        let room = bound
        for (number, entry) in old.enumerated() {
            guard entries.count < room, !entry.isLight || entry.last &+ age * 2 >= latest else {
                forgotten += 1
                continue
            }
            numbers[number] = Int32(add(entry, hash(entry.interface, entry.peer)))
        }
        return numbers
    }

    mutating func addForgotten(_ count: Int) { forgotten += count }
}
