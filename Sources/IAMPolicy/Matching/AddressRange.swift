/// An IPv4 or IPv6 address, or a range of them in CIDR notation.
///
/// Source: RFC 4632 and RFC 4291; IAM User Guide, "IAM JSON policy elements: Condition operators", section "IP address
/// condition operators".
struct AddressRange: Sendable, Hashable {
    /// In network order: 4 bytes or 16.
    let bytes: [UInt8]
    let prefixLength: Int

    var isIPv6: Bool { bytes.count == 16 }

    /// `nil` for a text that is no address and no range. A lone address is a range of one.
    init?(_ text: String) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let bytes = halves[0].contains(":") ? Self.ipv6(halves[0]) : Self.ipv4(halves[0]) else { return nil }
        let width = bytes.count * 8
        if halves.count == 2 {
            guard let length = Self.decimal(halves[1], maximum: width) else { return nil }
            prefixLength = length
        } else {
            prefixLength = width
        }
        self.bytes = bytes
    }

    /// Whether every address of the other range is in this one. The bits behind the prefix do not matter.
    func contains(_ other: AddressRange) -> Bool {
        guard bytes.count == other.bytes.count, prefixLength <= other.prefixLength else { return false }
        let whole = prefixLength / 8
        guard bytes[..<whole] == other.bytes[..<whole] else { return false }
        let remaining = prefixLength % 8
        guard remaining > 0 else { return true }
        let mask = ~(UInt8.max >> UInt8(remaining))
        return bytes[whole] & mask == other.bytes[whole] & mask
    }

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { decimal($0, maximum: 255) }
        return numbers.count == 4 ? numbers.map(UInt8.init) : nil
    }

    private static func ipv6(_ text: Substring) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else {
            return groups(text).flatMap { $0.count == 16 ? $0 : nil }
        }
        guard let before = groups(text[..<gap.lowerBound]), let after = groups(text[gap.upperBound...]),
            before.count + after.count < 16
        else { return nil }
        return before + [UInt8](repeating: 0, count: 16 - before.count - after.count) + after
    }

    /// The bytes of colon-separated groups, the last of which may be an IPv4 address.
    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), index == parts.count - 1 {
                guard let address = ipv4(part) else { return nil }
                bytes += address
            } else {
                guard 1...4 ~= part.utf8.count, part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else {
                    return nil
                }
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            }
        }
        return bytes
    }

    private static func decimal(_ text: Substring, maximum: Int) -> Int? {
        guard 1...3 ~= text.utf8.count, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            text.utf8.count == 1 || !text.hasPrefix("0"), let number = Int(text), number <= maximum
        else { return nil }
        return number
    }
}
