import CDeflate

/// gzip (RFC 1952) in memory, through libdeflate.
public enum Gzip {
    /// The reason why bytes cannot be decompressed.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The bytes are not gzip, are truncated, or have a wrong checksum.
        case damaged
        /// The content is longer than the given bound.
        case tooLarge(bound: Int)

        public var description: String {
            switch self {
            case .damaged: "not gzip, or damaged"
            case .tooLarge(let bound): "more than \(bound) bytes when decompressed"
            }
        }
    }

    /// - Parameter level: 1, fastest, to 12, smallest.
    public static func compress(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(level) else { preconditionFailure("out of memory") }
        defer { libdeflate_free_compressor(compressor) }
        let bound = libdeflate_gzip_compress_bound(compressor, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = libdeflate_gzip_compress(compressor, bytes, bytes.count, output.baseAddress, bound)
        }
    }

    /// The content of the first gzip member.
    /// - Parameter bound: the longest content that is accepted, in bytes.
    /// - Throws: ``Failure``
    public static func decompress(_ bytes: [UInt8], bound: Int) throws(Failure) -> [UInt8] {
        guard let decompressor = libdeflate_alloc_decompressor() else { preconditionFailure("out of memory") }
        defer { libdeflate_free_decompressor(decompressor) }
        var capacity = min(bound, max(4096, bytes.withUnsafeBytes(statedSize) ?? 0))
        while true {
            var result = LIBDEFLATE_BAD_DATA
            let content = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                result = libdeflate_gzip_decompress(
                    decompressor, bytes, bytes.count, output.baseAddress, capacity, &count)
                if result != LIBDEFLATE_SUCCESS { count = 0 }
            }
            switch result {
            case LIBDEFLATE_SUCCESS: return content
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard capacity < bound else { throw .tooLarge(bound: bound) }
                capacity = min(bound, capacity * 2)
            default: throw .damaged
            }
        }
    }

    /// The content's size according to the trailer, in bytes (modulo 2³²); `nil` if it is impossible. It is only a
    /// hint, because the trailer can be forged.
    static func statedSize(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 18 else { return nil }
        let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // Deflate compresses by a factor of at most about 1032.
        return size <= bytes.count * 1032 ? size : nil
    }
}
