#if canImport(Glibc)
    import Glibc
#endif

extension StringProtocol {
    /// Calls `body` with the text's UTF-8. The text is copied only if its storage is not contiguous.
    @inlinable
    public func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        if let result = try utf8.withContiguousStorageIfAvailable(body) { return result }
        return try Array(utf8).withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The offset of the first occurrence of a text of at least one byte; `nil` if there is none.
    public func firstPlace(of text: [UInt8]) -> Int? {
        guard let start = baseAddress, let sign = text.first, count >= text.count else { return nil }
        var place = 0
        while let found = memchr(start + place, Int32(sign), count - text.count + 1 - place) {
            place = UnsafeRawPointer(found) - UnsafeRawPointer(start)
            if memcmp(found, text, text.count) == 0 { return place }
            place += 1
        }
        return nil
    }
}
