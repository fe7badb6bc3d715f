import CZlib

/// Reads a gzip file that comes in parts, one member after the other, with a constant amount of memory, through zlib.
public final class GzipFileStream {
    private let limits: GzipMemberLimits
    /// zlib remembers where this stands, so it must not move.
    private let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var taken = 0
    private var given = 0
    private enum State {
        case between, inMember, padding, failed
    }
    private var state = State.between
    private var members = 0

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

    /// Whether the bytes begin as gzip does.
    public static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// - Parameters:
    ///   - bytes: what follows the bytes fed before.
    ///   - consume: is given the next pieces of the content.
    /// - Returns: what is wrong; nothing may be fed any more then.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipMemberFailure? {
        var rest = bytes
        while !rest.isEmpty {
            if state == .between, members > 0, rest[rest.startIndex] != 0x1F { state = .padding }
            if state == .padding {
                guard rest.allSatisfy({ $0 == 0 }) else { return fail(.trailingData) }
                return nil
            }
            if state == .between {
                if members > 0 { inflateReset(zlib) }
                state = .inMember
            }
            // zlib counts in 32 bits.
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            zlib.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress?.assumingMemoryBound(to: Bytef.self))
            zlib.pointee.avail_in = UInt32(part.count)
            let failure = inflateMember(consume)
            let used = part.count - Int(zlib.pointee.avail_in)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(used))
            if let failure { return fail(failure) }
            if used == 0 { return fail(.damaged) }
        }
        return nil
    }

    /// - Returns: what is wrong with a file that ends here.
    public func finish() -> GzipMemberFailure? {
        switch state {
        case .between where members > 0, .padding: nil
        case .failed: nil
        default: .cut
        }
    }

    private func fail(_ failure: GzipMemberFailure) -> GzipMemberFailure {
        state = .failed
        return failure
    }

    private func inflateMember(_ consume: (UnsafeRawBufferPointer) -> Void) -> GzipMemberFailure? {
        repeat {
            zlib.pointee.next_out = window.baseAddress?.assumingMemoryBound(to: Bytef.self)
            zlib.pointee.avail_out = UInt32(window.count)
            let before = zlib.pointee.avail_in
            let status = inflate(zlib, Z_NO_FLUSH)
            taken += Int(before - zlib.pointee.avail_in)
            let count = window.count - Int(zlib.pointee.avail_out)
            if count > 0 {
                given += count
                guard given <= limits.wholeUpTo || given <= min(limits.total, taken * limits.ratio) else {
                    return .bomb(stoppedAfter: given)
                }
                consume(UnsafeRawBufferPointer(rebasing: window[..<count]))
            }
            switch status {
            case Z_STREAM_END:
                members += 1
                state = .between
                return nil
            // No progress without more input.
            case Z_BUF_ERROR: return nil
            case Z_OK: continue
            default: return .damaged
            }
        } while zlib.pointee.avail_in > 0 || zlib.pointee.avail_out == 0
        return nil
    }
}
