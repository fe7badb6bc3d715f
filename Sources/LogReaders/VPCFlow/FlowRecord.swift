/// One flow as a network interface or a transit gateway recorded it. The byte slices are valid only within the call
/// that hands it out.
public struct FlowRecord {
    /// Whether security groups and network ACLs accepted the traffic.
    public enum Action: UInt8, Sendable, Hashable, Codable {
        /// The format has no such field, or the value is `-`. Transit gateways record no action.
        case unstated
        case accept
        case reject
    }

    /// Whether the log is complete for the capture window.
    public enum Status: UInt8, Sendable, Hashable, Codable {
        case ok
        /// There was no traffic.
        case noData
        /// AWS skipped some records because of an internal error or a capacity limit.
        case skipData
    }

    /// Direction of the flow, as seen from the interface.
    public enum Direction: UInt8, Sendable, Hashable, Codable {
        case unstated
        case ingress
        case egress
    }

    /// The record's text, without the end of the line.
    public var line: Bytes
    /// The account that owns the interface; empty if the format has no such field.
    public var account: Bytes
    /// The network interface, the transit gateway attachment, or else the resource, such as a regional NAT gateway.
    public var interface: Bytes
    /// The Region of the interface; empty if the format has no such field.
    public var region: Bytes
    public var source: FlowAddress
    public var destination: FlowAddress
    /// Time at which the first packet of the window was received, in seconds since 1970.
    public var start: Int
    /// Time at which the last packet of the window was received, in seconds since 1970.
    public var end: Int
    public var packets: UInt64
    public var bytes: UInt64
    public var sourcePort: UInt16
    public var destinationPort: UInt16
    /// IANA protocol number: 6 is TCP, 17 UDP, 1 ICMP.
    public var transport: UInt8
    /// The union of the TCP flags seen in the window; 0 if the format has no such field. SYN 2, SYN-ACK 18, FIN 1.
    public var tcpFlags: UInt8
    public var action: Action
    public var status: Status
    public var direction: Direction
    /// Whether the record has both addresses. Records with NODATA or SKIPDATA have none.
    public var hasAddresses: Bool
    /// Whether a transit gateway recorded the flow.
    public var isTransitGateway: Bool

    @inline(__always)
    init(
        line: Bytes, account: Bytes, interface: Bytes, region: Bytes, source: FlowAddress, destination: FlowAddress,
        start: Int, end: Int, packets: UInt64, bytes: UInt64, sourcePort: UInt16, destinationPort: UInt16,
        transport: UInt8, tcpFlags: UInt8, action: Action, status: Status, direction: Direction, hasAddresses: Bool,
        isTransitGateway: Bool
    ) {
        self.line = line
        self.account = account
        self.interface = interface
        self.region = region
        self.source = source
        self.destination = destination
        self.start = start
        self.end = end
        self.packets = packets
        self.bytes = bytes
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.transport = transport
        self.tcpFlags = tcpFlags
        self.action = action
        self.status = status
        self.direction = direction
        self.hasAddresses = hasAddresses
        self.isTransitGateway = isTransitGateway
    }

    /// An empty record.
    public init() {
        let none = Bytes(start: nil, count: 0)
        (line, account, interface, region) = (none, none, none, none)
        source = FlowAddress(high: 0, low: 0)
        destination = source
        (start, end) = (0, 0)
        (packets, bytes) = (0, 0)
        (sourcePort, destinationPort, transport, tcpFlags) = (0, 0, 0, 0)
        (action, status, direction) = (.unstated, .ok, .unstated)
        (hasAddresses, isTransitGateway) = (false, false)
    }
}
