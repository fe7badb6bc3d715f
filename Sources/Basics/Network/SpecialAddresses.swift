/// The blocks of addresses that are reserved, or not only for hosts on the internet.
public enum SpecialAddresses {
    public struct Entry: Sendable, Hashable {
        public let block: CIDR
        public let name: String
        /// The registry's column "Globally Reachable"; `nil` for "N/A".
        public let isGloballyReachable: Bool?
        /// Whether packets to the block never cross the internet: private, shared, link-local, loopback, multicast,
        /// unspecified, and reserved. Blocks for documentation and benchmarks are not internal: a packet to them is a
        /// fault, not local traffic.
        public let isInternal: Bool

        init(_ block: StaticString, _ name: String, reachable: Bool?, isInternal: Bool = false) {
            self.block = CIDR(constant: block)
            self.name = name
            isGloballyReachable = reachable
            self.isInternal = isInternal
        }
    }

    /// Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), as of October 2025. Multicast has
    /// registries of its own (RFC 5771; RFC 4291, section 2.7).
    public static let all: [Entry] = [
        Entry("0.0.0.0/8", "this network", reachable: false),
        Entry("0.0.0.0/32", "this host on this network", reachable: false, isInternal: true),
        Entry("10.0.0.0/8", "private use", reachable: false, isInternal: true),
        Entry("100.64.0.0/10", "shared address space", reachable: false, isInternal: true),
        Entry("127.0.0.0/8", "loopback", reachable: false, isInternal: true),
        Entry("169.254.0.0/16", "link-local", reachable: false, isInternal: true),
        Entry("172.16.0.0/12", "private use", reachable: false, isInternal: true),
        Entry("192.0.0.0/24", "IETF protocol assignments", reachable: false),
        Entry("192.0.0.9/32", "port control protocol anycast", reachable: true),
        Entry("192.0.0.10/32", "TURN anycast", reachable: true),
        Entry("192.0.2.0/24", "documentation", reachable: false),
        Entry("192.31.196.0/24", "AS112-v4", reachable: true),
        Entry("192.52.193.0/24", "AMT", reachable: true),
        Entry("192.88.99.0/24", "deprecated (6to4 relay anycast)", reachable: nil),
        Entry("192.168.0.0/16", "private use", reachable: false, isInternal: true),
        Entry("192.175.48.0/24", "AS112 direct delegation", reachable: true),
        Entry("198.18.0.0/15", "benchmarking", reachable: false),
        Entry("198.51.100.0/24", "documentation", reachable: false),
        Entry("203.0.113.0/24", "documentation", reachable: false),
        Entry("224.0.0.0/4", "multicast", reachable: false, isInternal: true),
        Entry("240.0.0.0/4", "reserved, and limited broadcast", reachable: false, isInternal: true),

        Entry("::/128", "unspecified", reachable: false, isInternal: true),
        Entry("::1/128", "loopback", reachable: false, isInternal: true),
        Entry("::ffff:0:0/96", "IPv4-mapped", reachable: false),
        Entry("64:ff9b::/96", "IPv4-IPv6 translation", reachable: true),
        Entry("64:ff9b:1::/48", "local IPv4-IPv6 translation", reachable: false),
        Entry("100::/64", "discard only", reachable: false),
        Entry("100:0:0:1::/64", "dummy prefix", reachable: false),
        Entry("2001::/23", "IETF protocol assignments", reachable: false),
        Entry("2001::/32", "Teredo", reachable: nil),
        Entry("2001:1::1/128", "port control protocol anycast", reachable: true),
        Entry("2001:1::2/128", "TURN anycast", reachable: true),
        Entry("2001:1::3/128", "DNS-SD service registration anycast", reachable: true),
        Entry("2001:3::/32", "AMT", reachable: true),
        Entry("2001:4:112::/48", "AS112-v6", reachable: true),
        Entry("2001:10::/28", "deprecated (ORCHID)", reachable: nil),
        Entry("2001:20::/28", "ORCHIDv2", reachable: true),
        Entry("2001:30::/28", "drone remote ID", reachable: true),
        Entry("2001:db8::/32", "documentation", reachable: false),
        Entry("2002::/16", "6to4", reachable: nil),
        Entry("2620:4f:8000::/48", "AS112 direct delegation", reachable: true),
        Entry("3fff::/20", "documentation", reachable: false),
        Entry("5f00::/16", "segment routing identifiers", reachable: false),
        Entry("fc00::/7", "unique local", reachable: false, isInternal: true),
        Entry("fe80::/10", "link-local unicast", reachable: false, isInternal: true),
        Entry("ff00::/8", "multicast", reachable: false, isInternal: true),
    ]

    /// The most specific entry that contains the address.
    public static func entry(of address: IPAddress) -> Entry? {
        all.filter { $0.block.contains(address) }.max { $0.block.prefixLength < $1.block.prefixLength }
    }

    /// The addresses that hosts on the internet can have: all of IPv4, and 2000::/3 of IPv6, without the entries that
    /// are not globally reachable. IANA has allocated IPv6 blocks only from 2000::/3. An entry whose reachability is
    /// "N/A" counts as public: 6to4 and Teredo addresses belong to hosts on the internet.
    public static let publicAddresses: AddressSet = {
        let byLength = all.sorted { $0.block.prefixLength < $1.block.prefixLength }
        return byLength.reduce(AddressSet(constants: "0.0.0.0/0", "2000::/3")) { set, entry in
            let block = AddressSet(entry.block)
            return entry.isGloballyReachable == false ? set.subtracting(block) : set.union(block)
        }
    }()

    // MARK: The internal entries, as bit tests for each record of a flow log. A test compares them with the table.

    @inlinable @inline(__always)
    public static func isInternal(ipv4 bits: UInt32) -> Bool {
        bits >> 24 == 10 || bits >> 20 == 0xAC1 || bits >> 16 == 0xC0A8 || bits >> 22 == 0x191 || bits >> 16 == 0xA9FE
            || bits >> 24 == 127 || bits >> 28 >= 0xE || bits == 0
    }

    /// - Parameters:
    ///   - high: the first 64 bits.
    ///   - low: the last 64 bits.
    @inlinable @inline(__always)
    public static func isInternal(ipv6 high: UInt64, _ low: UInt64) -> Bool {
        high >> 57 == 0x7E || high >> 54 == 0x3FA || high >> 56 == 0xFF || (high == 0 && low <= 1)
    }
}

extension IPAddress {
    /// Whether a host on the internet can have the address: see ``SpecialAddresses/publicAddresses``.
    public var isPublic: Bool { SpecialAddresses.publicAddresses.contains(self) }

    /// Whether packets to the address never cross the internet: see ``SpecialAddresses/Entry/isInternal``.
    public var isInternal: Bool {
        ipv4.map { SpecialAddresses.isInternal(ipv4: $0) }
            ?? SpecialAddresses.isInternal(
                ipv6: UInt64(truncatingIfNeeded: bits >> 64), UInt64(truncatingIfNeeded: bits))
    }
}
