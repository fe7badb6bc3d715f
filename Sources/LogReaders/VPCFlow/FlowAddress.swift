public import Basics

/// An IPv4 or IPv6 address as two words, without a flag for its family: IPv4 is kept as ::ffff:a.b.c.d (RFC 4291,
/// 2.5.5.2). Records of flow logs hold two of them, so that a smaller and faster type than ``IPAddress`` pays off.
public struct FlowAddress: Sendable, Hashable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter v4: the four octets, the first one in the highest bits.
    public init(v4: UInt32) { self.init(high: 0, low: 0x0000_FFFF_0000_0000 | UInt64(v4)) }

    /// An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) becomes the same value as the IPv4 address in it.
    public init(_ address: IPAddress) {
        let bits = address.bits | (address.isIPv6 ? 0 : 0xFFFF_0000_0000)
        self.init(high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
    }

    /// - Returns: `nil` if the text is not an IP address.
    public init?(_ text: some StringProtocol) {
        guard let address = IPAddress(text) else { return nil }
        self.init(address)
    }

    /// - Returns: `nil` if the text is not an IP address.
    public init?(_ text: Bytes) {
        guard let address = IPAddress(text) else { return nil }
        self.init(address)
    }

    /// All 128 bits.
    public var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// The IPv4 address; `nil` for an IPv6 address.
    @inlinable public var v4: UInt32? {
        high == 0 && low >> 32 == 0xFFFF ? UInt32(truncatingIfNeeded: low) : nil
    }

    /// The network that identifies a peer: /24 of IPv4, /48 of IPv6.
    public var network: FlowAddress {
        v4.map { FlowAddress(v4: $0 & 0xFFFF_FF00) } ?? FlowAddress(high: high & 0xFFFF_FFFF_FFFF_0000, low: 0)
    }

    /// Whether packets to the address do not cross the internet: see ``SpecialAddresses/Entry/isInternal``.
    @inlinable @inline(__always) public var isInternal: Bool {
        v4.map { SpecialAddresses.isInternal(ipv4: $0) } ?? SpecialAddresses.isInternal(ipv6: high, low)
    }

    /// The address with its family.
    public var address: IPAddress {
        IPAddress(ipv6: bits).unmapped
    }
}

extension FlowAddress: CustomStringConvertible {
    /// The text form of RFC 5952.
    public var description: String { address.description }
}

extension FlowAddress: Comparable {
    public static func < (left: FlowAddress, right: FlowAddress) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
