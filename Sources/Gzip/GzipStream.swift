import CZlib
internal import Glibc

/// Decompresses gzip data that comes in parts, with a constant amount of memory, through zlib.
///
/// With ``GzipForm/members``, it searches for the next member after a damaged one, and reads it.
public final class GzipStream {
    private let form: GzipForm
    private let limits: GzipLimits
    /// zlib remembers its address, so it must not move.
    private let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let window = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private var taken = 0
    private var given = 0
    private enum State {
        case between, inMember, padding, searching
    }
    private var state = State.between
    private var members = 0
    /// The first failure.
    private var failure: GzipFailure?
    /// The last bytes of the previous part during the search for a member, because the member may begin with them.
    private var carried: [UInt8] = []
    /// Number of bytes that were read twice.
    private var repeated = 0

    /// Distance in bytes before the detected damage at which the next member can begin. Damage is often detected late.
    private static let reach = 64 << 10
    /// Maximum number of bytes that are read twice, because a crafted file could cause this again and again.
    private static let mostRepeated = 2 << 20

    /// - Parameter isBehindMember: whether a member was read before the first bytes that are fed.
    public init(_ form: GzipForm, limits: GzipLimits = GzipLimits(), isBehindMember: Bool = false) {
        self.form = form
        self.limits = limits
        members = isBehindMember ? 1 : 0
        zlib.initialize(to: z_stream())
        // A window of 15 bits, plus 16 to accept only the gzip format.
        let status = inflateInit2_(zlib, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { preconditionFailure("out of memory") }
    }

    deinit {
        inflateEnd(zlib)
        zlib.deallocate()
        window.deallocate()
    }

    /// Whether the bytes begin with gzip's magic number.
    public static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// - Parameters:
    ///   - bytes: the bytes that follow those fed before.
    ///   - consume: receives the next pieces of the content.
    /// - Returns: the reason why no more bytes may be fed; `nil` to continue. Damage that another member can follow is
    ///   returned by ``finish()``.
    public func feed(
        _ bytes: UnsafeRawBufferPointer, _ consume: (UnsafeRawBufferPointer) -> Void
    ) -> GzipFailure? {
        var position = 0
        /// The offset at which the current member begins; -1 if that is before these bytes.
        var begin = -1
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            switch state {
            case .searching:
                guard let found = search(rest, consume) else { return nil }
                position += found.place
                begin = found.isBefore ? -1 : position
            case .between where members > 0 && form == .oneMember:
                return .trailingData
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
                if form == .oneMember { return failure ?? .damaged }
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

    /// - Returns: the failure of data that ends here; `nil` if there is none.
    public func finish() -> GzipFailure? {
        if let failure { return failure }
        switch state {
        case .between where members > 0, .padding: return nil
        default: return .cut
        }
    }

    private func damage(_ what: GzipFailure) {
        failure = failure ?? what
        state = .searching
    }

    /// Searches for the next member.
    /// - Returns: the offset at which reading goes on, and whether the member began before these bytes; `nil` if there
    ///   is none.
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
        // Separates the records: the content so far may end within a record, which the next member does not continue.
        [UInt8(ascii: "\n")].withUnsafeBytes(consume)
    }

    /// The offset of the first bytes that a member can begin with: the magic number, the only method, and known flags.
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
    ) -> GzipFailure? {
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
