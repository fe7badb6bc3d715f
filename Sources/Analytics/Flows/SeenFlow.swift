internal import LogReaders

/// The counted fields of a record: small, and without slices of the reader's buffer, so that they can be kept.
struct SeenFlow: Sendable, Hashable {
    var source = FlowAddress(high: 0, low: 0)
    var destination = FlowAddress(high: 0, low: 0)
    var bytes: UInt64 = 0
    var packets: UInt64 = 0
    /// Seconds since 1970.
    var start: UInt32 = 0
    var end: UInt32 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var transport: UInt8 = 0
    var tcpFlags: UInt8 = 0
    var action = FlowRecord.Action.unstated

    init() {}

    @inline(__always)
    init(_ record: FlowRecord) {
        source = record.source
        destination = record.destination
        bytes = record.bytes
        packets = record.packets
        start = UInt32(truncatingIfNeeded: record.start)
        end = UInt32(truncatingIfNeeded: record.end)
        sourcePort = record.sourcePort
        destinationPort = record.destinationPort
        transport = record.transport
        tcpFlags = record.tcpFlags
        action = record.action
    }

    /// The order by size. Among records of equal size, the other fields decide, so that the largest is always the same.
    @inline(__always)
    func isLess(than other: SeenFlow) -> Bool {
        bytes != other.bytes ? bytes < other.bytes : isBehind(other)
    }

    private func isBehind(_ other: SeenFlow) -> Bool {
        if start != other.start { return start > other.start }
        if source != other.source { return other.source < source }
        if destination != other.destination { return other.destination < destination }
        return (sourcePort, destinationPort, end, packets) > (
            other.sourcePort, other.destinationPort, other.end, other.packets
        )
    }

    var isRejected: Bool { action == .reject }
    /// Whether the flow was rejected, or has too few packets to transfer data. If the format has no number of packets,
    /// it is 0.
    var isSmall: Bool { (isRejected ? 1 : 0) | (packets &- 1 < 4 ? 1 : 0) != 0 }
    /// Whether the flow is small, and of ICMP for IPv4 or IPv6 ("Assigned Internet Protocol Numbers", IANA).
    @inline(__always)
    var isPing: Bool { ((transport == 1 ? 1 : 0) | (transport == 58 ? 1 : 0)) & (isSmall ? 1 : 0) != 0 }
    /// Whether the flow was accepted. Without an action, only the number of packets shows it: a client that gets no
    /// answer sends at most seven (Linux, `tcp_syn_retries`).
    var isConnection: Bool { action == .accept || action == .unstated && packets > 7 }
    /// Hours since 1970.
    var hour: Int32 { Int32(start / 3_600) }
}

extension SeenFlow {
    /// The record as a line of the default format, without account and interface.
    var text: String {
        let verdict = action == .reject ? "REJECT" : action == .accept ? "ACCEPT" : "-"
        let flow = "\(source) \(destination) \(sourcePort) \(destinationPort) \(transport)"
        return "\(flow) \(packets) \(bytes) \(start) \(end) \(verdict)"
    }
}

/// A flow between internal addresses, as long as it is not known whether the interface sent it.
struct UndecidedFlow: Sendable {
    let record: SeenFlow
    let interface: Int32
}

/// A record of a batch that is being counted.
struct WaitingFlow: Sendable {
    let record: SeenFlow
    /// The hash of the interface and the peer.
    let hash: UInt64
    let interface: Int32
    var pair: Int32 = -1
    /// The number of its row in the ``VolumeTable``.
    var row: Int32 = -1
    /// Whether the interface is the source's.
    let sends: Bool
    var isExternal = false
    var role = PortTraits.Role.unclear
    var series = FlowSeries.outExternal

    var peer: FlowAddress { sends ? record.destination : record.source }

    @inline(__always)
    init(record: SeenFlow, hash: UInt64, interface: Int32, sends: Bool) {
        self.record = record
        self.hash = hash
        self.interface = interface
        self.sends = sends
    }
}
