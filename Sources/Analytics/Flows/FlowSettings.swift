internal import Basics
public import LogReaders

/// The settings of the analytics on flow logs. The defaults keep false alerts below one a day for 200 network
/// interfaces (`Benchmarks/hunt-flow/run` prints what they find and what they miss).
public struct FlowSettings: Sendable, Hashable {
    /// A range of addresses that is the customer's own, although it is not private.
    public struct Network: Sendable, Hashable {
        public var address: FlowAddress
        /// The length in bits, of 128 also for IPv4: 96 more than IPv4's own prefix length.
        public var prefix: Int

        public init(address: FlowAddress, prefix: Int) {
            self.address = address
            self.prefix = prefix
        }

        /// - Parameter text: `203.0.113.0/24`, `2001:db8::/32`, or an address alone; `nil` for anything else.
        public init?(_ text: some StringProtocol) {
            guard let block = CIDR(text) else { return nil }
            // In the 128 bits of a flow's address, IPv4 has 96 bits in front.
            let before = block.address.isIPv6 ? 0 : 96
            self.init(address: FlowAddress(block.address), prefix: block.prefixLength + before)
        }

        func contains(_ other: FlowAddress) -> Bool { (address.bits ^ other.bits) >> UInt128(128 - prefix) == 0 }
    }

    /// The customer's ranges besides the private ones.
    public var ownNetworks: [Network] = []
    /// Addresses that are allowed to scan: your own vulnerability scanner, a load balancer's health checks.
    public var expectedScanners: Set<FlowAddress> = []
    /// TCP and UDP ports that should not be reachable from external addresses, with their services.
    public var exposedPorts: [UInt16: String] = ServicePorts.exposed

    /// How many hours of history a series needs to be judged.
    public var learningHours = 24
    /// Scores, in robust standard deviations, above which two of three bins of five minutes are unusual.
    public var binScore = 4.5
    /// The score above which one bin of five minutes is enough.
    public var extremeScore = 7.0
    /// The score above which an hour is unusual.
    public var hourScore = 4.5
    /// CUSUM over hourly scores: what is subtracted every hour, the sum that alerts, and how many times the usual
    /// drift of the series' members is subtracted as well.
    public var slowAllowance = 0.8
    public var slowScore = 6.5
    public var slowDrift = 0.6
    /// The fewest bytes above the expected ones with which a bin, an hour or a slow leak alerts.
    public var binFloor = 20_000_000.0
    public var hourFloor = 40_000_000.0
    public var slowFloor = 100_000_000.0
    /// The fewest flows to external peers above the expected ones with which an hour alerts.
    public var flowFloor = 3_000.0
    /// How many accepted flows to one new external peer or port, of how few bytes each, alert.
    public var smallFlows = 5_000
    public var smallFlowBytes = 1_000.0
    /// How many flows to a new external port that is none of the usual ones, over how many seconds, alert.
    public var lastingFlows = 10
    public var lastingSeconds = 7_200
    /// The score and the number of rejected flows above which a burst is unusual.
    public var rejectedScore = 6.0
    public var rejectedFloor = 200.0

    /// The fewest bytes to one external peer within an hour that alert. All amounts below are without the interface's
    /// daily shape (``DailyShape``).
    public var peerFloor = 50_000_000.0
    /// How many times the usual bytes to the interface's first peer, and the most that this peer ever received, an
    /// hour's bytes must be: in two hours of three, or the last one in a single hour.
    public var peerShare = 1.5
    public var peerGrowth = 2.5
    public var peerExtreme = 4.0
    /// These limits in robust standard deviations of the bytes to the first peer.
    public var peerScore = 1.8
    public var peerExtremeScore = 5.0
    /// The limits for a level that lasts for six hours: how many times the usual one, how many times the most of this
    /// peer, and the score.
    public var lastingShare = 1.5
    public var lastingGrowth = 2.0
    public var lastingScore = 2.0
    /// How many times the median hour a new peer must receive over all hours.
    public var newPeerHours = 4.0

    /// How many distinct ports of one host are a scan, and how many distinct hosts at one port.
    public var scannedPorts = 25
    public var sweptHosts = 25
    /// How many attempts of remote logins within an hour alert.
    public var loginAttempts = 30
    /// The most packets in one direction of a failed login attempt.
    public var shortLoginPackets: UInt64 = 30
    /// How many flows of a source must be rejected before an accepted one.
    public var rejectedBeforeAccepted = 10
    /// How many hours without a record of a constant interface alert.
    public var silentHours = 3

    /// How many pairs of an interface and a peer one worker remembers: about 130 bytes each.
    public var rememberedPairs = 500_000
    /// How many hours of interfaces and their series one worker remembers: about 350 bytes each. Beyond that, the
    /// volumes of the interfaces with the least are not judged.
    public var rememberedHours = 1_000_000
    /// How many hours of pairs one worker remembers: 32 bytes each while they are added up. Beyond that, amounts of single
    /// peers in an hour are lower bounds, and may depend on the order of the records.
    public var rememberedPairHours = 2_000_000
    /// How many interfaces one worker counts: about 350 bytes each. Records of others are ignored.
    public var rememberedInterfaces = 200_000

    public init() {}

    /// The least part of a floor that holds for an interface that sends little.
    static let leastFloor = 0.5
    /// How many times its usual hour is much for an interface.
    private static let usualHours = 20.0

    /// By how much the floors of bytes are lower for an interface: they follow what it sends in nine of ten hours.
    func floorFactor(_ history: SeriesHistory) -> Double {
        let totals = history.hours.suffix(168).map(\.total).sorted()
        guard !totals.isEmpty else { return 1 }
        let usual = Robust.bytes(Double(totals[totals.count * 9 / 10]))
        return min(1, max(Self.leastFloor, Self.usualHours * usual / hourFloor))
    }

    /// Whether an address is private or the customer's own.
    @inline(__always)
    func isInternal(_ address: FlowAddress) -> Bool {
        if address.isInternal { return true }
        return ownNetworks.isEmpty ? false : ownNetworks.contains { $0.contains(address) }
    }
}
