internal import CFlowLine

/// Decodes a line of the default format that is as nearly all of them are: between two IPv4 addresses, with an action, and
/// nothing lost. All other lines are ``FlowScanner``'s, which knows every form, and so are all where the processor lacks
/// what this takes.
enum UsualFlowLine {
    /// In bytes from the start of a line: so far it may be looked at, whatever stands there.
    static let reach = Int(PARAPET_FLOW_LINE_REACH)

    /// Whether this processor can.
    static let areRead = parapet_flow_lines_are_read()

    /// To be called only where ``areRead``. Hands out the record, made in place: to copy what was just written field by
    /// field takes as long as to read it.
    /// - Parameter start: at least ``reach`` bytes may be read from here.
    /// - Returns: where the newline stands; nil where it is another line.
    @inline(__always)
    static func read(
        _ start: UnsafePointer<UInt8>, _ body: (FlowRecord) throws -> Void
    ) rethrows -> UnsafePointer<UInt8>? {
        var flow = parapet_flow_line()
        let length = Int(parapet_read_flow_line(start, &flow))
        guard length > 0 else { return nil }
        let none = Bytes(start: nil, count: 0)
        let account = start + 2
        let accountLength = Int(flow.account_length)
        let record = FlowRecord(
            line: Bytes(start: start, count: length), account: Bytes(start: account, count: accountLength),
            interface: Bytes(start: account + accountLength + 1, count: Int(flow.interface_length)), region: none,
            source: FlowAddress(v4: flow.source), destination: FlowAddress(v4: flow.destination),
            start: Int(truncatingIfNeeded: flow.start), end: Int(truncatingIfNeeded: flow.end),
            packets: UInt64(flow.packets), bytes: UInt64(flow.bytes),
            sourcePort: UInt16(truncatingIfNeeded: flow.source_port),
            destinationPort: UInt16(truncatingIfNeeded: flow.destination_port), transport: flow.transport, tcpFlags: 0,
            action: flow.is_accepted ? .accept : .reject, status: .ok, direction: .unstated, hasAddresses: true,
            isTransitGateway: false)
        try body(record)
        return start + length
    }
}
