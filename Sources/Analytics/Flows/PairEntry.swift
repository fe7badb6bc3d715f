internal import LogReaders

/// The counts of an interface and one peer.
///
/// The order of the fields is a layout for the processor's cache: an entry takes two cache lines, and the fields that each
/// record reads are together in the first. The elements of a large array begin 48 bytes behind the start of a line; with the
/// 16 bytes in front, which only probes use, the fields from ``peer`` on begin a line.
struct PairEntry: Sendable {
    /// When the interface probed ports of the peer, and the peer ports of the interface.
    private(set) var probing = ProbeTimes()
    private(set) var probingByPeer = ProbeTimes()

    let peer: FlowAddress
    var interface: Int32
    /// The hour that is being counted, since 1970, and its bytes.
    private(set) var hour: Int32 = -1
    private(set) var hourOut: UInt64 = 0
    private(set) var hourIn: UInt64 = 0
    /// Seconds since 1970.
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// When the flow was that shows the server.
    private var servedAt: UInt32 = .max
    private var facts: Facts = []
    /// The TCP or UDP port on the server's side, by the first flow.
    private(set) var port: UInt16 = 0
    private var hourCounts = HourCounts()

    /// The bytes of the hours before.
    private(set) var bytesOut: UInt64 = 0
    private(set) var bytesIn: UInt64 = 0
    /// Ports of the peer that the interface contacted with small or rejected requests: the first few. The others are in
    /// the ``PortScanTable``.
    private(set) var ports = FirstPorts()
    /// Ports of the interface that the peer contacted with small or rejected requests.
    private(set) var portsByPeer = FirstPorts()
    /// The rejected requests of the peer.
    private(set) var rejected: UInt32 = 0
    /// When the first request of the peer was accepted, and its port.
    private(set) var firstAccepted: UInt32 = .max
    private(set) var acceptedPort: UInt16 = .max
    /// Accepted flows of the interface to the peer, of the hours before.
    private(set) var flowsOut: UInt32 = 0

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

    /// Whether a flow showed which side serves.
    var isClear: Bool { facts.contains(.isClear) }

    /// Whether enough requests of the peer were rejected to count them by port.
    var isOftenRejected: Bool { facts.contains(.isOftenRejected) }

    init(interface: Int32, peer: FlowAddress, at time: UInt32) {
        self.interface = interface
        self.peer = peer
        first = time
        last = time
    }

    /// Takes from a flow which side serves, and at which port.
    @inline(never)
    private mutating func serve(_ record: SeenFlow, sends: Bool, role: PortTraits.Role) {
        let serverIsDestination = role != .reply
        serve(
            serverIsDestination != sends, at: record.start,
            port: serverIsDestination ? record.destinationPort : record.sourcePort, isClear: role != .unclear)
    }

    /// Of clear flows, or else of all, the earliest counts, whatever the order in which they come.
    private mutating func serve(_ interfaceServes: Bool, at time: UInt32, port: UInt16, isClear: Bool) {
        guard
            isClear == self.isClear
                ? (time, port, interfaceServes ? 1 : 0) < (servedAt, self.port, self.interfaceServes ? 1 : 0) : isClear
        else { return }
        (servedAt, self.port) = (time, port)
        facts.subtract([.interfaceServes, .isClear])
        if interfaceServes { facts.insert(.interfaceServes) }
        if isClear { facts.insert(.isClear) }
    }

    /// Counts a flow of the hour that is being counted.
    @inline(__always)
    mutating func count(_ record: SeenFlow, sends: Bool, role: PortTraits.Role) {
        if record.start < first { first = record.start }
        if record.start > last { last = record.start }
        if record.start <= servedAt || role != .unclear && !facts.contains(.isClear) {
            serve(record, sends: sends, role: role)
        }
        let bytes = record.isRejected ? 0 : record.bytes
        // The direction is unpredictable, so this is branch-free.
        hourOut &+= sends ? bytes : 0
        hourIn &+= sends ? 0 : bytes
        hourCounts.count(sends: sends, isRejected: record.isRejected)
    }

    /// Takes the port of a small or rejected request.
    /// - Returns: whether the port is new, or `nil` if the pair has no room to remember it.
    mutating func probe(_ port: UInt16, at time: UInt32, sends: Bool) -> Bool? {
        // Conversations at usual ports may have begun long before a scan.
        if !ServicePorts.isUsual(port) {
            if sends { probing.add(time) } else { probingByPeer.add(time) }
        }
        return sends ? ports.add(port) : portsByPeer.add(port)
    }

    /// Whether the interface contacts the peer at a port.
    func isServed(at port: UInt16) -> Bool { !interfaceServes && self.port == port }

    /// Begins another hour.
    /// - Returns: the counts of the hour before.
    mutating func begin(_ hour: Int32) -> PairHour {
        let before = PairHour(
            hour: self.hour, bytesOut: hourOut, bytesIn: hourIn, rejectedOut: hourCounts.rejectedOut,
            rejectedIn: hourCounts.rejectedIn)
        bytesOut &+= hourOut
        bytesIn &+= hourIn
        flowsOut = flowsOut.addingSaturating(hourCounts.accepted)
        self.hour = hour
        (hourOut, hourIn, hourCounts) = (0, 0, HourCounts())
        return before
    }

    /// - Parameter other: settled.
    mutating func merge(_ other: PairEntry) {
        bytesOut &+= other.bytesOut
        bytesIn &+= other.bytesIn
        serve(other.interfaceServes, at: other.servedAt, port: other.port, isClear: other.isClear)
        first = min(first, other.first)
        last = max(last, other.last)
        rejected &+= other.rejected
        updateRejections()
        accept(other.firstAccepted, other.acceptedPort)
        flowsOut = flowsOut.addingSaturating(other.flowsOut)
        probing.merge(other.probing)
        probingByPeer.merge(other.probingByPeer)
        _ = ports.merge(other.ports)
        _ = portsByPeer.merge(other.portsByPeer)
    }

    /// Counts a rejected request of the peer.
    mutating func reject() {
        rejected &+= 1
        updateRejections()
    }

    private mutating func updateRejections() {
        facts.remove(.isOftenRejected)
        if rejected >= PortRejectionTable.begin { facts.insert(.isOftenRejected) }
    }

    mutating func accept(_ time: UInt32, _ port: UInt16) {
        guard (time, port) < (firstAccepted, acceptedPort) else { return }
        (firstAccepted, acceptedPort) = (time, port)
    }

    /// How much would be lost without the pair. What the interface does itself weighs more than what strangers do, who
    /// may come from any number of addresses. Expects a settled entry.
    var weight: UInt64 {
        let own = interfaceServes ? 0 : bytesOut.addingSaturating(bytesIn / 8)
        let probes = UInt64(ports.count) * 1_000_000
        let strangers =
            UInt64(min(rejected, 1_000)) * 1_000 + UInt64(portsByPeer.count) * 1_000
            + (firstAccepted != .max && rejected > 2 ? 1_000_000 : 0)
            + (interfaceServes ? min(bytesOut, 1 << 40) / 64 : 0)
        return own.addingSaturating(probes).addingSaturating(strangers)
    }
}

/// When something was first and last tried, in seconds since 1970.
struct ProbeTimes: Sendable {
    private(set) var first: UInt32 = .max
    private(set) var last: UInt32 = 0

    mutating func add(_ time: UInt32) {
        first = min(first, time)
        last = max(last, time)
    }

    mutating func merge(_ other: ProbeTimes) {
        first = min(first, other.first)
        last = max(last, other.last)
    }
}

/// The flows of a pair in an hour, in eight bytes; each count saturates.
private struct HourCounts: Sendable {
    private var packed: UInt64 = 0

    private static let bits: UInt64 = 21
    private static let most: UInt64 = 1 << bits - 1

    var rejectedOut: UInt32 { part(0) }
    var rejectedIn: UInt32 { part(1) }
    /// Accepted flows to the peer.
    var accepted: UInt32 { part(2) }

    @inline(__always)
    private func part(_ number: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: packed >> (number * Self.bits) & Self.most)
    }

    @inline(__always)
    mutating func count(sends: Bool, isRejected: Bool) {
        // Accepted flows to the interface are not counted.
        let number: UInt64 = isRejected ? sends ? 0 : 1 : 2
        let one: UInt64 = isRejected || sends ? 1 : 0
        let isFull = packed >> (number &* Self.bits) & Self.most == Self.most
        packed &+= (isFull ? 0 : one) << (number &* Self.bits)
    }
}

/// Up to four ports, in eight bytes.
struct FirstPorts: Sendable {
    private var ports: InlineArray<4, UInt16> = InlineArray(repeating: 0)

    private static let free: UInt16 = 0

    var count: Int {
        var count = 0
        while count < 4, ports[count] != Self.free { count += 1 }
        return count
    }

    var all: [UInt16] { (0..<4).map { ports[$0] }.filter { $0 != Self.free } }

    /// - Returns: whether the port is new; `nil` if it is not among these, and there is no room.
    @inline(__always)
    mutating func add(_ port: UInt16) -> Bool? {
        for place in 0..<4 {
            if ports[place] == port { return false }
            if ports[place] == Self.free {
                ports[place] = port
                return true
            }
        }
        return nil
    }

    /// - Returns: whether there was room for all ports.
    mutating func merge(_ other: FirstPorts) -> Bool {
        var hasRoom = true
        for place in 0..<other.count where add(other.ports[place]) == nil { hasRoom = false }
        return hasRoom
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
