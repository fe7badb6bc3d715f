internal import Basics
public import LogReaders

/// The settings of the analytics on flow logs. With the defaults, there is less than one false alert a day for 200
/// network interfaces (`Benchmarks/hunt-flow/run` prints what they find and what they miss).
public struct FlowSettings: Sendable, Hashable {
    /// A range of addresses that belongs to the customer, although it is not private.
    public struct Network: Sendable, Hashable {
        public var address: FlowAddress
        /// The length in bits, out of 128 also for IPv4: IPv4's own prefix length plus 96.
        public var prefix: Int

        public init(address: FlowAddress, prefix: Int) {
            self.address = address
            self.prefix = prefix
        }

        /// - Parameter text: `203.0.113.0/24`, `2001:db8::/32`, or a single address. Any other text gives `nil`.
        public init?(_ text: some StringProtocol) {
            guard let block = CIDR(text) else { return nil }
            // A flow's address has 128 bits: an IPv4 address is preceded by 96.
            let before = block.address.isIPv6 ? 0 : 96
            self.init(address: FlowAddress(block.address), prefix: block.prefixLength + before)
        }

        func contains(_ other: FlowAddress) -> Bool { (address.bits ^ other.bits) >> UInt128(128 - prefix) == 0 }
    }

    /// The customer's own ranges, in addition to the private ones.
    public var ownNetworks: [Network] = []
    /// Addresses that are allowed to scan: your own vulnerability scanner, a load balancer's health checks.
    public var expectedScanners: Set<FlowAddress> = []
    /// TCP and UDP ports that should not be reachable from external addresses, with their services.
    public var exposedPorts: [UInt16: String] = ServicePorts.exposed

    /// The hours of history that a series needs before it is evaluated.
    public var learningHours = 24
    /// The score, in robust standard deviations, above which two of three five-minute bins are unusual.
    public var binScore = 4.5
    /// The score above which a single five-minute bin is unusual.
    public var extremeScore = 7.0
    /// The score above which an hour is unusual.
    public var hourScore = 4.5
    /// The search for slow leaks, a CUSUM over hourly scores: the amount subtracted each hour, the sum that raises an
    /// alert, and the multiple of the series members' usual drift that is subtracted in addition.
    public var slowAllowance = 0.8
    public var slowScore = 6.5
    public var slowDrift = 0.6
    /// The fewest bytes above the expectation with which a bin, an hour or a slow leak raises an alert.
    public var binFloor = 20_000_000.0
    public var hourFloor = 40_000_000.0
    public var slowFloor = 100_000_000.0
    /// The fewest flows to external peers above the expectation with which an hour raises an alert.
    public var flowFloor = 3_000.0
    /// The number of accepted flows to one new external peer or port that raises an alert, and the most bytes per flow.
    public var smallFlows = 5_000
    public var smallFlowBytes = 1_000.0
    /// The number of flows to a new, unusual external port that raises an alert, and the seconds over which they must
    /// last.
    public var lastingFlows = 10
    public var lastingSeconds = 7_200
    /// The factor for ``lastingSeconds`` at ports 8080 and 8443, which many services use.
    public var lastingAtAlternatePorts = 3
    /// The score and the number of rejected flows above which a burst is unusual.
    public var rejectedScore = 6.0
    public var rejectedFloor = 200.0

    /// The fewest bytes to one external peer within an hour that raise an alert. All amounts below are without the
    /// interface's daily shape (``DailyShape``).
    public var peerFloor = 50_000_000.0
    /// The ratios of an hour's bytes to one peer that raise an alert in two hours of three: to the usual bytes to the
    /// interface's top peer, and to the most that this peer ever received. The third ratio replaces the first for a
    /// single hour.
    public var peerShare = 1.5
    public var peerGrowth = 2.5
    public var peerExtreme = 4.0
    /// The same limits in robust standard deviations of the bytes to the top peer.
    public var peerScore = 1.8
    public var peerExtremeScore = 5.0
    /// The limits for a level that lasts for six hours: the ratio to the usual level, the ratio to the highest level of
    /// this peer, and the score.
    public var lastingShare = 1.5
    public var lastingGrowth = 2.0
    public var lastingScore = 2.0
    /// The ratio of a new peer's bytes over all hours to the interface's median hour that raises an alert.
    public var newPeerHours = 4.0

    /// The number of new peers that together raise an alert, although each receives little; their bytes; and the ratio
    /// to what the interface usually sends in as many hours.
    public var sharingPeers = 20
    public var sharedFloor = 40_000_000.0
    public var sharedGrowth = 2.0

    /// The number of distinct ports of one host that is a scan, and the number of distinct hosts at one port that is a
    /// sweep.
    public var scannedPorts = 25
    public var sweptHosts = 25
    /// The number of remote login attempts within an hour that raises an alert.
    public var loginAttempts = 30
    /// The most packets in one direction of a failed login attempt.
    public var shortLoginPackets: UInt64 = 30
    /// The number of rejected flows from a source before an accepted one that raises an alert.
    public var rejectedBeforeAccepted = 10
    /// The number of hours without records from a usually active interface that raises an alert.
    public var silentHours = 3

    /// The number of pairs of an interface and a peer that one tally remembers: about 130 bytes each.
    public var rememberedPairs = 500_000
    /// The number of hours that one tally remembers for all interfaces and their series: about 350 bytes each. Beyond
    /// that, the interfaces with the lowest volumes are not evaluated.
    public var rememberedHours = 1_000_000
    /// The number of hours of pairs that one tally remembers: 32 bytes each while they are added up. Beyond that,
    /// hourly amounts of single peers are lower bounds, and may depend on the order of the records.
    public var rememberedPairHours = 2_000_000
    /// The number of interfaces that one tally counts: about 350 bytes each. Records of other interfaces are ignored.
    public var rememberedInterfaces = 200_000

    public init() {}

    /// The smallest factor by which a floor is reduced for an interface that sends little.
    static let leastFloor = 0.5
    /// The multiple of its usual hour that counts as much for an interface.
    private static let usualHours = 20.0

    /// The factor for an interface's byte floors: lower for an interface that sends little. It follows the 90th
    /// percentile of its hours.
    func floorFactor(_ history: SeriesHistory) -> Double {
        let totals = history.hours.suffix(168).map(\.total).sorted()
        guard !totals.isEmpty else { return 1 }
        return floorFactor(usualHour: Robust.bytes(Double(totals[totals.count * 9 / 10])))
    }

    func floorFactor(usualHour: Double) -> Double {
        min(1, max(Self.leastFloor, Self.usualHours * usualHour / hourFloor))
    }

    /// Whether an address is private or the customer's own.
    @inline(__always)
    func isInternal(_ address: FlowAddress) -> Bool {
        if address.isInternal { return true }
        return ownNetworks.isEmpty ? false : ownNetworks.contains { $0.contains(address) }
    }
}
