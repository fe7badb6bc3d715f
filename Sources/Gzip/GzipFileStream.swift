import CZlib
internal import Glibc

/// Reads a gzip file that comes in parts, one member after the other, with a constant amount of memory, through zlib.
///
/// Behind a damaged member the next one is looked for, and read.
public final class GzipFileStream {
    private let limits: GzipMemberLimits
    /// zlib remembers where this stands, so it must not move.
    private let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var taken = 0
    private var given = 0
    private enum State {
        case between, inMember, padding, searching
    }
    private var state = State.between
    private var members = 0
    /// What was wrong first.
    private var failure: GzipMemberFailure?
    /// While a member is looked for: the last bytes of what was fed before, with which one may begin.
    private var carried: [UInt8] = []
    /// Bytes that were looked at twice.
    private var repeated = 0

    /// How far before the damage the next member may begin, since damage is often found late; and how much is looked at
    /// twice in all, since somebody may have made the file.
    private static let reach = 64 << 10
    private static let mostRepeated = 2 << 20

    /// - Parameter isBehindMember: a member was read before what is fed.
    public init(limits: GzipMemberLimits = GzipMemberLimits(), isBehindMember: Bool = false) {
        self.limits = limits
        members = isBehindMember ? 1 : 0
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
    /// - Returns: why nothing may be fed any more. What is only damaged is told by ``finish()``.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipMemberFailure? {
        var position = 0
        /// Where the member that is being read begins; -1 where that is before these bytes.
        var begin = -1
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            switch state {
            case .searching:
                guard let found = search(rest, consume) else { return nil }
                position += found.place
                begin = found.isBefore ? -1 : position
            case .between where members > 0 && rest[0] != 0x1F, .padding:
                state = .padding
                guard let garbage = rest.firstIndex(where: { $0 != 0 }) else { return nil }
                position += garbage
                damage(.trailingData)
            case .between:
                inflateReset(zlib)
                begin = position
                state = .inMember
            case .inMember:
                // zlib counts in 32 bits.
                let part = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
                let failure = inflateMember(part, consume)
                let used = part.count - Int(zlib.pointee.avail_in)
                position += used
                if case .bomb? = failure { return failure }
                guard failure != nil || used == 0 else { continue }
                damage(failure ?? .damaged)
                let back = max(begin + 1, position - Self.reach)
                if back < position, repeated + position - back <= Self.mostRepeated {
                    repeated += position - back
                    position = back
                }
            }
        }
        return nil
    }

    /// - Returns: what is wrong with a file that ends here.
    public func finish() -> GzipMemberFailure? {
        if let failure { return failure }
        switch state {
        case .between where members > 0, .padding: return nil
        default: return .cut
        }
    }

    private func damage(_ what: GzipMemberFailure) {
        failure = failure ?? what
        state = .searching
    }

    /// Looks for the next member.
    /// - Returns: where in the bytes reading goes on, and whether the member began before them; nil where there is none.
    private func search(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> (place: Int, isBefore: Bool)? {
        let before = carried
        let seam = before + bytes.prefix(3)
        carried = []
        if let start = seam.withUnsafeBytes(Self.memberBegin), start < before.count {
            beginAnew(consume)
            before[start...].withUnsafeBytes { _ = feed($0, consume) }
            return (0, true)
        }
        if let start = Self.memberBegin(bytes) {
            beginAnew(consume)
            return (start, false)
        }
        carried = Array((before + bytes.suffix(3)).suffix(3))
        return nil
    }

    private func beginAnew(_ consume: (UnsafeRawBufferPointer) -> Void) {
        state = .between
        members = 0
        // What came before ends within a record: this one does not go on with it.
        [UInt8(ascii: "\n")].withUnsafeBytes(consume)
    }

    /// Where a member may begin: with what all begin with, the one method there is, and flags that exist.
    private static func memberBegin(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        var from = 0
        while from + 3 < bytes.count, let place = memchr(start + from, 0x1F, bytes.count - 3 - from) {
            let found = UnsafeRawPointer(place) - start
            if bytes[found + 1] == 0x8B, bytes[found + 2] == 8, bytes[found + 3] & 0xE0 == 0 { return found }
            from = found + 1
        }
        return nil
    }

    private func inflateMember(
        _ part: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipMemberFailure? {
        zlib.pointee.next_in = UnsafeMutablePointer(mutating: part.baseAddress?.assumingMemoryBound(to: Bytef.self))
        zlib.pointee.avail_in = UInt32(part.count)
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
