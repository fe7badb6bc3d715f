internal import CDeflate

/// How many gzip members (RFC 1952, section 2.2) an object may have.
public enum GzipForm: Sendable, Hashable {
    /// Exactly one, and nothing behind it: an object that CloudTrail wrote.
    case oneMember
    /// Any number, with padding behind them, cut or damaged, as files are found on disks. The content before and behind
    /// the damage is still read.
    case members
}

/// Decompresses gzip data that lies in memory.
///
/// Content up to ``GzipLimits/wholeUpTo`` goes through libdeflate, which is two to three times as fast as zlib but knows only
/// whole buffers. Larger content, and whatever libdeflate rejects, goes through ``GzipStream``, which needs a constant amount
/// of memory and can tell cut data from damaged data.
///
/// The buffer and the decompressor are used again for each object: keep one reader for each thread.
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
        /// Why ``bytes`` is not all of the content; `nil` if it is.
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
    /// - Parameter consume: receives the content in one piece or in several. If the result is a failure, an object of one
    ///   member has no content that can be trusted.
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
        // Of several members the trailer states only the last one's size.
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

    /// Reads through zlib members of which the first is cut or damaged, or has something else before it.
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

    /// Makes room for `wanted` bytes, if the limit allows.
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

/// How much may come out of an object.
public struct GzipLimits: Sendable, Hashable {
    /// In bytes. Larger content is decompressed piece by piece, and ``ratio`` holds for it.
    public var wholeUpTo: Int
    /// The most bytes of content for each compressed byte, beyond ``wholeUpTo``. CloudTrail's log files reach 10 to
    /// 30, one record repeated about 200; deflate's own limit, which bombs come near, is 1032.
    public var ratio: Int
    /// In bytes: more is rejected whatever the ratio.
    public var total: Int

    public init(wholeUpTo: Int = 128 << 20, ratio: Int = 400, total: Int = 16 << 30) {
        self.wholeUpTo = wholeUpTo
        self.ratio = ratio
        self.total = total
    }
}

/// Why bytes are not the gzip data that they should be.
public enum GzipFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes end before a member does.
    case cut
    /// Not gzip, or with a wrong checksum.
    case damaged
    /// Garbage behind the last member; of an object of one member also padding, or a second member.
    case trailingData
    /// A decompression bomb; decompression stopped after that many bytes.
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
