// VPC flow logs: nothing may crash, no slice may leave its line. The input: a byte that says whether the columns are stated,
// then the text of a file.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    // Exactly as long as the input, so that a read beyond it is seen.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count - 1)
    defer { copy.deallocate() }
    _ = copy.initialize(from: UnsafeBufferPointer(start: start + 1, count: count - 1))
    let format =
        start[0] & 1 == 1 ? FlowFormat("${srcaddr} ${dstaddr} ${bytes} ${start} ${tcp-flags} ${log-status}") : nil
    var reader = FlowLogReader(format: format)
    reader.beginFile()
    var records = 0
    reader.read(UnsafeBufferPointer(copy)) { record in
        records += 1
        precondition(record.interface.count <= record.line.count && record.account.count <= record.line.count)
        precondition(!record.line.contains(0x0A))
        if record.hasAddresses { precondition(FlowAddress(record.source.description) == record.source) }
    }
    precondition(records == reader.records)
    return 0
}
