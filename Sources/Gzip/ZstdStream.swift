import CZstd

/// Decompresses Zstandard data (RFC 8878) that comes in parts, with a bounded amount of memory: any number of frames,
/// with skippable ones between them.
public final class ZstdStream {
    private let limits: GzipLimits
    private let stream: OpaquePointer
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var taken = 0
    private var given = 0
    /// Whether the bytes so far end at the end of a frame.
    private var isBetween = false

    /// The largest window of a frame, as a power of two of bytes: the limit of `zstd` without an option. A larger
    /// window would let the data demand more memory.
    private static let largestWindow: Int32 = 27

    public init(limits: GzipLimits = GzipLimits()) {
        guard let stream = ZSTD_createDStream() else { preconditionFailure("out of memory") }
        self.stream = stream
        self.limits = limits
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.largestWindow)
    }

    deinit {
        ZSTD_freeDStream(stream)
        window.deallocate()
    }

    /// - Parameters:
    ///   - bytes: the bytes that follow those fed before.
    ///   - consume: receives the next pieces of the content.
    /// - Returns: the reason why no more bytes may be fed; `nil` to continue.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipFailure? {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var isFull = false
        while input.pos < input.size || isFull {
            let before = input.pos
            var output = ZSTD_outBuffer(dst: window.baseAddress, size: window.count, pos: 0)
            let rest = ZSTD_decompressStream(stream, &output, &input)
            if ZSTD_isError(rest) != 0 { return .damaged }
            isFull = output.pos == output.size
            isBetween = rest == 0
            taken += input.pos - before
            given += output.pos
            guard given <= limits.wholeUpTo || given <= min(limits.total, taken * limits.ratio) else {
                return .bomb(stoppedAfter: given)
            }
            if output.pos > 0 { consume(UnsafeRawBufferPointer(rebasing: window[..<output.pos])) }
            if input.pos == before, output.pos == 0 { break }
        }
        return nil
    }

    /// - Returns: the failure of data that ends here; `nil` if there is none.
    public func finish() -> GzipFailure? { isBetween ? nil : .cut }
}
