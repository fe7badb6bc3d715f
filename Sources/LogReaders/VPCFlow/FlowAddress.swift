/// An IPv4 or IPv6 address as a number; IPv4 is kept as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
public struct FlowAddress: Sendable, Hashable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter v4: the four parts, the first one in the highest bits.
    public init(v4: UInt32) { self.init(high: 0, low: 0x0000_FFFF_0000_0000 | UInt64(v4)) }

    public init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { FlowAddress($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// - Returns: nil where the text is no address.
    public init?(_ text: Bytes) {
        if let v4 = Self.parseV4(text) {
            self.init(v4: v4)
        } else if let v6 = Self.parseV6(text) {
            self = v6
        } else {
            return nil
        }
    }

    /// The IPv4 address, where it is one.
    @inlinable public var v4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// What the address space is cut into for "known before": /24 of IPv4, /48 of IPv6.
    public var network: FlowAddress {
        v4.map { FlowAddress(v4: $0 & 0xFFFF_FF00) } ?? FlowAddress(high: high & 0xFFFF_FFFF_FFFF_0000, low: 0)
    }

    /// Whether no packet to it crosses the internet: private, shared, link-local, loopback, multicast and unspecified
    /// (RFC 6890, RFC 4193, RFC 6598).
    @inlinable @inline(__always) public var isInternal: Bool {
        if let v4 {
            return v4 >> 24 == 10 || v4 >> 20 == 0xAC1 || v4 >> 16 == 0xC0A8 || v4 >> 22 == 0x191 || v4 >> 16 == 0xA9FE
                || v4 >> 24 == 127 || v4 >> 28 >= 0xE || v4 == 0
        }
        return high >> 57 == 0x7E || high >> 54 == 0x3FA || high >> 56 == 0xFF || (high == 0 && low <= 1)
    }

    static func parseV4(_ text: Bytes) -> UInt32? {
        guard text.count >= 7, text.count <= 15 else { return nil }
        var value: UInt32 = 0
        var part: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard digits > 0, dots < 3 else { return nil }
                value = value << 8 | part
                part = 0
                digits = 0
                dots += 1
            } else {
                let digit = UInt32(byte &- UInt8(ascii: "0"))
                guard digit < 10, digits < 3 else { return nil }
                part = part * 10 + digit
                guard part < 256 else { return nil }
                digits += 1
            }
        }
        return dots == 3 && digits > 0 ? value << 8 | part : nil
    }

    /// RFC 4291, 2.2, without zones.
    static func parseV6(_ text: Bytes) -> FlowAddress? {
        guard text.count >= 2, text.count <= 45 else { return nil }
        var groups: InlineArray<8, UInt16> = InlineArray(repeating: 0)
        var count = 0
        var gap: Int?
        var at = 0
        if text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            at = 2
        }
        while at < text.count {
            guard count < 8 else { return nil }
            let start = at
            var value = 0
            while at < text.count, let digit = hexadecimal(text[at]) {
                value = value << 4 | digit
                at += 1
                guard at - start <= 4 else { return nil }
            }
            if at < text.count, text[at] == UInt8(ascii: ".") {
                guard count <= 6, let v4 = parseV4(Bytes(rebasing: text[start...])) else { return nil }
                groups[count] = UInt16(v4 >> 16)
                groups[count + 1] = UInt16(v4 & 0xFFFF)
                count += 2
                at = text.count
                break
            }
            guard at > start else { return nil }
            groups[count] = UInt16(value)
            count += 1
            guard at < text.count else { break }
            guard text[at] == UInt8(ascii: ":"), at + 1 < text.count else { return nil }
            at += 1
            if text[at] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = count
                at += 1
            }
        }
        guard gap != nil ? count < 8 : count == 8 else { return nil }
        return assemble(groups, count: count, gap: gap ?? count)
    }

    private static func assemble(_ groups: InlineArray<8, UInt16>, count: Int, gap: Int) -> FlowAddress {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for index in 0..<8 {
            let source = index < gap ? index : index - (8 - count)
            let group = index < gap || source >= gap ? UInt64(groups[source]) : 0
            if index < 4 { high = high << 16 | group } else { low = low << 16 | group }
        }
        return FlowAddress(high: high, low: low)
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x61...0x66: Int(byte) - 0x61 + 10
        case 0x41...0x46: Int(byte) - 0x41 + 10
        default: nil
        }
    }
}

extension FlowAddress: CustomStringConvertible {
    /// As RFC 5952 writes it.
    public var description: String {
        if let v4 { return "\(v4 >> 24).\(v4 >> 16 & 0xFF).\(v4 >> 8 & 0xFF).\(v4 & 0xFF)" }
        let groups = (0..<8).map { (index: Int) -> UInt64 in
            let half = index < 4 ? high : low
            return half >> UInt64(48 - index % 4 * 16) & 0xFFFF
        }
        var best = 0..<0
        var start = 0
        while start < 8 {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(1, best.count) { best = start..<end }
            start = end
        }
        let texts = groups.map { String($0, radix: 16) }
        guard !best.isEmpty else { return texts.joined(separator: ":") }
        return texts[..<best.lowerBound].joined(separator: ":") + "::"
            + texts[best.upperBound...].joined(separator: ":")
    }
}
