/// A block of IPv4 or IPv6 addresses.
struct AddressRange: Hashable, Sendable {
    enum Family: Hashable, Sendable {
        case ipv4
        case ipv6

        /// The bits of an address.
        var width: Int {
            switch self {
            case .ipv4: 32
            case .ipv6: 128
            }
        }
    }

    let family: Family
    /// The first and the last address, as numbers.
    let bounds: ClosedRange<UInt128>

    /// Reads `192.0.2.0/24` or `2001:db8::/32`. Bits behind the prefix do not matter. `nil` for any other text, also for
    /// an address without a prefix length.
    ///
    /// Source: RFC 4632, section 3.1; RFC 4291, sections 2.2 and 2.3.
    init?(cidr text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        if let address = Self.ipv4(halves[0]) {
            self.init(.ipv4, address, prefix: halves[1])
        } else if let address = Self.ipv6(halves[0]) {
            self.init(.ipv6, address, prefix: halves[1])
        } else {
            return nil
        }
    }

    private init?(_ family: Family, _ address: UInt128, prefix: Substring) {
        guard let length = Self.decimal(prefix, maximum: family.width) else { return nil }
        let hosts: UInt128 = length == 0 ? Self.last(family) : (1 << UInt128(family.width - length)) - 1
        self.family = family
        bounds = (address & ~hosts)...(address | hosts)
    }

    private static func last(_ family: Family) -> UInt128 {
        family == .ipv4 ? UInt128(UInt32.max) : .max
    }

    private static func ipv4(_ text: Substring) -> UInt128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt128 = 0
        for part in parts {
            guard let byte = decimal(part, maximum: 255) else { return nil }
            address = address << 8 | UInt128(byte)
        }
        return address
    }

    private static func ipv6(_ text: Substring) -> UInt128? {
        guard let gap = text.firstRange(of: "::") else {
            return groups(text).flatMap { $0.count == 8 ? number($0) : nil }
        }
        guard let before = groups(text[..<gap.lowerBound]), let after = groups(text[gap.upperBound...]),
            before.count + after.count < 8
        else { return nil }
        return number(before + [UInt16](repeating: 0, count: 8 - before.count - after.count) + after)
    }

    /// The groups between single colons, the last of which may be an IPv4 address; none for an empty text.
    private static func groups(_ text: Substring) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var groups: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let address = ipv4(part) {
                groups += [UInt16(address >> 16), UInt16(address & 0xFFFF)]
            } else {
                guard 1...4 ~= part.utf8.count, part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    /// Digits without a leading zero, which some read as octal.
    private static func decimal(_ text: Substring, maximum: Int) -> Int? {
        guard 1...3 ~= text.utf8.count, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            text.utf8.count == 1 || !text.hasPrefix("0"), let number = Int(text), number <= maximum
        else { return nil }
        return number
    }
}
