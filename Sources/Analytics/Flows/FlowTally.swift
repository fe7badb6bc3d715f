public import LogReaders

/// What one worker saw of flow logs, added up: a value with bounded memory that is merged with the other workers' and
/// then judged by ``FlowAnalytics``. The order of records and workers does not matter to what is counted.
public struct FlowTally: Sendable {
    /// Records that were counted.
    public internal(set) var flows = 0
    /// Records whose time is beyond the years in which there are flow logs.
    public internal(set) var withoutTime = 0
    /// Records of interfaces beyond those that are told apart.
    public internal(set) var withoutInterface = 0

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
        interfaces = InterfaceTable(mix, bound: settings.rememberedInterfaces)
        volumes = VolumeTable(mix, bound: settings.rememberedHours)
        sweeps = SweepTable(mix, bound: settings.rememberedPairs / 4)
        logins = LoginTable(mix, bound: settings.rememberedPairs / 4)
        pairs = PairTable(mix, bound: settings.rememberedPairs)
    }

    public mutating func add(_ record: FlowRecord) {
        withUnsafePointer(to: record) { add(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Counts records: each step for many of them, so that while one waits for memory the next ones are under way.
    public mutating func add(_ records: UnsafeBufferPointer<FlowRecord>) {
        var start = 0
        while start < records.count {
            let end = min(start + Self.together, records.count)
            count(UnsafeBufferPointer(rebasing: records[start..<end]))
            start = end
        }
    }

    /// The arrays below have as many places.
    private static let together = 64

    private mutating func count(_ records: UnsafeBufferPointer<FlowRecord>) {
        withUnsafeTemporaryAllocation(of: WaitingFlow.self, capacity: Self.together) { room in
            let batch = UnsafeMutableBufferPointer(rebasing: room[..<take(records, into: room)])
            find(batch)
            // First, so that the hours of pairs that end find their rows.
            volumes.count(batch)
            Self.count(batch, &pairs.entries, &volumes)
            ask(batch)
        }
        forgetTooMany()
    }

    /// Finds the interfaces of records, and puts those that are counted into the room.
    /// - Returns: how many are.
    private mutating func take(
        _ records: UnsafeBufferPointer<FlowRecord>, into room: UnsafeMutableBufferPointer<WaitingFlow>
    ) -> Int {
        var numbers = InlineArray<64, Int32>(repeating: -1)
        for place in records.indices {
            if !Self.times.contains(records[place].start) {
                withoutTime += 1
            } else if let number = interfaces.number(named: records[place].interface) ?? interfaces.add(records[place])
            {
                numbers[place] = Int32(truncatingIfNeeded: number)
            } else {
                withoutInterface += 1
            }
        }
        var count = 0
        for place in records.indices where numbers[place] >= 0 {
            let number = numbers[place]
            flows += 1
            // Field by field: a record that is passed on is copied first.
            let isUsual = records[place].status == .ok && records[place].direction == .unstated
            let known =
                isUsual
                ? interfaces.side(
                    Int(number), records[place].source, records[place].destination, records[place].start,
                    records[place].end)
                : nil
            let sends = known ?? side(of: records[place], Int(number))
            guard records[place].hasAddresses else {
                quietHours.insert(Int32(truncatingIfNeeded: records[place].start / 3_600))
                continue
            }
            let hash = pairs.hash(number, sends ? records[place].destination : records[place].source)
            // What is loaded ahead comes while something else is done.
            pairs.prefetch(hash)
            room.initializeElement(
                at: count,
                to: WaitingFlow(record: SeenFlow(records[place]), hash: hash, interface: number, sends: sends))
            count += 1
        }
        return count
    }

    /// Notes what a record says of its interface.
    /// - Returns: whether the interface sent the flow.
    @inline(never)
    private mutating func side(of record: FlowRecord, _ interface: Int) -> Bool {
        interfaces.entries[interface].span(record)
        guard record.status == .ok else {
            interfaces.entries[interface].miss(record)
            return false
        }
        switch record.direction {
        // What enters a transit gateway was sent by the attachment's side.
        case .ingress: return record.isTransitGateway
        case .egress: return !record.isTransitGateway
        case .unstated:
            return interfaces.side(interface, record.source, record.destination, record.start, record.end)
                ?? interfaces.entries[interface].learn(record, settings)
        }
    }

    /// The pairs of the records, and what else they are counted by.
    private mutating func find(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        for place in batch.indices {
            pairs.prefetchEntry(batch[place].hash)
            let peer = batch[place].peer
            let isRejected = batch[place].record.isRejected
            let sends = batch[place].sends
            let role = ports.role(
                from: batch[place].record.sourcePort, to: batch[place].record.destinationPort,
                tcpFlags: batch[place].record.tcpFlags, isRejected: isRejected)
            let isExternal = !settings.isInternal(peer)
            batch[place].role = role
            batch[place].isExternal = isExternal
            batch[place].series = FlowSeries(sends: sends, isExternal: isExternal, isRejected: isRejected)
        }
        for place in batch.indices {
            let hash = batch[place].hash
            let pair = pairs.find(batch[place].interface, batch[place].peer, hash) ?? newPair(batch[place], hash)
            batch[place].pair = Int32(truncatingIfNeeded: pair)
        }
    }

    private static func count(
        _ batch: UnsafeMutableBufferPointer<WaitingFlow>, _ pairs: inout [PairEntry], _ volumes: inout VolumeTable
    ) {
        pairs.withUnsafeMutableBufferPointer { pairs in
            for place in batch.indices {
                let pair = Int(batch[place].pair)
                let hour = batch[place].record.hour
                if pairs[pair].hour != hour {
                    begin(hour, &pairs[pair], batch[place].pair, isExternal: batch[place].isExternal, &volumes)
                }
                pairs[pair].count(batch[place].record, sends: batch[place].sends, role: batch[place].role)
            }
        }
    }

    /// The next hour of a pair. What it had in the one before stands in the interface's row of that hour, if it was much.
    private static func begin(
        _ hour: Int32, _ pair: inout PairEntry, _ number: Int32, isExternal: Bool, _ volumes: inout VolumeTable
    ) {
        let before = pair.begin(hour)
        guard before.hour >= 0 else { return }
        let interface = pair.interface
        func end(_ amount: UInt64, sends: Bool, isRejected: Bool) {
            let series = FlowSeries(sends: sends, isExternal: isExternal, isRejected: isRejected)
            volumes.end(interface, series, before.hour, amount, of: number)
        }
        let least = FlowSeries.notableBytes
        if before.bytesOut >= least { end(before.bytesOut, sends: true, isRejected: false) }
        if before.bytesIn >= least { end(before.bytesIn, sends: false, isRejected: false) }
        guard before.rejectedOut | before.rejectedIn > 0 else { return }
        let (out, `in`) = (UInt64(before.rejectedOut), UInt64(before.rejectedIn))
        if out >= FlowSeries.notableFlows { end(out, sends: true, isRejected: true) }
        if `in` >= FlowSeries.notableFlows { end(`in`, sends: false, isRejected: true) }
    }

    /// Ends the hours that are being counted. To be called before anything is read of the tally.
    public mutating func settle() {
        endHours()
        volumes.countEnded()
    }

    mutating func endHours() {
        // What is settled is not written to, so that a copy of the tally costs nothing.
        for pair in pairs.entries.indices where pairs.entries[pair].hour >= 0 {
            let isExternal = !settings.isInternal(pairs.entries[pair].peer)
            Self.begin(
                -1, &pairs.entries[pair], Int32(truncatingIfNeeded: pair), isExternal: isExternal, &volumes)
        }
    }

    private mutating func newPair(_ waiting: WaitingFlow, _ hash: UInt64) -> Int {
        var entry = PairEntry(interface: waiting.interface, peer: waiting.peer, at: waiting.record.start)
        entry.serve(waiting.record, sends: waiting.sends, role: waiting.role)
        return pairs.add(entry, hash)
    }

    /// Those requests that may tell something. Which they are nobody can guess, a processor neither, so they are put
    /// together first.
    private mutating func ask(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        var telling = InlineArray<64, UInt8>(repeating: 0)
        var count = 0
        for place in batch.indices {
            telling[count] = UInt8(truncatingIfNeeded: place)
            count &+= mayTell(batch[place])
        }
        for number in 0..<count { ask(batch[Int(telling[number])]) }
    }

    /// - Returns: 1 or 0, without a branch.
    @inline(__always)
    private func mayTell(_ flow: WaitingFlow) -> Int {
        let isRequest = flow.role == .request ? 1 : 0
        let hasPorts = flow.record.transport == 6 ? 1 : flow.record.transport == 17 ? 1 : 0
        let isLogin = ports[flow.record.destinationPort] & PortTraits.login != 0 ? 1 : 0
        return isRequest & hasPorts & ((flow.record.isSmall ? 1 : 0) | (flow.sends ? 0 : 1) | isLogin)
    }

    /// What a request may tell: scans, logins, rejected and then accepted, exposed services.
    private mutating func ask(_ request: WaitingFlow) {
        let record = request.record
        let traits = ports[record.destinationPort]
        let (pair, port) = (Int(request.pair), record.destinationPort)
        if !request.sends { answer(request) }
        if record.isSmall {
            let hash = sketched(UInt64(port), interfaces.entries[Int(request.interface)].salt)
            let isNew =
                request.sends ? pairs.entries[pair].asked.add(hash) : pairs.entries[pair].askedBy.add(hash)
            if isNew { sweep(request) }
        }
        if traits & PortTraits.login != 0 {
            let key = LoginKey(
                source: record.source, destination: record.destination, hour: record.hour, port: port,
                sends: request.sends)
            logins.add(record, key, request.interface, settings)
        }
        guard traits & PortTraits.exposed != 0, !request.sends, request.isExternal, !record.isRejected else { return }
        // What comes from the port that the interface asks the peer at is a reply, to whatever port the interface took.
        guard !pairs.entries[pair].isServed(at: record.sourcePort) else { return }
        let key = ServiceKey(interface: request.interface, port: port)
        services[key, default: ExposedService(first: record.start, source: record.source)].add(
            record, record.source, sketched(record.source.low, record.source.high))
    }

    /// A request of the peer's.
    private mutating func answer(_ request: WaitingFlow) {
        let record = request.record
        let isOftenRejected = pairs.entries.withUnsafeMutableBufferPointer { entries in
            let pair = Int(request.pair)
            if record.isRejected {
                entries[pair].reject(record.start)
            } else {
                entries[pair].accept(record.start, record.destinationPort)
            }
            return entries[pair].isOftenRejected
        }
        guard isOftenRejected else { return }
        let key = RejectedPort(interface: request.interface, peer: record.source, port: record.destinationPort)
        if record.isRejected {
            rejections.reject(key, record.start)
        } else {
            rejections.accept(
                key, record.start, enough: settings.rejectedBeforeAccepted - Int(PortRejectionTable.begin) + 1)
        }
    }

    private mutating func sweep(_ request: WaitingFlow) {
        let record = request.record
        let key = SweepKey(source: record.source, port: record.destinationPort)
        let hash = sketched(record.destination.low, record.destination.high)
        sweeps.add(
            key, record.start, record.destination, hash, isRejected: record.isRejected,
            isExternal: request.isExternal && !request.sends)
    }
}
