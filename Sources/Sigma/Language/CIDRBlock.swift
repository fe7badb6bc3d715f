/// A block of addresses, IPv4 or IPv6; a single address is a block of its own.
///
/// Source: RFC 4632 (IPv4 blocks), RFC 4291 sections 2.2 and 2.3 (text of IPv6 addresses and prefixes).
public struct CIDRBlock: Sendable, Hashable, BitwiseCopyable {
    let address: IPAddress
    /// How many leading bits count, 0 to 32 or 128.
    let prefixLength: Int

    /// - Returns: `nil` for text that is no block. Bits behind the prefix may be set; they do not count.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var bytes = Array(parts[0].utf8)
        guard let address = bytes.withUnsafeMutableBufferPointer({ IPAddress(UnsafeBufferPointer($0)) }) else {
            return nil
        }
        self.address = address
        guard parts.count == 2 else {
            prefixLength = address.bitCount
            return
        }
        guard parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let length = Int(parts[1]), length <= address.bitCount
        else { return nil }
        prefixLength = length
    }

    func contains(_ other: IPAddress) -> Bool {
        guard other.isIPv6 == address.isIPv6 else { return false }
        let ignored = address.bitCount - prefixLength
        if ignored >= 128 { return true }
        return (address.bits ^ other.bits) >> UInt128(ignored) == 0
    }
}

extension CIDRBlock: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}

/// An address, read from text.
struct IPAddress: Sendable, Hashable, BitwiseCopyable {
    let bits: UInt128
    let isIPv6: Bool

    var bitCount: Int { isIPv6 ? 128 : 32 }

    init?(_ text: UnsafeBufferPointer<UInt8>) {
        // The longest text is an IPv6 address that ends as an IPv4 one.
        guard text.count >= 2, text.count <= 45 else { return nil }
        if text.contains(UInt8(ascii: ":")) {
            guard let bits = Self.ipv6(text) else { return nil }
            self.bits = bits
            isIPv6 = true
        } else {
            guard let bits = Self.ipv4(text[...]) else { return nil }
            self.bits = UInt128(bits)
            isIPv6 = false
        }
    }

    private static func ipv4(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        var bits: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var parts = 1
        for byte in text {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                part = part * 10 + UInt32(byte - 48)
                digits += 1
                guard digits <= 3, part <= 255 else { return nil }
            case UInt8(ascii: "."):
                guard digits > 0, parts < 4 else { return nil }
                bits = bits << 8 | part
                part = 0
                digits = 0
                parts += 1
            default: return nil
            }
        }
        guard parts == 4, digits > 0 else { return nil }
        return bits << 8 | part
    }

    private static func ipv6(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        var before: UInt128 = 0
        var groupsBefore = 0
        var after: UInt128 = 0
        var groupsAfter = 0
        var hasGap = false
        var position = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            hasGap = true
            position = 2
        }
        func add(_ bits: UInt128, groups: Int) {
            if hasGap {
                after = after << UInt128(16 * groups) | bits
                groupsAfter += groups
            } else {
                before = before << UInt128(16 * groups) | bits
                groupsBefore += groups
            }
        }
        while position < text.count {
            var group: UInt128 = 0
            var end = position
            while end < text.count, let digit = hexDigit(text[end]) {
                group = group << 4 | UInt128(digit)
                end += 1
                guard end - position <= 4 else { return nil }
            }
            if end < text.count, text[end] == UInt8(ascii: ".") {
                guard let bits = ipv4(text[position...]) else { return nil }
                add(UInt128(bits), groups: 2)
                position = text.count
                break
            }
            guard end > position else { return nil }
            add(group, groups: 1)
            guard groupsBefore + groupsAfter <= 8 else { return nil }
            position = end
            guard position < text.count else { break }
            guard text[position] == UInt8(ascii: ":") else { return nil }
            position += 1
            guard position < text.count else { return nil }
            if text[position] == UInt8(ascii: ":") {
                guard !hasGap else { return nil }
                hasGap = true
                position += 1
            }
        }
        let groups = groupsBefore + groupsAfter
        guard hasGap ? groups <= 7 : groups == 8 else { return nil }
        let shift = UInt128(16 * (8 - groupsBefore))
        return (shift >= 128 ? 0 : before << shift) | after
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// IPv6 in eight groups, without a gap.
    var description: String {
        let size = isIPv6 ? 16 : 8
        return stride(from: bitCount - size, through: 0, by: -size)
            .map { String(UInt64(truncatingIfNeeded: bits >> UInt128($0)) & (1 << size - 1), radix: isIPv6 ? 16 : 10) }
            .joined(separator: isIPv6 ? ":" : ".")
    }
}
