import Glibc
import LogReaders

/// One record that the generator made.
struct Flow {
    enum Kind: UInt8 { case accept, reject, noData, skipData }

    var interface: Int32
    var source: UInt32 = 0
    var destination: UInt32 = 0
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    var transport: UInt8 = 6
    var kind = Kind.accept
    var packets: UInt32 = 0
    var bytes: UInt64 = 0
    var start: Int
    var end: Int
    /// Whether IPv6 addresses replace the IPv4 ones.
    var isIPv6 = false
}

/// A workload with its habits.
struct Workload {
    let own: UInt32
    /// Bytes to external peers in a usual five minutes.
    let level: Double
    let internalLevel: Double
    let noise: Double
    /// Hours by which its day is shifted, and how deep its nights are.
    let phase: Double
    let depth: Double
    let isServer: Bool
    let isBackedUp: Bool
    let isRare: Bool
    let backupMinute: Int
    let serverPort: UInt16
    let externals: [UInt32]
    let internals: [UInt32]
    let dayFactors: [Double]

    /// An intermittent one works in one bin of each hour.
    var medianHour: Double { isRare ? level : level * 12 }
    /// In which bin the backup of a day begins: it is not punctual.
    func backup(of day: Int, _ number: Int) -> Int { day * 288 + backupMinute / 5 + (day * 7 + number) % 3 }
    /// Where the backups go.
    static let backupTarget: UInt32 = 0x34D8_0010
}

/// 200 workloads over some days. Volumes have daily shapes, noise with heavy tails, days that differ from each other,
/// nightly backups of 400 times the usual volume, batch jobs, new peers, internet background radiation, and replies to
/// many ephemeral ports. One interface in eight talks to a third of its external peers over IPv6.
struct FlowWorld {
    /// Monday, 2 March 2026, 00:00 UTC.
    static let epoch = 1_772_409_600

    let workloads: [Workload]
    let hours: Int
    /// Conversations for each workload and bin.
    let density: Double
    private var randomness: Randomness
    private var quiet: [Range<Int>?]

    init(seed: UInt64, interfaces: Int = 200, hours: Int = 72, density: Double) {
        var randomness = Randomness(seed)
        self.hours = hours
        self.density = density
        quiet = Array(repeating: nil, count: interfaces)
        let addresses = (0..<interfaces).map { (number: Int) -> UInt32 in
            let network: Int = 0x0A01_0000 + (number / 20) * 256
            return UInt32(network + 10 + number % 20)
        }
        workloads = (0..<interfaces).map { number in
            Self.workload(number, addresses, hours: hours, &randomness)
        }
        self.randomness = randomness
    }

    private static func workload(
        _ number: Int, _ addresses: [UInt32], hours: Int, _ random: inout Randomness
    ) -> Workload {
        let isServer = random.chance(0.5)
        let level = min(1.6e9, max(1.2e6, exp(log(2.5e7) + 1.2 * random.normal())))
        let externals = (0..<(isServer ? 400 : 40)).map { _ in externalAddress(&random) }
        let internals = (0..<(4 + random.below(16))).map { _ in addresses[random.below(addresses.count)] }
            .filter { $0 != addresses[number] }
        return Workload(
            own: addresses[number], level: level, internalLevel: level * (0.3 + 2 * random.unit()),
            noise: 0.25 + 0.35 * random.unit(), phase: random.normal() * 1.5, depth: 0.2 + 1.1 * random.unit(),
            isServer: isServer, isBackedUp: random.chance(0.06), isRare: random.chance(0.1),
            backupMinute: 60 + random.below(180), serverPort: [443, 443, 443, 80, 8443, 8080, 50_051][random.below(7)],
            externals: externals, internals: internals.isEmpty ? [0x0A00_0001] : internals,
            dayFactors: (0...(hours / 24)).map { _ in exp(0.12 * random.normal()) })
    }

    static func externalAddress(_ random: inout Randomness) -> UInt32 {
        while true {
            let address = UInt32(truncatingIfNeeded: random.next())
            let first = address >> 24
            // Neither private nor reserved ranges.
            if first > 12, first < 100, address >> 20 != 0xAC1 { return address }
        }
    }

    /// From some moment on, for some time, an interface writes nothing.
    mutating func silence(_ interface: Int, bins: Range<Int>) { quiet[interface] = bins }

    /// All records of five minutes.
    mutating func bin(_ bin: Int, _ emit: (Flow) -> Void) {
        for (number, workload) in workloads.enumerated() {
            if let quiet = quiet[number], quiet.contains(bin) { continue }
            background(number, workload, bin, emit)
        }
    }

    private mutating func background(_ number: Int, _ work: Workload, _ bin: Int, _ emit: (Flow) -> Void) {
        let hour = Double(bin) / 12
        let shape = exp(work.depth * (sin((hour - 9 + work.phase) / 24 * 2 * .pi)) * 0.8)
        var volume = work.level * shape * work.dayFactors[min(work.dayFactors.count - 1, bin / 288)]
        volume *= exp(work.noise * randomness.normal())
        // Deploys, downloads, month ends: now and then a bin of several times the usual.
        if randomness.chance(0.0015) { volume *= 2 + 2 * randomness.unit() }
        // Some workloads work a few minutes each hour and are idle otherwise.
        if work.isRare, bin % 12 != number % 12 {
            if randomness.chance(0.02) {
                emit(Flow(interface: Int32(number), kind: .noData, start: time(bin), end: time(bin) + 59))
            }
            return radiation(number, work, bin, emit)
        }
        let conversations = max(1, Int(density * (0.5 + randomness.unit()) / 2))
        let externalCount = max(1, conversations * 2 / 3)
        for bytes in split(volume, externalCount) {
            talk(number, work, bin, bytes: bytes, external: true, emit)
        }
        let inner = work.internalLevel * shape * exp(work.noise * randomness.normal())
        for bytes in split(inner, max(1, conversations - externalCount)) {
            talk(number, work, bin, bytes: bytes, external: false, emit)
        }
        backup(number, work, bin, emit)
        radiation(number, work, bin, emit)
    }

    private mutating func split(_ volume: Double, _ count: Int) -> [Double] {
        var weights: [Double] = []
        for _ in 0..<count { weights.append(randomness.exponential() + 0.02) }
        let sum = weights.reduce(0, +)
        return weights.map { volume * $0 / sum }
    }

    /// A conversation: a record of each direction.
    private mutating func talk(
        _ number: Int, _ work: Workload, _ bin: Int, bytes: Double, external: Bool, _ emit: (Flow) -> Void
    ) {
        let peer: UInt32
        if external {
            // One in some hundred conversations is with a new peer.
            peer =
                randomness.chance(0.004)
                ? Self.externalAddress(&randomness) : work.externals[randomness.rank(of: work.externals.count)]
        } else {
            peer = work.internals[randomness.rank(of: work.internals.count)]
        }
        let begin = time(bin) + randomness.below(240)
        let client = UInt16(32_768 + randomness.below(28_000))
        let serves = work.isServer && randomness.chance(0.8)
        let ownPort = serves ? work.serverPort : client
        let peerPort: UInt16 = serves ? client : external ? 443 : [5432, 6379, 443, 9092][randomness.below(4)]
        let isIPv6 = external && Self.usesIPv6(number, peer)
        let back = bytes * (0.05 + 0.4 * randomness.unit())
        var flow = Flow(interface: Int32(number), start: begin, end: begin + 20 + randomness.below(40))
        flow.isIPv6 = isIPv6
        (flow.source, flow.destination) = (work.own, peer)
        (flow.sourcePort, flow.destinationPort) = (ownPort, peerPort)
        flow.bytes = UInt64(max(52, bytes))
        flow.packets = UInt32(min(4e9, max(5, bytes / 900)))
        emit(flow)
        (flow.source, flow.destination) = (peer, work.own)
        (flow.sourcePort, flow.destinationPort) = (peerPort, ownPort)
        flow.bytes = UInt64(max(52, back))
        flow.packets = UInt32(min(4e9, max(5, back / 600)))
        emit(flow)
    }

    /// Every night, for an hour, 400 times the usual volume.
    private mutating func backup(_ number: Int, _ work: Workload, _ bin: Int, _ emit: (Flow) -> Void) {
        guard work.isBackedUp else { return }
        let begin = work.backup(of: bin / 288, number)
        guard (begin..<begin + 12).contains(bin) else { return }
        for bytes in split(work.level * 400, 4) {
            let start = time(bin) + randomness.below(200)
            var flow = Flow(interface: Int32(number), start: start, end: start + 60)
            (flow.source, flow.destination) = (work.own, Workload.backupTarget + UInt32(number % 3))
            (flow.sourcePort, flow.destinationPort) = (UInt16(32_768 + randomness.below(28_000)), 443)
            flow.bytes = UInt64(bytes * exp(0.1 * randomness.normal()))
            flow.packets = UInt32(min(4e9, bytes / 1_400))
            emit(flow)
        }
    }

    /// Strangers who try ports: rejected, one packet each; a health check of many small flows; name service.
    private mutating func radiation(_ number: Int, _ work: Workload, _ bin: Int, _ emit: (Flow) -> Void) {
        for _ in 0..<Int(randomness.exponential() * 3 * min(1, density / 30) + 0.5) {
            let start = time(bin) + randomness.below(280)
            var flow = Flow(interface: Int32(number), kind: .reject, start: start, end: start + 30)
            (flow.source, flow.destination) = (Self.externalAddress(&randomness), work.own)
            flow.sourcePort = UInt16(1_024 + randomness.below(60_000))
            flow.destinationPort = [23, 22, 3389, 445, 8080, 5555, 1433, 6379, 2323, 81][randomness.below(10)]
            (flow.packets, flow.bytes) = (1, 40)
            emit(flow)
        }
        let start = time(bin) + randomness.below(240)
        var flow = Flow(interface: Int32(number), start: start, end: start + 5)
        (flow.source, flow.destination, flow.transport) = (work.own, 0x0A00_0002, 17)
        (flow.sourcePort, flow.destinationPort) = (UInt16(32_768 + randomness.below(28_000)), 53)
        (flow.packets, flow.bytes) = (2, 140)
        emit(flow)
    }

    /// Whether the interface reaches the external peer over IPv6.
    static func usesIPv6(_ interface: Int, _ peer: UInt32) -> Bool {
        interface % 8 == 3 && peer % 3 == 0 && !FlowAddress(v4: peer).isInternal
    }

    /// The address as it is written: own ones in the network's /56 that AWS gave, external ones in a /48 each.
    static func address(_ v4: UInt32, isIPv6: Bool) -> FlowAddress {
        guard isIPv6 else { return FlowAddress(v4: v4) }
        return FlowAddress(v4: v4).isInternal
            ? FlowAddress(high: 0x2600_1F18_4A3B_FF00, low: UInt64(v4))
            : FlowAddress(high: 0x2A00_0000_0000_0000 | UInt64(v4) << 16, low: 1)
    }

    func time(_ bin: Int) -> Int { Self.epoch + bin * 300 }
}
