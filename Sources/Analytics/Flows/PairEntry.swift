internal import LogReaders

/// The counts of an interface and one peer.
///
/// The order of the fields is a layout for the processor's cache: an entry takes two cache lines, and the fields that each
/// record reads are together in the first. The elements of a large array begin 48 bytes behind the start of a line; with the
/// unused bytes in front, the fields from ``peer`` on begin a line.
struct PairEntry: Sendable {
    private let unused: (UInt64, UInt64) = (0, 0)

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
    var portsTried = DistinctSketch()
    /// Ports of the interface that the peer contacted with small or rejected requests.
    var portsTriedByPeer = DistinctSketch()
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
        portsTried.merge(other.portsTried)
        portsTriedByPeer.merge(other.portsTriedByPeer)
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
    var isLight: Bool {
        bytesOut < 1_000_000 && rejected < 3 && portsTried.bits.nonzeroBitCount < 4
            && portsTriedByPeer.bits.nonzeroBitCount < 4
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
