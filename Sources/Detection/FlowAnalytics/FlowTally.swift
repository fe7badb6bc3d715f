public import LogReaders

/// What one worker saw of flow logs, added up: a value with bounded memory that is merged with the other workers' and
/// then judged by ``FlowAnalytics``. The order of records and workers does not matter to what is counted.
public struct FlowTally: Sendable {
    /// Records that were counted.
    public internal(set) var flows = 0
    /// Records whose time is beyond the years in which there are flow logs.
    public internal(set) var withoutTime = 0

    var interfaces: InterfaceTable
    var volumes: VolumeTable
    var pairs: PairTable
    var sweeps: SweepTable
    var logins: LoginTable
    var services: [ServiceKey: ExposedService] = [:]
    var rejections = PortRejectionTable()
    /// Hours since 1970 of which AWS said that there was no traffic, or that records were lost: there were logs.
    var quietHours: Set<Int32> = []

    let settings: FlowSettings
    private var waiting: [Waiting] = []
    /// Only so that the loads of ``flush()`` are not left out.
    private var lastTouched: UInt64 = 0
    private let ports: PortTraits
    private let mix: Mixer
    /// What goes into sketches: the same in each run, so that each finds the same.
    private let sketched = Mixer(seed: 0)
    /// 2010 and 2100.
    private static let times = 1_262_304_000..<4_102_444_800

    /// - Parameter seed: of the hashes; equal seeds make runs repeatable to the last bit.
    public init(_ settings: FlowSettings = FlowSettings(), seed: UInt64 = .random(in: .min ... .max)) {
        self.settings = settings
        mix = Mixer(seed: seed)
        ports = PortTraits(settings)
        interfaces = InterfaceTable(mix)
        volumes = VolumeTable(mix)
        sweeps = SweepTable(mix, bound: settings.rememberedPairs / 4)
        logins = LoginTable(mix, bound: settings.rememberedPairs / 4)
        pairs = PairTable(mix, bound: settings.rememberedPairs)
    }

    public mutating func add(_ record: FlowRecord) {
        guard Self.times.contains(record.start) else {
            withoutTime += 1
            return
        }
        flows += 1
        let interface = interfaces.number(of: record)
        let sends = note(record, interface)
        guard record.hasAddresses else {
            quietHours.insert(Int32(truncatingIfNeeded: record.start / 3_600))
            return
        }
        let peer = sends ? record.destination : record.source
        let hash = pairs.hash(Int32(truncatingIfNeeded: interface), peer)
        waiting.append(
            Waiting(
                record: SeenFlow(record), interface: Int32(truncatingIfNeeded: interface), sends: sends, hash: hash))
        if waiting.count == Self.together { flush() }
    }

    /// A record whose pair is looked up together with others': each of them waits for memory, all of them no longer
    /// than one.
    private struct Waiting: Sendable {
        let record: SeenFlow
        let interface: Int32
        let sends: Bool
        let hash: UInt64

        var peer: FlowAddress { sends ? record.destination : record.source }
    }

    private static let together = 64

    /// Counts the records that wait.
    mutating func flush() {
        let count = waiting.count
        guard count > 0 else { return }
        waiting.withUnsafeBufferPointer { waiting in
            var touched: UInt64 = 0
            for number in 0..<count { touched &+= pairs.touch(waiting[number].hash) }
            for number in 0..<count { touched &+= pairs.touchEntry(waiting[number].hash) }
            lastTouched = touched
        }
        var batch: [Waiting] = []
        swap(&batch, &waiting)
        batch.withUnsafeBufferPointer { batch in
            for number in 0..<count { tell(batch[number]) }
        }
        batch.removeAll(keepingCapacity: true)
        swap(&batch, &waiting)
        if pairs.entries.count > settings.rememberedPairs { forgetPairs() }
    }

    private mutating func tell(_ waiting: Waiting) {
        let (record, sends, peer) = (waiting.record, waiting.sends, waiting.peer)
        let interface = Int(waiting.interface)
        let isExternal = !settings.isInternal(peer)
        let isRejected = record.isRejected
        let role = ports.role(
            from: record.sourcePort, to: record.destinationPort, tcpFlags: record.tcpFlags, isRejected: isRejected)
        let pair =
            pairs.find(waiting.interface, peer, waiting.hash)
            ?? newPair(waiting.interface, peer, record, sends: sends, role: role, waiting.hash)
        let hour = record.hour
        count(record, of: pair, hour, sends: sends, role: role)
        let series = FlowSeries(sends: sends, isExternal: isExternal, isRejected: isRejected)
        volumes.count(record, isRejected ? 1 : record.bytes, interface, series, hour)

        guard role == .request, record.transport == 6 || record.transport == 17 else { return }
        let small = isRejected || record.packets <= 4
        let traits = ports[record.destinationPort]
        if small || !sends || traits & PortTraits.login != 0 {
            ask(
                interface, pair, peer, record,
                request: Request(
                    sends: sends, isExternal: isExternal, isSmall: small, isRejected: isRejected, traits: traits))
        }
    }

    /// What all records of an interface say, those without traffic too.
    /// - Returns: whether the interface sent the flow.
    @inline(__always)
    private mutating func note(_ record: FlowRecord, _ interface: Int) -> Bool {
        interfaces.entries.withUnsafeMutableBufferPointer { entries in
            if record.start < entries[interface].first { entries[interface].first = record.start }
            if record.end > entries[interface].last { entries[interface].last = record.end }
            guard record.status == .ok else {
                if record.status == .noData { entries[interface].noData += 1 }
                if record.status == .skipData { entries[interface].skipData[record.start / 3_600, default: 0] += 1 }
                return false
            }
            switch record.direction {
            // What enters a transit gateway was sent by the attachment's side.
            case .ingress: return record.isTransitGateway
            case .egress: return !record.isTransitGateway
            case .unstated: return entries[interface].sends(record, settings)
            }
        }
    }

    @inline(__always)
    private mutating func count(
        _ record: SeenFlow, of pair: Int, _ hour: Int32, sends: Bool, role: PortTraits.Role
    ) {
        if pairs.hour(of: pair) != hour { begin(hour, of: pair) }
        let bytes = record.isRejected ? 0 : record.bytes
        pairs.entries.withUnsafeMutableBufferPointer { entries in
            if record.start < entries[pair].first { entries[pair].first = record.start }
            if record.start > entries[pair].last { entries[pair].last = record.start }
            if !entries[pair].isClear, role != .unclear { entries[pair].serve(record, sends: sends, role: role) }
            // Which way the next flow goes nobody can guess, a processor neither: so there is no branch.
            entries[pair].hourOut &+= sends ? bytes : 0
            entries[pair].hourIn &+= sends ? 0 : bytes
            guard record.isRejected else { return }
            if sends { entries[pair].hourRejectedOut &+= 1 } else { entries[pair].hourRejectedIn &+= 1 }
        }
    }

    /// The next hour of a pair. What it had in the one before stands in the interface's row of that hour, if it was much.
    private mutating func begin(_ hour: Int32, of pair: Int) {
        let before = pairs.entries.withUnsafeMutableBufferPointer { $0[pair].begin(hour) }
        guard before.hour >= 0 else { return }
        let least = FlowSeries.notableBytes
        if before.bytesOut >= least { end(before.hour, of: pair, before.bytesOut, sends: true, isRejected: false) }
        if before.bytesIn >= least { end(before.hour, of: pair, before.bytesIn, sends: false, isRejected: false) }
        guard before.rejectedOut | before.rejectedIn > 0 else { return }
        let (out, `in`) = (UInt64(before.rejectedOut), UInt64(before.rejectedIn))
        if out >= FlowSeries.notableFlows { end(before.hour, of: pair, out, sends: true, isRejected: true) }
        if `in` >= FlowSeries.notableFlows { end(before.hour, of: pair, `in`, sends: false, isRejected: true) }
    }

    private mutating func end(_ hour: Int32, of pair: Int, _ amount: UInt64, sends: Bool, isRejected: Bool) {
        let (interface, peer) = pairs.entries.withUnsafeBufferPointer { ($0[pair].interface, $0[pair].peer) }
        let series = FlowSeries(sends: sends, isExternal: !settings.isInternal(peer), isRejected: isRejected)
        volumes.end(interface, series, hour, amount, of: Int32(truncatingIfNeeded: pair))
    }

    /// Counts what waits and ends the hours that are being counted. To be called before anything is read of the tally.
    mutating func settle() {
        flush()
        endHours()
        volumes.countEnded()
    }

    mutating func endHours() {
        // What is settled is not written to, so that a copy of the tally costs nothing.
        for pair in pairs.entries.indices where pairs.entries[pair].hour >= 0 { begin(-1, of: pair) }
    }

    private mutating func newPair(
        _ interface: Int32, _ peer: FlowAddress, _ record: SeenFlow, sends: Bool, role: PortTraits.Role,
        _ hash: UInt64
    ) -> Int {
        var entry = PairEntry(interface: interface, peer: peer, at: record.start)
        entry.serve(record, sends: sends, role: role)
        return pairs.add(entry, hash)
    }

    private struct Request {
        var sends: Bool
        var isExternal: Bool
        var isSmall: Bool
        var isRejected: Bool
        var traits: UInt8
    }

    /// Scans, logins, rejected and then accepted, exposed services.
    private mutating func ask(
        _ interface: Int, _ pair: Int, _ peer: FlowAddress, _ record: SeenFlow, request: Request
    ) {
        let port = record.destinationPort
        let time = record.start
        if !request.sends { answer(interface, pair, peer, time, port, request) }
        if request.isSmall {
            let hash = sketched(UInt64(port), interfaces.entries[interface].salt)
            let isNew =
                request.sends ? pairs.entries[pair].asked.add(hash) : pairs.entries[pair].askedBy.add(hash)
            if isNew { sweep(record, time, request) }
        }
        if request.traits & PortTraits.login != 0 {
            let key = LoginKey(
                source: record.source, destination: record.destination, hour: record.hour, port: port,
                sends: request.sends)
            logins.add(record, key, Int32(truncatingIfNeeded: interface), settings)
        }
        // What comes from the port that the interface asks the peer at is a reply, to whatever port the interface took.
        let isReply = pairs.entries[pair].isServed(at: record.sourcePort)
        if request.traits & PortTraits.exposed != 0, !request.sends, request.isExternal, !request.isRejected, !isReply {
            let key = ServiceKey(interface: Int32(interface), port: port)
            services[key, default: ExposedService(first: time, source: peer)].add(
                record, peer, sketched(peer.low, peer.high))
        }
    }

    private mutating func answer(
        _ interface: Int, _ pair: Int, _ peer: FlowAddress, _ time: UInt32, _ port: UInt16, _ request: Request
    ) {
        let rejected = pairs.entries.withUnsafeMutableBufferPointer { entries in
            if request.isRejected { entries[pair].reject(time) } else { entries[pair].accept(time, port) }
            return entries[pair].rejected
        }
        guard rejected >= PortRejectionTable.begin else { return }
        let key = RejectedPort(interface: Int32(truncatingIfNeeded: interface), peer: peer, port: port)
        if request.isRejected {
            rejections.reject(key, time)
        } else {
            rejections.accept(key, time, enough: settings.rejectedBeforeAccepted - Int(PortRejectionTable.begin) + 1)
        }
    }

    private mutating func sweep(_ record: SeenFlow, _ time: UInt32, _ request: Request) {
        let key = SweepKey(source: record.source, port: record.destinationPort)
        let hash = sketched(record.destination.low, record.destination.high)
        sweeps.add(
            key, time, record.destination, hash, isRejected: request.isRejected,
            isExternal: request.isExternal && !request.sends)
    }
}
