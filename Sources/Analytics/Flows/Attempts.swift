internal import LogReaders

/// A source and the port that it probes.
struct SweepKey: Sendable, Hashable {
    var source: FlowAddress
    var port: UInt16
}

/// The hosts that one source probed at one port, with small or rejected flows.
struct Sweep: Sendable {
    private var hosts = DistinctCount()
    private(set) var rejected = 0
    private var probes = 0
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// The lowest few addresses.
    private var samples = LowestAddresses()
    /// Whether the source is external.
    let isExternal: Bool

    init(first: UInt32, isExternal: Bool) {
        self.first = first
        last = first
        self.isExternal = isExternal
    }

    var hostCount: Int { hosts.count(among: probes) }
    var sampleHosts: [FlowAddress] { samples.all }

    mutating func add(_ time: UInt32, _ host: HashedAddress, isRejected: Bool, exactlyUpTo most: Int) {
        first = min(first, time)
        last = max(last, time)
        probes += 1
        if isRejected { rejected += 1 }
        hosts.add(host.seeded, sketched: host.sketched, exactlyUpTo: most)
        samples.add(host.address)
    }

    func merged(with other: Sweep, exactlyUpTo most: Int) -> Sweep {
        var sum = self
        sum.hosts.merge(other.hosts, exactlyUpTo: most)
        sum.probes += other.probes
        sum.rejected += other.rejected
        sum.first = min(first, other.first)
        sum.last = max(last, other.last)
        sum.samples.merge(other.samples)
        return sum
    }
}

/// An address with its hashes for a ``DistinctCount``.
struct HashedAddress {
    let address: FlowAddress
    /// One with the run's seed, and one with the fixed seed of sketches.
    let seeded: UInt64
    let sketched: UInt64
}

/// The lowest few of many addresses. They do not depend on the order in which addresses are added.
struct LowestAddresses: Sendable {
    private var addresses: InlineArray<3, FlowAddress> = InlineArray(repeating: FlowAddress(high: 0, low: 0))
    private var count = 0

    var all: [FlowAddress] { (0..<count).map { addresses[$0] } }

    mutating func add(_ address: FlowAddress) {
        if count == 3, addresses[2] <= address { return }
        var place = 0
        while place < count, addresses[place] < address { place += 1 }
        if place < count, addresses[place] == address { return }
        for other in stride(from: min(count, 2), to: place, by: -1) { addresses[other] = addresses[other - 1] }
        addresses[place] = address
        count = min(3, count + 1)
    }

    mutating func merge(_ other: LowestAddresses) { for address in other.all { add(address) } }
}

/// An interface and one of the ports that should not be exposed.
struct ServiceKey: Sendable, Hashable {
    var interface: Int32
    var port: UInt16
}

/// An accepted flow to a service port that may be a reply to the interface.
struct PossibleReply: Sendable, Hashable {
    var service: ServiceKey
    /// The number of the pair.
    var pair: Int32
    var sourcePort: UInt16
}

/// Accepted flows from external sources to a port that should not be exposed.
struct ExposedService: Sendable {
    private(set) var sources = DistinctCount()
    private(set) var flows = 0
    private(set) var bytes: UInt64 = 0
    private(set) var first: UInt32
    private(set) var last: UInt32
    /// The sources with the most flows.
    private(set) var busiest = TopCounts<FlowAddress>(capacity: 16)
    /// The record with the most bytes.
    private(set) var largest = SeenFlow()

    /// The number of sources that are counted exactly.
    private static let exact = 32

    init(first: UInt32) {
        self.first = first
        last = first
    }

    mutating func add(_ record: SeenFlow, _ source: HashedAddress) {
        first = min(first, record.start)
        last = max(last, record.start)
        flows += 1
        bytes &+= record.bytes
        if flows == 1 || largest.isLess(than: record) { largest = record }
        sources.add(source.seeded, sketched: source.sketched, exactlyUpTo: Self.exact)
        busiest.add(source.address)
    }

    func merged(with other: ExposedService) -> ExposedService {
        var sum = self
        sum.sources.merge(other.sources, exactlyUpTo: Self.exact)
        sum.flows += other.flows
        sum.bytes &+= other.bytes
        sum.first = min(first, other.first)
        sum.last = max(last, other.last)
        if largest.isLess(than: other.largest) { sum.largest = other.largest }
        sum.busiest.merge(other.busiest)
        return sum
    }
}
