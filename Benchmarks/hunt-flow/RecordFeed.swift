import Analytics
import LogReaders

/// Hands the generator's records to the analytics as a reader would.
struct RecordFeed {
    private let names: [UnsafeBufferPointer<UInt8>]
    private let account: UnsafeBufferPointer<UInt8>

    /// The names live as long as the program: the analytics see them as slices of a buffer.
    init(interfaces: Int) {
        func forever(_ text: String) -> UnsafeBufferPointer<UInt8> {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
            _ = copy.initialize(from: text.utf8)
            return UnsafeBufferPointer(copy)
        }
        names = (0..<interfaces).map { forever(FlowText.name(of: $0)) }
        account = forever(FlowText.account)
    }

    func add(_ flow: Flow, to tally: inout FlowTally) {
        var record = FlowRecord()
        record.account = account
        record.interface = names[Int(flow.interface)]
        record.start = flow.start
        record.end = flow.end
        record.status = flow.kind == .noData ? .noData : flow.kind == .skipData ? .skipData : .ok
        record.hasAddresses = record.status == .ok
        record.action = flow.kind == .reject ? .reject : .accept
        record.source = FlowWorld.address(flow.source, isIPv6: flow.isIPv6)
        record.destination = FlowWorld.address(flow.destination, isIPv6: flow.isIPv6)
        (record.sourcePort, record.destinationPort) = (flow.sourcePort, flow.destinationPort)
        record.transport = flow.transport
        (record.packets, record.bytes) = (UInt64(flow.packets), flow.bytes)
        tally.add(record)
    }
}
