// One input is one file of access cases. Fuzz/run compiles this file into one module with Sources/IAMPolicy.

/// Reads the bytes as `parapet access evaluate` reads its file, and answers every case.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzAccessCases(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let entries = try? AccessCase.read(bytes) else { return 0 }
    for entry in entries {
        let answer = Array(entry.answerJSON.utf8)
        expect((try? JSONReader.read(answer, limits: answerLimits)) != nil, "an answer that is not JSON: \(entry)")
        guard case .success(let accessCase) = entry.result else { continue }
        let access = accessCase.policies.access(for: accessCase.request)
        expect(access.isCertain == accessCase.decision.isAllowed, "\(accessCase.decision) but \(access)")
    }
    return 0
}

private let answerLimits = JSONLimits(bytes: 1 << 22, significantBytes: 1 << 22, nesting: 8)

/// Says what is wrong in optimized builds too, where `precondition` only stops.
private func expect(_ holds: Bool, _ message: @autoclosure () -> String) {
    if !holds { fatalError(message()) }
}
