internal import CDeflate

/// The number of gzip members (RFC 1952, section 2.2) that an object can have.
public enum GzipForm: Sendable, Hashable {
    /// Exactly one, with nothing after it, as in an object that CloudTrail wrote.
    case oneMember
    /// Any number, possibly followed by padding, truncated or damaged, as in files on disks. The content before and
    /// after the damage is still read.
    case members
}

/// Decompresses gzip data that is in memory.
///
/// Content up to ``GzipLimits/wholeUpTo`` goes through libdeflate, which is two to three times as fast as zlib but
/// handles only whole buffers. Larger content, and data that libdeflate rejects, goes through ``GzipStream``. It needs
/// a constant amount of memory, and distinguishes truncated from damaged data.
///
/// The buffer and the decompressor are reused for each object, so keep one reader for each thread.
public final class GzipReader {
    private let form: GzipForm
    private let limits: GzipLimits
    private let decompressor: OpaquePointer
    /// Grows to the largest content that was decompressed whole.
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// The content of an object that was decompressed whole.
    public struct Content {
        /// Valid until the next object is read.
        public var bytes: UnsafeRawBufferPointer
        /// The reason why ``bytes`` is not the whole content; `nil` if it is.
        public var failure: GzipFailure?
    }

    public init(_ form: GzipForm, limits: GzipLimits = GzipLimits()) {
        guard let decompressor = libdeflate_alloc_decompressor() else { preconditionFailure("out of memory") }
        self.decompressor = decompressor
        self.form = form
        self.limits = limits
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        buffer.deallocate()
    }

    /// Decompresses content of any size.
    /// - Parameter consume: receives the content in one piece or in several. If the result is a failure, the content of
    ///   an object with ``GzipForm/oneMember`` must not be trusted.
    public func read(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipFailure? {
        if let content = readWhole(bytes) {
            consume(content.bytes)
            return content.failure
        }
        let stream = GzipStream(form, limits: limits)
        return stream.feed(bytes, consume) ?? stream.finish()
    }

    /// Decompresses content up to ``GzipLimits/wholeUpTo``.
    /// - Returns: `nil` if the content is larger.
    public func readWhole(_ bytes: UnsafeRawBufferPointer) -> Content? {
        // If there are several members, the trailer states only the size of the last one.
        let stated = Gzip.statedSize(of: bytes)
        if let stated, stated > limits.wholeUpTo { return nil }
        guard reserve(min(limits.wholeUpTo, max(4096, stated ?? bytes.count * 4)), keeping: 0) else { return nil }
        var position = 0
        var filled = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            if position > 0 {
                if form == .oneMember { return content(filled, .trailingData) }
                if !GzipStream.isGzip(rest) {
                    return rest.allSatisfy { $0 == 0 }
                        ? content(filled, nil) : salvage(rest, after: filled, isBehindMember: true)
                }
            }
            var consumed = 0
            var written = 0
            let result = libdeflate_gzip_decompress_ex(
                decompressor, rest.baseAddress, rest.count, buffer.baseAddress.map { $0 + filled },
                buffer.count - filled, &consumed, &written)
            switch result {
            case LIBDEFLATE_SUCCESS:
                position += consumed
                filled += written
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard buffer.count < limits.wholeUpTo,
                    reserve(min(limits.wholeUpTo, buffer.count * 2), keeping: filled)
                else { return nil }
            default:
                return salvage(rest, after: filled, isBehindMember: position > 0)
            }
        }
        return content(filled, bytes.isEmpty ? .cut : nil)
    }

    private func content(_ count: Int, _ failure: GzipFailure?) -> Content {
        Content(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]), failure: failure)
    }

    /// Reads members through zlib if the first of them is truncated or damaged, or follows other data.
    private func salvage(
        _ rest: UnsafeRawBufferPointer, after start: Int, isBehindMember: Bool
    ) -> Content? {
        var filled = start
        var fits = true
        let stream = GzipStream(form, limits: limits, isBehindMember: isBehindMember)
        let failure = stream.feed(rest) { piece in
            guard fits, reserve(filled + piece.count, keeping: filled), let base = buffer.baseAddress else {
                fits = false
                return
            }
            (base + filled).copyMemory(from: piece.baseAddress.unsafelyUnwrapped, byteCount: piece.count)
            filled += piece.count
        }
        guard fits else { return nil }
        return content(filled, failure ?? stream.finish())
    }

    /// Makes room for `wanted` bytes, if the limit allows it.
    private func reserve(_ wanted: Int, keeping count: Int) -> Bool {
        if wanted <= buffer.count { return true }
        let size = min(limits.wholeUpTo, max(wanted, buffer.count * 2))
        guard size >= wanted else { return false }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        buffer.deallocate()
        buffer = larger
        return true
    }
}

/// Limits on the decompressed content of an object.
public struct GzipLimits: Sendable, Hashable {
    /// Size in bytes up to which content is decompressed whole. Larger content is decompressed piece by piece, and
    /// ``ratio`` applies to it.
    public var wholeUpTo: Int
    /// Maximum number of content bytes for each compressed byte, beyond ``wholeUpTo``. CloudTrail's log files reach 10
    /// to 30, and one repeated record reaches about 200. Deflate's own limit, which bombs approach, is 1032.
    public var ratio: Int
    /// Maximum content in bytes, whatever the ratio.
    public var total: Int

    public init(wholeUpTo: Int = 128 << 20, ratio: Int = 400, total: Int = 16 << 30) {
        self.wholeUpTo = wholeUpTo
        self.ratio = ratio
        self.total = total
    }
}

/// The reason why bytes are not the expected gzip data.
public enum GzipFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes end within a member.
    case cut
    /// The bytes are not gzip, or have a wrong checksum.
    case damaged
    /// Garbage follows the last member. With ``GzipForm/oneMember``, also padding or a second member.
    case trailingData
    /// The bytes are a decompression bomb. Decompression stopped after that many bytes.
    case bomb(stoppedAfter: Int)

    public var description: String {
        switch self {
        case .cut: "it ends in the middle of the compressed data"
        case .damaged: "it is not compressed as it should be, or damaged"
        case .trailingData: "something was added after the end of the compressed data"
        case .bomb(let size): "it is a decompression bomb (given up after \(size) bytes)"
        }
    }
}
