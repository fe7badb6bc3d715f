internal import CFlowLine

/// Decodes lines of the default format that are as nearly all of them: between two IPv4 addresses, with an action, and
/// nothing lost. All other lines are ``FlowScanner``'s, which knows every form, and so are all where the processor lacks
/// what this takes.
enum UsualFlowLines {
    /// Whether this processor can.
    static let areRead = parapet_flow_lines_are_read()

    /// Decodes as many lines one after the other as there are, and as there is room for. To be called only where
    /// ``areRead``.
    /// - Parameters:
    ///   - at: is left where the next line begins.
    ///   - end: of what may be looked at.
    /// - Returns: how many records were put there.
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
