// VPC flow logs: nothing may crash, no slice may leave its line, what follows the text changes nothing of what is read of
// it, and a line of the default format is read alike by itself, which is another way than between others. The input: a byte
// that says whether the columns are stated, then the text of a file.

/// The compared fields of a record.
private struct Seen: Equatable {
    let line: [UInt8]
    let account: [UInt8]
    let interface: [UInt8]
    let addresses: [FlowAddress]
    let numbers: [UInt64]
    let times: [Int]
    let action: FlowRecord.Action
    let status: FlowRecord.Status
    let direction: FlowRecord.Direction
    let region: [UInt8]
    let marks: [Bool]

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
        direction = record.direction
        region = Array(record.region)
        marks = [record.hasAddresses, record.isTransitGateway]
    }
}

private final class Columns {
    var areDefault = true
}

private func read(_ text: UnsafeBufferPointer<UInt8>, _ format: FlowFormat?, isOne: Bool = false) -> [Seen] {
    var reader = FlowLogReader(format: format)
    let columns = Columns()
    reader.formatChanged = { columns.areDefault = $0 == .version2 }
    reader.beginFile()
    var seen: [Seen] = []
    reader.read(text) { record in
        precondition(record.interface.count <= record.line.count && record.account.count <= record.line.count)
        precondition(!record.line.contains(0x0A))
        if record.hasAddresses { precondition(FlowAddress(record.source.description) == record.source) }
        seen.append(Seen(record))
        if columns.areDefault, !isOne { precondition(read(record.line, nil, isOne: true) == [Seen(record)]) }
    }
    precondition(seen.count == reader.records)
    return seen
}

/// Longer than the bytes that are read ahead, and a record only if a header names a single column.
private let following = Array(("\n" + String(repeating: "x", count: 300) + "\n").utf8)

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
