/// A block of addresses in CIDR notation: `192.0.2.0/24`, `2001:db8::/32`.
///
/// Source: RFC 4632, section 3.1; RFC 4291, section 2.3. The length is a decimal number without leading zeros.
public struct CIDR: Sendable, Hashable, BitwiseCopyable {
    /// The address as written. Bits after the prefix may be set.
    public let address: IPAddress
    /// The number of leading bits that all addresses of the block share: 0 to 32, or 0 to 128.
    public let prefixLength: Int

    /// `nil` if the address family does not have that length.
    public init?(_ address: IPAddress, prefixLength: Int) {
        guard 0...address.family.width ~= prefixLength else { return nil }
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The block that has only this address.
    public init(_ address: IPAddress) {
        self.address = address
        prefixLength = address.family.width
    }

    /// `nil` if the text is not a block.
    ///
    /// - Parameters:
    ///   - allowingAddress: whether an address without a length is read as a block of one address.
    ///   - allowingHostBits: whether bits after the prefix may be set.
    public init?(_ text: some StringProtocol, allowingAddress: Bool = true, allowingHostBits: Bool = true) {
        let block = text.withUTF8Bytes { CIDR($0, allowingAddress: allowingAddress) }
        guard let block, allowingHostBits || block.network.address == block.address else { return nil }
        self = block
    }

    /// Same as the initializer above, but allocates nothing, and bits after the prefix may be set.
    public init?(_ text: UnsafeBufferPointer<UInt8>, allowingAddress: Bool = true) {
        guard let slash = text.lastIndex(of: UInt8(ascii: "/")) else {
            guard allowingAddress, let address = IPAddress(text) else { return nil }
            self.init(address)
            return
        }
        let digits = text[(slash + 1)...]
        guard let address = IPAddress(UnsafeBufferPointer(rebasing: text[..<slash])), 1...3 ~= digits.count,
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        var length = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            length = length * 10 + Int(digit)
        }
        self.init(address, prefixLength: length)
    }

    private var hostMask: UInt128 {
        let count = address.family.width - prefixLength
        return count == 128 ? .max : (1 << UInt128(count)) - 1
    }

    /// The block with all bits after its prefix cleared.
    public var network: CIDR {
        CIDR(masked: IPAddress(address.family, bits: address.bits & ~hostMask), prefixLength)
    }

    private init(masked address: IPAddress, _ prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The first and last address, as numbers.
    public var bounds: ClosedRange<UInt128> { (address.bits & ~hostMask)...(address.bits | hostMask) }

    /// Whether the address is in the block. An IPv6 block contains no IPv4 address; see ``IPAddress/unmapped``.
    public func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && (address.bits ^ other.bits) & ~hostMask == 0
    }

    /// Whether every address of the other block is in this one.
    public func contains(_ other: CIDR) -> Bool { prefixLength <= other.prefixLength && contains(other.address) }
}

extension CIDR: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }

    /// A block that is a constant in the source code. The program stops if the text is not a block: read input with
    /// ``init(_:allowingAddress:allowingHostBits:)`` instead.
    public init(constant text: StaticString) {
        guard let block = CIDR("\(text)", allowingAddress: false, allowingHostBits: false) else {
            preconditionFailure("\(text) is no CIDR block")
        }
        self = block
    }
}
