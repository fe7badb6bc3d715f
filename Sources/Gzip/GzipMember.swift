import CDeflate

/// Reads one gzip member after the other (RFC 1952), each of which must be all that its object holds. The buffer and
/// the decompressor are used again for each, so keep one of these for each thread.
///
/// Content up to a bound is decompressed whole by libdeflate, which is about three times as fast as zlib but knows
/// whole buffers only. What is larger, and what libdeflate refuses, goes through zlib piece by piece: it needs a
/// constant amount of memory and can tell a cut member from a damaged one.
public final class GzipMemberReader {
    private let limits: GzipMemberLimits
    private let decompressor: OpaquePointer
    /// Grows to the largest content that was decompressed whole.
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    public init(limits: GzipMemberLimits = GzipMemberLimits()) {
        guard let decompressor = libdeflate_alloc_decompressor() else { preconditionFailure("out of memory") }
        self.decompressor = decompressor
        self.limits = limits
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        buffer.deallocate()
    }

    /// - Parameter consume: is given the content, in one piece or in several; what it was given means nothing where
    ///   this throws.
    /// - Throws: ``GzipMemberFailure``
    public func read(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(GzipMemberFailure) {
        if let content = decompressWhole(bytes) {
            consume(content)
            return
        }
        let stream = GzipMemberStream(limits: limits)
        try stream.feed(bytes, consume)
        try stream.finish()
    }

    /// `nil` where the member is too large for the buffer, or anything is wrong with it.
    private func decompressWhole(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard let size = Self.statedSize(of: bytes), size <= limits.wholeUpTo else { return nil }
        if buffer.count < size {
            buffer.deallocate()
            buffer = .allocate(byteCount: size, alignment: 64)
        }
        var consumed = 0
        var written = 0
        let result = libdeflate_gzip_decompress_ex(
            decompressor, bytes.baseAddress, bytes.count, buffer.baseAddress, size, &consumed, &written)
        guard result == LIBDEFLATE_SUCCESS, consumed == bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: buffer[..<written])
    }

    /// What the trailer says of the content's length (modulo 2³²); `nil` where it cannot be true.
    private static func statedSize(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 18 else { return nil }
        let size = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // Deflate cannot do better than about 1:1032.
        return size <= bytes.count * 1032 ? size : nil
    }
}

/// How much may come out of a member.
public struct GzipMemberLimits: Sendable, Hashable {
    /// In bytes. Larger content is decompressed piece by piece, and ``ratio`` holds for it.
    public var wholeUpTo: Int
    /// The most bytes of content for each compressed byte, beyond ``wholeUpTo``. CloudTrail's log files reach 10 to
    /// 30, the same record over and over about 200; deflate's own limit, which bombs are near, is 1032.
    public var ratio: Int
    /// In bytes: more is refused whatever the ratio.
    public var total: Int

    public init(wholeUpTo: Int = 128 << 20, ratio: Int = 400, total: Int = 16 << 30) {
        self.wholeUpTo = wholeUpTo
        self.ratio = ratio
        self.total = total
    }
}

/// Why bytes are not one whole gzip member.
public enum GzipMemberFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes end before the member does.
    case cut
    /// Not gzip, or with a wrong checksum.
    case damaged
    /// Something stands after the member: garbage, padding, or a second member.
    case trailingData
    /// So much comes out that it can only be meant to exhaust the reader; decompression stopped after that many bytes.
    case bomb(stoppedAfter: Int)

    public var description: String {
        switch self {
        case .cut: "it ends in the middle of the gzip data"
        case .damaged: "it is not gzip, or damaged"
        case .trailingData: "something was added after the end of the gzip data"
        case .bomb(let size): "it is a decompression bomb (given up after \(size) bytes)"
        }
    }
}
