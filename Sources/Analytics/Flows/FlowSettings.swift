internal import Basics
public import LogReaders

/// What the analytics on flow logs take for unusual. The defaults keep false alerts below one a day for 200 network
/// interfaces (`Benchmarks/hunt-flow/run` prints what they find and what they miss).
public struct FlowSettings: Sendable, Hashable {
    /// A range of addresses that is the customer's own although it is not private.
    public struct Network: Sendable, Hashable {
        public var address: FlowAddress
        /// In bits of the 128 that an IPv4 address has too: 96 more than IPv4's own prefix.
        public var prefix: Int

        public init(address: FlowAddress, prefix: Int) {
            self.address = address
            self.prefix = prefix
        }

        /// - Parameter text: `203.0.113.0/24`, `2001:db8::/32`, or an address alone; `nil` for anything else.
        public init?(_ text: some StringProtocol) {
            guard let block = CIDR(text) else { return nil }
            // In the 128 bits of a flow's address, IPv4 stands behind 96 others.
            let before = block.address.isIPv6 ? 0 : 96
            self.init(address: FlowAddress(block.address), prefix: block.prefixLength + before)
        }

        func contains(_ other: FlowAddress) -> Bool {
            let highBits = min(prefix, 64)
            let lowBits = max(0, prefix - 64)
            let highMask = highBits == 0 ? 0 : UInt64.max << UInt64(64 - highBits)
            let lowMask = lowBits == 0 ? 0 : UInt64.max << UInt64(64 - lowBits)
            return (address.high ^ other.high) & highMask == 0 && (address.low ^ other.low) & lowMask == 0
        }
    }

    /// Own ranges beside the private ones.
    public var ownNetworks: [Network] = []
    /// Addresses that may scan: an own vulnerability scanner, a load balancer's health checks.
    public var expectedScanners: Set<FlowAddress> = []
    /// TCP and UDP ports that should not be reached from outside, beside the services of ``ServicePorts/exposed``.
    public var exposedPorts: [UInt16: String] = ServicePorts.exposed

    /// Hours of history before a series is judged at all.
    public var learningHours = 24
    /// Scores, in robust standard deviations, above which two of three bins of five minutes are unusual.
    public var binScore = 4.5
    /// The score above which one bin of five minutes suffices.
    public var extremeScore = 7.0
    /// The score above which an hour is unusual.
    public var hourScore = 4.5
    /// CUSUM over hourly scores: what is taken off every hour, the sum at which it alerts, and how many times the usual
    /// drift of the series' members is taken off as well.
    public var slowAllowance = 0.8
    public var slowScore = 6.5
    public var slowDrift = 0.6
    /// Bytes above what is expected, below which no bin, hour or slow leak is worth an alert.
    public var binFloor = 20_000_000.0
    public var hourFloor = 40_000_000.0
    public var slowFloor = 100_000_000.0
    /// Scores and rejected flows above which a burst of them is unusual.
    public var rejectedScore = 6.0
    public var rejectedFloor = 200.0

    /// Bytes to one external peer within an hour, below which it is not worth an alert. All that is compared below is
    /// without the interface's daily shape (``DailyShape``).
    public var peerFloor = 50_000_000.0
    /// How many times more than usually goes to the interface's first peer, and than ever went to this one, an hour's
    /// bytes to a peer have to be: in two hours of three, or so many times in one.
    public var peerShare = 1.5
    public var peerGrowth = 2.5
    public var peerExtreme = 4.0
    /// The same in robust standard deviations of what goes to the first peer.
    public var peerScore = 1.8
    public var peerExtremeScore = 5.0
    /// The same of a level that lasts for six hours: how many times the usual one, the most of this peer, and the score.
    public var lastingShare = 1.5
    public var lastingGrowth = 2.0
    public var lastingScore = 2.0
    /// How many times the median hour a new peer has to get over all hours.
    public var newPeerHours = 4.0

    /// Distinct ports of one host, distinct hosts at one port.
    public var scannedPorts = 25
    public var sweptHosts = 25
    /// Attempts on a remote login within an hour.
    public var loginAttempts = 30
    /// A login attempt that failed carries at most this many packets in one direction.
    public var shortLoginPackets: UInt64 = 30
    /// Rejected flows before an accepted one of the same source.
    public var rejectedBeforeAccepted = 10
    /// Hours without a record that make a gap of an interface that was always there.
    public var silentHours = 3

    /// How many pairs of an interface and a peer are remembered by one worker: about 130 bytes each.
    public var rememberedPairs = 500_000
    /// How many hours of interfaces and their series one worker remembers: about 350 bytes each. Beyond, the volumes of the
    /// interfaces with the least are not judged.
    public var rememberedHours = 1_000_000
    /// How many interfaces one worker tells apart: about 350 bytes each. Records of others are left out.
    public var rememberedInterfaces = 200_000

    public init() {}

    /// Whether an address is the customer's own or private.
    @inline(__always)
    func isInternal(_ address: FlowAddress) -> Bool {
        if address.isInternal { return true }
        return ownNetworks.isEmpty ? false : ownNetworks.contains { $0.contains(address) }
    }
}
