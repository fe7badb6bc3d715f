import CDeflate
import CZlib

/// Reads gzip files as they are found on disks: one member after the other (RFC 1952, section 2.2), with padding behind
/// them, cut or damaged. What stands before the damage is given out all the same.
///
/// The buffer and the decompressor are used again for each file, so keep one of these for each thread.
public final class GzipFileReader {
    private let limits: GzipMemberLimits
    private let decompressor: OpaquePointer
    private var buffer = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    /// What came out of a file that was decompressed whole.
    public struct Content {
        /// Valid until the next file is read.
        public var bytes: UnsafeRawBufferPointer
        /// Why this is not all, or not all that was there is content.
        public var failure: GzipMemberFailure?
    }

    public init(limits: GzipMemberLimits = GzipMemberLimits()) {
        guard let decompressor = libdeflate_alloc_decompressor() else { preconditionFailure("out of memory") }
        self.decompressor = decompressor
        self.limits = limits
    }

    deinit {
        libdeflate_free_decompressor(decompressor)
        buffer.deallocate()
    }

    /// Decompresses a file that lies in memory.
    /// - Returns: `nil` where more comes out than ``GzipMemberLimits/wholeUpTo``: that is a case for ``GzipFileStream``.
    public func read(_ bytes: UnsafeRawBufferPointer) -> Content? {
        // The trailer tells the last member's size only, and may lie.
        let stated = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        // Deflate cannot do better than about 1:1032.
        let expected = stated <= bytes.count * 1032 ? stated : bytes.count * 4
        guard reserve(min(limits.wholeUpTo, max(4096, expected)), keeping: 0) else { return nil }
        var position = 0
        var filled = 0
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            if position > 0, !GzipFileStream.isGzip(rest) {
                return rest.allSatisfy { $0 == 0 }
                    ? content(filled, nil) : salvage(rest, after: filled, isBehindMember: true)
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

    private func content(_ count: Int, _ failure: GzipMemberFailure?) -> Content {
        Content(bytes: UnsafeRawBufferPointer(rebasing: buffer[..<count]), failure: failure)
    }

    /// What zlib can get out of members of which the first is cut or damaged, or has something else before it.
    private func salvage(
        _ rest: UnsafeRawBufferPointer, after start: Int, isBehindMember: Bool
    ) -> Content? {
        var filled = start
        var fits = true
        let stream = GzipFileStream(limits: limits, isBehindMember: isBehindMember)
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

    /// Makes room for so many bytes, where the limit allows.
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
