import Basics

/// Definition of "open to the internet".
///
/// A source counts as the internet if it contains more public addresses than one IPv4 block /8, or one IPv6 block /12.
/// These are the largest blocks that IANA allocates to a regional registry, so a larger source is not a single
/// organization. Addresses that are not publicly routed, such as 10.0.0.0/8, do not count. The sources of several rules
/// count together: 0.0.0.0/1 with 128.0.0.0/1 is 0.0.0.0/0.
enum Internet {
    /// The definition as checks print it.
    static let judges = """
        A port is open to the internet if the sources of all rules for it together, with prefix lists resolved and \
        configured required entities excluded, contain more public addresses than one IPv4 block /8 or one IPv6 block \
        /12. So 0.0.0.0/1 with 128.0.0.0/1 is open, and 10.0.0.0/8 is not.
        """

    private static let largestIPv4Allocation: UInt128 = 1 << (32 - 8)
    private static let largestIPv6Allocation: UInt128 = 1 << (128 - 12)

    /// Whether these source addresses count as the internet.
    static func isAmong(_ addresses: AddressSet) -> Bool {
        // Fast path: most sources are too small, public or not.
        guard exceedsAllocation(addresses) else { return false }
        return exceedsAllocation(addresses.intersection(SpecialAddresses.publicAddresses))
    }

    private static func exceedsAllocation(_ addresses: AddressSet) -> Bool {
        addresses.count(of: .ipv4) > largestIPv4Allocation || addresses.count(of: .ipv6) > largestIPv6Allocation
    }
}
