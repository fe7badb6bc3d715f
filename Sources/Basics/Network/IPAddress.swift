/// An IPv4 or IPv6 address.
///
/// Source: RFC 4291, section 2.2 (IPv6 text, without zones), RFC 6943, section 3.1.1 (IPv4 text in its strict form:
/// four decimal numbers without leading zeros, which some read as octal), RFC 5952 (IPv6 output).
public struct IPAddress: Sendable, Hashable, BitwiseCopyable {
    public enum Family: UInt8, Sendable, Hashable, CaseIterable, BitwiseCopyable {
        case ipv4
        case ipv6

        /// Number of bits of an address: 32 or 128.
        @inlinable public var width: Int { self == .ipv4 ? 32 : 128 }

        /// The last address as a number.
        @inlinable public var last: UInt128 { self == .ipv4 ? UInt128(UInt32.max) : .max }
    }

    public let family: Family
    /// The address as a number; below 2^32 for IPv4.
    public let bits: UInt128

    public init(ipv4 bits: UInt32) {
        family = .ipv4
        self.bits = UInt128(bits)
    }

    public init(ipv6 bits: UInt128) {
        family = .ipv6
        self.bits = bits
    }

    /// An address of the low bits of `bits`, as many as the family has.
    public init(_ family: Family, bits: UInt128) {
        self.family = family
        self.bits = bits & family.last
    }

    /// `nil` if the text is not an address. `::ffff:192.0.2.1` is an IPv6 address; see ``unmapped``.
    public init?(_ text: some StringProtocol) {
        guard let address = text.withUTF8Bytes({ IPAddress($0) }) else { return nil }
        self = address
    }

    /// `nil` if the bytes are not the text of an address. Allocates nothing.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        if let bits = Self.ipv4(text, from: 0) {
            self.init(ipv4: bits)
        } else if let bits = Self.ipv6(text) {
            self.init(ipv6: bits)
        } else {
            return nil
        }
    }

    /// The IPv4 address as a number; `nil` for an IPv6 address.
    public var ipv4: UInt32? { family == .ipv4 ? UInt32(truncatingIfNeeded: bits) : nil }

    public var isIPv6: Bool { family == .ipv6 }

    /// Whether it is an IPv6 address of ::ffff:0:0/96, which stands for an IPv4 address (RFC 4291, section 2.5.5.2).
    public var isMapped: Bool { family == .ipv6 && bits >> 32 == 0xFFFF }

    /// The IPv4 address that an IPv4-mapped IPv6 address stands for; any other address unchanged.
    public var unmapped: IPAddress { isMapped ? IPAddress(ipv4: UInt32(truncatingIfNeeded: bits)) : self }
}

extension IPAddress: Comparable {
    /// Sorts IPv4 before IPv6, then by number.
    public static func < (one: IPAddress, other: IPAddress) -> Bool {
        (one.family.rawValue, one.bits) < (other.family.rawValue, other.bits)
    }
}

// MARK: Reading

extension IPAddress {
    /// Parses the IPv4 address that extends from `start` to the end of the text.
    private static func ipv4(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> UInt32? {
        guard 7...15 ~= text.count - start else { return nil }
        var bits: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for index in start..<text.count {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                bits = bits << 8 | part
                (part, digits) = (0, 0)
                dots += 1
            } else {
                let digit = UInt32(byte &- UInt8(ascii: "0"))
                // A number must not begin with a zero that is followed by a digit.
                guard digit < 10, digits == 0 || part > 0 else { return nil }
                part = part * 10 + digit
                guard part < 256 else { return nil }
                digits += 1
            }
        }
        return dots == 3 && digits > 0 ? bits << 8 | part : nil
    }

    private static func ipv6(_ text: UnsafeBufferPointer<UInt8>) -> UInt128? {
        // The longest text ends with an IPv4 address.
        guard 2...45 ~= text.count else { return nil }
        var bits: UInt128 = 0
        var groups = 0
        /// The number of groups before the gap.
        var gap: Int?
        var position = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            position = 2
        }
        while position < text.count {
            guard groups < 8 else { return nil }
            let start = position
            var group: UInt128 = 0
            while position < text.count, let digit = Hexadecimal.value(text[position]) {
                group = group << 4 | UInt128(digit)
                position += 1
                guard position - start <= 4 else { return nil }
            }
            if position < text.count, text[position] == UInt8(ascii: ".") {
                guard groups <= 6, let last = ipv4(text, from: start) else { return nil }
                bits = bits << 32 | UInt128(last)
                groups += 2
                break
            }
            guard position > start else { return nil }
            bits = bits << 16 | group
            groups += 1
            guard position < text.count else { break }
            guard text[position] == UInt8(ascii: ":"), position + 1 < text.count else { return nil }
            position += 1
            if text[position] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups
                position += 1
            }
        }
        guard let gap else { return groups == 8 ? bits : nil }
        guard groups < 8 else { return nil }
        let behind: UInt128 = (1 << UInt128(16 * (groups - gap))) - 1
        return (bits & ~behind) << UInt128(16 * (8 - groups)) | (bits & behind)
    }
}

// MARK: Writing

extension IPAddress: CustomStringConvertible {
    /// The text form of RFC 5952. An IPv4-mapped address has its IPv4 address in decimal, as section 5 recommends.
    public var description: String {
        if let ipv4 { return Self.dotted(ipv4) }
        if isMapped { return "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: bits)) }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        // The first of the longest runs of at least two zeros is replaced by `::`.
        var longest = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(1, longest.count) { longest = start..<end }
            start = end + 1
        }
        func written(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if longest.isEmpty { return written(groups[...]) }
        return written(groups[..<longest.lowerBound]) + "::" + written(groups[longest.upperBound...])
    }

    private static func dotted(_ bits: UInt32) -> String {
        "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
    }
}
