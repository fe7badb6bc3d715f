internal import LogReaders

/// What is counted of a record: small, and without slices of the reader's buffer, so that it may be kept.
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

    var isRejected: Bool { action == .reject }
    /// Rejected, or too few packets for anything to have been said.
    var isSmall: Bool { (isRejected ? 1 : 0) | (packets <= 4 ? 1 : 0) != 0 }
    /// Hours since 1970.
    var hour: Int32 { Int32(start / 3_600) }
}

/// A record that is counted together with others.
struct WaitingFlow: Sendable {
    let record: SeenFlow
    /// Of the interface and the peer.
    let hash: UInt64
    let interface: Int32
    var pair: Int32 = -1
    /// The number of the row of volumes.
    var row: Int32 = -1
    /// The interface is the source's.
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
