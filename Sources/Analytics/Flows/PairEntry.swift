internal import LogReaders

/// The counts of an interface and one peer.
///
/// The order of the fields is a layout for the processor's cache. An entry takes two cache lines, and the fields that
/// every record reads are together in the first. The elements of a large array begin 48 bytes after the start of a
/// cache line. With the 16 bytes in front, which only probes use, the fields from ``peer`` on begin a cache line.
struct PairEntry: Sendable {
    /// The times at which the interface probed ports of the peer, and at which the peer probed ports of the interface.
    private(set) var probing = ProbeTimes()
    private(set) var probingByPeer = ProbeTimes()

    let peer: FlowAddress
    var interface: Int32
    /// The hour since 1970 that is being counted, and its bytes.
    private(set) var hour: Int32 = -1
    private(set) var hourOut: UInt64 = 0
    private(set) var hourIn: UInt64 = 0
    /// Seconds since 1970.
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// The time of the flow that showed the server.
    private var servedAt: UInt32 = .max
    private var facts: Facts = []
    /// The TCP or UDP port on the server's side, by the first flow.
    private(set) var port: UInt16 = 0
    private var hourCounts = HourCounts()

    /// The bytes of all finished hours.
    private(set) var bytesOut: UInt64 = 0
    private(set) var bytesIn: UInt64 = 0
    /// The first few ports of the peer that the interface contacted with small or rejected requests. The others are in
    /// the ``PortScanTable``.
    private(set) var ports = FirstPorts()
    /// Ports of the interface that the peer contacted with small or rejected requests.
    private(set) var portsByPeer = FirstPorts()
    /// The number of rejected requests from the peer.
    private(set) var rejected: UInt32 = 0
    /// The time and port of the first accepted request from the peer.
    private(set) var firstAccepted: UInt32 = .max
    private(set) var acceptedPort: UInt16 = .max
    /// Accepted flows from the interface to the peer in all finished hours.
    private(set) var flowsOut: UInt32 = 0

    /// Flags, in one byte.
    private struct Facts: OptionSet, Hashable {
        let rawValue: UInt8

        /// The server is on the interface's side.
        static let interfaceServes = Facts(rawValue: 1)
        /// A flow showed the server by its ports or flags, and not only by the order of the records.
        static let isClear = Facts(rawValue: 2)
        /// There are enough rejections to count them by port.
        static let isOftenRejected = Facts(rawValue: 4)
        /// The interface sent small or rejected flows of ICMP.
        static let isPinged = Facts(rawValue: 8)
    }

    /// Whether the server is on the interface's side.
    var interfaceServes: Bool { facts.contains(.interfaceServes) }

    /// Whether a flow showed which side is the server.
    var isClear: Bool { facts.contains(.isClear) }

    /// Whether enough requests from the peer were rejected to count them by port.
    var isOftenRejected: Bool { facts.contains(.isOftenRejected) }

    /// Whether the interface pinged the peer and nothing came back. Expects a settled entry. A flow of ICMP does not
    /// show whether it is a request or a reply, but a reply follows something that came in.
    var isPingedInVain: Bool { facts.contains(.isPinged) && bytesIn == 0 }

    init(interface: Int32, peer: FlowAddress, at time: UInt32) {
        self.interface = interface
        self.peer = peer
        first = time
        last = time
    }

    /// Learns from a flow which side is the server, and at which port.
    @inline(never)
    private mutating func serve(_ record: SeenFlow, sends: Bool, role: PortTraits.Role) {
        let serverIsDestination = role != .reply
        serve(
            serverIsDestination != sends, at: record.start,
            port: serverIsDestination ? record.destinationPort : record.sourcePort, isClear: role != .unclear)
    }

    /// Learns the server from the earliest clear flow, or from the earliest flow if none is clear. The order in which
    /// flows are read does not matter.
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

    /// Counts a flow of the current hour.
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

    /// Counts accepted flows of the current hour that are summed up in one record.
    mutating func count(_ sum: SeenFlow, times: Int, lastStart: UInt32, sends: Bool, role: PortTraits.Role) {
        count(sum, sends: sends, role: role)
        last = max(last, lastStart)
        if sends { hourCounts.countAccepted(times - 1) }
    }

    /// Remembers the port of a small or rejected request.
    /// - Returns: whether the port is new; `nil` if the pair has no room to remember it.
    mutating func probe(_ port: UInt16, at time: UInt32, sends: Bool) -> Bool? {
        // Conversations at usual ports may have begun long before a scan.
        if !ServicePorts.isUsual(port) {
            if sends { probing.add(time) } else { probingByPeer.add(time) }
        }
        return sends ? ports.add(port) : portsByPeer.add(port)
    }

    /// Whether the interface contacts the peer at the given port.
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

    /// - Parameter other: the entry to add, which must be settled.
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
        if other.facts.contains(.isPinged) { ping() }
        _ = ports.merge(other.ports)
        _ = portsByPeer.merge(other.portsByPeer)
    }

    mutating func ping() { facts.insert(.isPinged) }

    /// Counts a rejected request from the peer.
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

    /// The cost of forgetting the pair. Activity of the interface weighs more than activity of external peers, which an
    /// attacker can send from any number of addresses. Expects a settled entry.
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

/// The first and last time of an action, in seconds since 1970.
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

/// The numbers of a pair's flows in an hour, in eight bytes. Each count saturates.
private struct HourCounts: Sendable {
    fileprivate var packed: UInt64 = 0

    fileprivate static let bits: UInt64 = 21
    fileprivate static let most: UInt64 = 1 << bits - 1

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

extension HourCounts {
    /// Counts further accepted flows to the peer.
    mutating func countAccepted(_ times: Int) {
        let room = Self.most - packed >> (2 * Self.bits) & Self.most
        packed += min(room, UInt64(max(0, times))) << (2 * Self.bits)
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

    /// - Returns: whether the port is new; `nil` if it is not stored and there is no room for it.
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
