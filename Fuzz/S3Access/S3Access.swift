// S3 access logs: nothing may crash, no slice may leave its line, every line is a record or damaged.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // Exactly as long as the input, so that a read beyond it is seen.
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: count)
    defer { copy.deallocate() }
    _ = copy.initialize(from: UnsafeBufferPointer(start: start, count: count))
    let chunk = UnsafeBufferPointer(copy)
    var reader = AccessLogReader()
    reader.read(chunk) { record in
        for field in AccessField.allCases { precondition(record[field].count <= record.line.count) }
        _ = record.time
        _ = record.status
    }
    let lines = chunk.split(separator: 0x0A).count { !($0.isEmpty || ($0.count == 1 && $0.first == 0x0D)) }
    precondition(reader.records + reader.damaged.count == lines)
    return 0
}
