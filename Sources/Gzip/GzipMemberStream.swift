import CZlib

/// Reads one gzip member that comes in parts, with a constant amount of memory, through zlib.
public final class GzipMemberStream {
    private let limits: GzipMemberLimits
    /// zlib remembers where this stands, so it must not move.
    private let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var taken = 0
    private var given = 0
    private var hasEnded = false

    public init(limits: GzipMemberLimits = GzipMemberLimits()) {
        self.limits = limits
        zlib.initialize(to: z_stream())
        // 15 bits of window, and 16 to admit the gzip format alone.
        let status = inflateInit2_(zlib, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { preconditionFailure("out of memory") }
    }

    deinit {
        inflateEnd(zlib)
        zlib.deallocate()
        window.deallocate()
    }

    /// - Parameters:
    ///   - bytes: what follows the bytes fed before.
    ///   - consume: is given the next pieces of the content.
    /// - Throws: ``GzipMemberFailure``, after which nothing may be fed any more.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(GzipMemberFailure) {
        // zlib counts in 32 bits.
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(1 << 30)
            try feedPart(UnsafeRawBufferPointer(rebasing: part), consume)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        }
    }

    /// - Throws: ``GzipMemberFailure/cut`` where the member goes on.
    public func finish() throws(GzipMemberFailure) {
        guard hasEnded else { throw .cut }
    }

    private func feedPart(
        _ part: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) throws(GzipMemberFailure) {
        guard !hasEnded else { throw .trailingData }
        zlib.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress?.assumingMemoryBound(to: Bytef.self))
        zlib.pointee.avail_in = UInt32(part.count)
        taken += part.count
        repeat {
            zlib.pointee.next_out = window.baseAddress?.assumingMemoryBound(to: Bytef.self)
            zlib.pointee.avail_out = UInt32(window.count)
            let status = inflate(zlib, Z_NO_FLUSH)
            let count = window.count - Int(zlib.pointee.avail_out)
            if count > 0 {
                given += count
                guard given <= limits.wholeUpTo || given <= min(limits.total, taken * limits.ratio) else {
                    throw .bomb(stoppedAfter: given)
                }
                consume(UnsafeRawBufferPointer(rebasing: window[..<count]))
            }
            switch status {
            case Z_STREAM_END:
                hasEnded = true
                guard zlib.pointee.avail_in == 0 else { throw .trailingData }
                return
            // No progress without more input.
            case Z_BUF_ERROR: return
            case Z_OK: continue
            default: throw .damaged
            }
        } while zlib.pointee.avail_in > 0 || zlib.pointee.avail_out == 0
    }
}
