internal import CFlowLine

/// Decodes lines of the default format in their usual form: between two IPv4 addresses, with an action, and without
/// lost records. ``FlowScanner`` reads every form, and so it reads all other lines, and all lines if the processor
/// lacks AVX2.
enum UsualFlowLines {
    /// Whether this processor has the instructions (AVX2).
    static let areRead = parapet_flow_lines_are_read()

    /// Decodes lines until an unusual one comes, or the room is full. Requires ``areRead``.
    /// - Parameters:
    ///   - at: becomes the beginning of the next line.
    ///   - end: the end of the readable bytes.
    /// - Returns: the number of records that were decoded.
    static func read(
        _ at: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>,
        into records: UnsafeMutableBufferPointer<FlowRecord>
    ) -> Int {
        guard end - at >= PARAPET_FLOW_LINE_REACH else { return 0 }
        return withUnsafeTemporaryAllocation(of: parapet_flow_line.self, capacity: records.count) { flows in
            let count = Int(parapet_read_flow_lines(at, end, flows.baseAddress, UInt32(records.count)))
            for place in 0..<count { records.initializeElement(at: place, to: FlowRecord(flows[place])) }
            if count > 0 { at = flows[count - 1].line + Int(flows[count - 1].length) + 1 }
            return count
        }
    }
}

extension FlowRecord {
    @inline(__always)
    fileprivate init(_ flow: parapet_flow_line) {
        let none = Bytes(start: nil, count: 0)
        let account = flow.line + 2
        let accountLength = Int(flow.account_length)
        self.init(
            line: Bytes(start: flow.line, count: Int(flow.length)),
            account: Bytes(start: account, count: accountLength),
            interface: Bytes(start: account + accountLength + 1, count: Int(flow.interface_length)), region: none,
            source: FlowAddress(v4: flow.source), destination: FlowAddress(v4: flow.destination),
            start: Int(truncatingIfNeeded: flow.start), end: Int(truncatingIfNeeded: flow.end),
            packets: UInt64(flow.packets), bytes: UInt64(flow.bytes),
            sourcePort: UInt16(truncatingIfNeeded: flow.source_port),
            destinationPort: UInt16(truncatingIfNeeded: flow.destination_port), transport: flow.transport, tcpFlags: 0,
            action: flow.is_accepted ? .accept : .reject, status: .ok, direction: .unstated, hasAddresses: true,
            isTransitGateway: false)
    }
}
