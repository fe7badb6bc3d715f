import Basics

/// What "open to the internet" means.
///
/// A source is the internet when it holds more public addresses than one IPv4 block /8, or one IPv6 block /12. These
/// are the largest blocks that IANA hands to a regional registry, so a source of more than one of them is no
/// single organization. Addresses that are not routed in public, 10.0.0.0/8 for example, do not count, and what several
/// rules admit counts together: 0.0.0.0/1 with 128.0.0.0/1 is 0.0.0.0/0.
enum Internet {
    /// The same for people.
    static let judges = """
        A port is open to the internet if the sources of all rules for it together, with prefix lists resolved and \
        configured required entities excluded, contain more public addresses than one IPv4 block /8 or one IPv6 block \
        /12. So 0.0.0.0/1 with 128.0.0.0/1 is open, and 10.0.0.0/8 is not.
        """

    private static let largestIPv4Allocation: UInt128 = 1 << (32 - 8)
    private static let largestIPv6Allocation: UInt128 = 1 << (128 - 12)

    /// Whether who may send from these addresses is the internet.
    static func isAmong(_ addresses: AddressSet) -> Bool {
        // Most sources are too few whatever they are.
        guard exceedsAllocation(addresses) else { return false }
        return exceedsAllocation(addresses.intersection(SpecialAddresses.publicAddresses))
    }

    private static func exceedsAllocation(_ addresses: AddressSet) -> Bool {
        addresses.count(of: .ipv4) > largestIPv4Allocation || addresses.count(of: .ipv6) > largestIPv6Allocation
    }
}
