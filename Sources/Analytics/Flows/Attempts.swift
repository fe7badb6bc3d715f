internal import LogReaders

/// A source, and the port that it probes.
struct SweepKey: Sendable, Hashable {
    var source: FlowAddress
    var port: UInt16
}

/// The hosts that one source probed at one port, with small or rejected flows.
struct Sweep: Sendable {
    var hosts = DistinctSketch()
    var rejected = 0
    var first: UInt32
    var last: UInt32
    /// The first few hosts.
    private var samples: InlineArray<3, FlowAddress> = InlineArray(repeating: FlowAddress(high: 0, low: 0))
    private var sampled = 0
    /// Whether the source is external.
    let isExternal: Bool

    init(first: UInt32, isExternal: Bool) {
        self.first = first
        last = first
        self.isExternal = isExternal
    }

    var sampleHosts: [FlowAddress] { (0..<sampled).map { samples[$0] } }

    mutating func add(_ time: UInt32, _ host: FlowAddress, _ hash: UInt64, isRejected: Bool) {
        first = min(first, time)
        last = max(last, time)
        if isRejected { rejected += 1 }
        if hosts.add(hash) { sample(host) }
    }

    private mutating func sample(_ host: FlowAddress) {
        guard sampled < 3 else { return }
        samples[sampled] = host
        sampled += 1
    }

    func merged(with other: Sweep) -> Sweep {
        var sum = self
        sum.hosts.merge(other.hosts)
        sum.rejected += other.rejected
        sum.first = min(first, other.first)
        sum.last = max(last, other.last)
        let mine = sampleHosts
        for host in other.sampleHosts where !mine.contains(host) { sum.sample(host) }
        return sum
    }
}

/// An interface and one of the ports that should not be exposed.
struct ServiceKey: Sendable, Hashable {
    var interface: Int32
    var port: UInt16
}

/// Accepted flows from external sources.
struct ExposedService: Sendable {
    var sources = DistinctSketch()
    var flows = 0
    var bytes: UInt64 = 0
    var first: UInt32
    var last: UInt32
    var samples: [FlowAddress] = []
    /// The record with the most bytes.
    var largest = SeenFlow()

    init(first: UInt32, source: FlowAddress) {
        self.first = first
        last = first
        samples = [source]
    }

    mutating func add(_ record: SeenFlow, _ source: FlowAddress, _ hash: UInt64) {
        first = min(first, record.start)
        last = max(last, record.start)
        flows += 1
        bytes &+= record.bytes
        if flows == 1 || record.bytes > largest.bytes { largest = record }
        if sources.add(hash), samples.count < 5, !samples.contains(source) { samples.append(source) }
    }

    func merged(with other: ExposedService) -> ExposedService {
        var sum = self
        sum.sources.merge(other.sources)
        sum.flows += other.flows
        sum.bytes &+= other.bytes
        sum.first = min(first, other.first)
        sum.last = max(last, other.last)
        if other.largest.bytes > largest.bytes { sum.largest = other.largest }
        sum.samples.append(contentsOf: other.samples.filter { !samples.contains($0) }.prefix(max(0, 5 - samples.count)))
        return sum
    }
}
