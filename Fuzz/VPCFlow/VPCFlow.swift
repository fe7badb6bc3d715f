// VPC flow logs: nothing may crash, no slice may leave its line, and what is read of lines does not depend on what follows
// them. The input: a byte that says whether the columns are stated, then the text of a file.

/// What is compared of a record.
private struct Seen: Equatable {
    let line: [UInt8]
    let account: [UInt8]
    let interface: [UInt8]
    let addresses: [FlowAddress]
    let numbers: [UInt64]
    let times: [Int]
    let action: FlowRecord.Action
    let status: FlowRecord.Status

    init(_ record: FlowRecord) {
        line = Array(record.line)
        account = Array(record.account)
        interface = Array(record.interface)
        addresses = record.hasAddresses ? [record.source, record.destination] : []
        numbers = [
            record.packets, record.bytes, UInt64(record.sourcePort), UInt64(record.destinationPort),
            UInt64(record.transport), UInt64(record.tcpFlags),
        ]
        times = [record.start, record.end]
        action = record.action
        status = record.status
    }
}

private func read(_ text: UnsafeBufferPointer<UInt8>, _ format: FlowFormat?) -> [Seen] {
    var reader = FlowLogReader(format: format)
    reader.beginFile()
    var seen: [Seen] = []
    reader.read(text) { record in
        precondition(record.interface.count <= record.line.count && record.account.count <= record.line.count)
        precondition(!record.line.contains(0x0A))
        if record.hasAddresses { precondition(FlowAddress(record.source.description) == record.source) }
        seen.append(Seen(record))
    }
    precondition(seen.count == reader.records)
    return seen
}

private let following = Array(
    String(
        repeating:
            "\n2 123456789010 eni-1235b8ca 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
        count: 4
    ).utf8)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    // Exactly as long as the input, so that a read beyond it is seen.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count - 1)
    defer { copy.deallocate() }
    _ = copy.initialize(from: UnsafeBufferPointer(start: start + 1, count: count - 1))
    let format =
        start[0] & 1 == 1 ? FlowFormat("${srcaddr} ${dstaddr} ${bytes} ${start} ${tcp-flags} ${log-status}") : nil
    let alone = read(UnsafeBufferPointer(copy), format)
    let followed = (Array(copy) + following).withUnsafeBufferPointer { read($0, format) }
    precondition(followed.starts(with: alone))
    return 0
}
