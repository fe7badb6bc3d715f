public import LogReaders

/// One worker's counts of flow logs: a value with bounded memory that is merged with those of the other workers and
/// then judged by ``FlowAnalytics``. The order of records and workers does not matter.
public struct FlowTally: Sendable {
    /// Records that were counted.
    public internal(set) var flows = 0
    /// Records with a time outside of the years of flow logs.
    public internal(set) var withoutTime = 0
    /// Records of interfaces beyond the bound.
    public internal(set) var withoutInterface = 0

    var interfaces: InterfaceTable
    var volumes: VolumeTable
    var pairs: PairTable
    var scans: PortScanTable
    var sweeps: SweepTable
    var logins: LoginTable
    var services: [ServiceKey: ExposedService] = [:]
    var rejections = PortRejectionTable()
    /// Hours since 1970 that AWS reported as without traffic, or with lost records: there were logs.
    var quietHours: Set<Int32> = []

    let settings: FlowSettings
    private let ports: PortTraits
    private let mix: SeededHash
    /// The hash of sketches: the same in each run, so that each run finds the same.
    private let sketched = SeededHash(seed: 0)
    /// From 2010 to 2099, in seconds since 1970.
    private static let times = 1_262_304_000..<4_102_444_800

    /// - Parameter seed: the seed of the hashes. Equal seeds make runs repeatable to the last bit.
    public init(_ settings: FlowSettings = FlowSettings(), seed: UInt64 = .random(in: .min ... .max)) {
        self.settings = settings
        mix = SeededHash(seed: seed)
        ports = PortTraits(settings)
        interfaces = InterfaceTable(mix, bound: settings.rememberedInterfaces)
        volumes = VolumeTable(mix, bound: settings.rememberedHours)
        scans = PortScanTable(mix, bound: settings.rememberedPairs / 8, exactlyUpTo: settings.scannedPorts)
        sweeps = SweepTable(mix, bound: settings.rememberedPairs / 4, exactlyUpTo: settings.sweptHosts)
        logins = LoginTable(mix, bound: settings.rememberedPairs / 4)
        pairs = PairTable(mix, bound: settings.rememberedPairs)
    }

    public mutating func add(_ record: FlowRecord) {
        withUnsafePointer(to: record) { add(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Counts records. Each step is done for many of them, so that while one waits for memory the next ones are
    /// loaded.
    public mutating func add(_ records: UnsafeBufferPointer<FlowRecord>) {
        var start = 0
        while start < records.count {
            let end = min(start + Self.together, records.count)
            count(UnsafeBufferPointer(rebasing: records[start..<end]))
            start = end
        }
    }

    /// How many records are counted together. The arrays below have as many places.
    private static let together = 64

    private mutating func count(_ records: UnsafeBufferPointer<FlowRecord>) {
        withUnsafeTemporaryAllocation(of: WaitingFlow.self, capacity: Self.together) { room in
            let batch = UnsafeMutableBufferPointer(rebasing: room[..<take(records, into: room)])
            classify(batch)
            // First, so that ending hours of pairs find their rows.
            volumes.count(batch)
            Self.count(batch, &pairs.entries, &volumes)
            examineRequests(batch)
        }
        forgetTooMany()
    }

    /// Finds the interfaces of records, and puts the records to count into the room.
    /// - Returns: the number of records to count.
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
            // Field by field: a record that is passed on is copied.
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
            room.initializeElement(
                at: count,
                to: WaitingFlow(record: SeenFlow(records[place]), hash: hash, interface: number, sends: sends))
            count += 1
        }
        return count
    }

    /// Takes from a record what it says about its interface.
    /// - Returns: whether the interface sent the flow.
    @inline(never)
    private mutating func side(of record: FlowRecord, _ interface: Int) -> Bool {
        interfaces.entries[interface].span(record)
        guard record.status == .ok else {
            interfaces.entries[interface].miss(record)
            return false
        }
        switch record.direction {
        // Flows that enter a transit gateway were sent by the attachment's side.
        case .ingress: return record.isTransitGateway
        case .egress: return !record.isTransitGateway
        case .unstated:
            return interfaces.side(interface, record.source, record.destination, record.start, record.end)
                ?? interfaces.entries[interface].learn(record, settings)
        }
    }

    /// Finds the pairs of the records, and classifies the flows.
    private mutating func classify(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        for place in batch.indices {
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

    /// Begins the next hour of a pair. The amounts of the hour before are added to the interface's row of that hour,
    /// if they are large.
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

    /// Ends the hours that are being counted. To be called before the tally is read.
    public mutating func settle() {
        endHours()
    }

    mutating func endHours() {
        // A settled tally is not written to, so that a copy of it costs nothing.
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

    /// Collects the requests to examine first: testing them in the hot loop would mispredict branches.
    private mutating func examineRequests(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        var notable = InlineArray<64, UInt8>(repeating: 0)
        var count = 0
        for place in batch.indices {
            notable[count] = UInt8(truncatingIfNeeded: place)
            count &+= isNotable(batch[place])
        }
        for number in 0..<count { examine(batch[Int(notable[number])]) }
    }

    /// - Returns: 1 or 0, without a branch.
    @inline(__always)
    private func isNotable(_ flow: WaitingFlow) -> Int {
        let isRequest = flow.role == .request ? 1 : 0
        let hasPorts = flow.record.transport == 6 ? 1 : flow.record.transport == 17 ? 1 : 0
        let isLogin = ports[flow.record.destinationPort] & PortTraits.login != 0 ? 1 : 0
        return isRequest & hasPorts & ((flow.record.isSmall ? 1 : 0) | (flow.sends ? 0 : 1) | isLogin)
    }

    /// Examines a request for scans, logins, rejected and then accepted flows, and exposed services.
    private mutating func examine(_ request: WaitingFlow) {
        let record = request.record
        let traits = ports[record.destinationPort]
        let (pair, port) = (Int(request.pair), record.destinationPort)
        if !request.sends { countRequest(request) }
        if record.isSmall, isNewPort(request) { sweep(request) }
        if traits & PortTraits.login != 0 {
            let key = LoginKey(
                source: record.source, destination: record.destination, hour: record.hour, port: port,
                sends: request.sends)
            logins.add(record, key, request.interface, settings)
        }
        guard traits & PortTraits.exposed != 0, !request.sends, request.isExternal, !record.isRejected else { return }
        // A flow from the port at which the interface contacts the peer is a reply, whatever port the interface used.
        guard !pairs.entries[pair].isServed(at: record.sourcePort) else { return }
        let key = ServiceKey(interface: request.interface, port: port)
        services[key, default: ExposedService(first: record.start)].add(record, hashed(record.source))
    }

    private func hashed(_ address: FlowAddress) -> HashedAddress {
        HashedAddress(
            address: address, seeded: mix(address.low, address.high), sketched: sketched(address.low, address.high))
    }

    /// Takes the port of a small or rejected request.
    /// - Returns: whether the pair had no such request at the port before, as far as that is known.
    private mutating func isNewPort(_ request: WaitingFlow) -> Bool {
        let (pair, port) = (Int(request.pair), request.record.destinationPort)
        let known = pairs.entries.withUnsafeMutableBufferPointer {
            $0[pair].probe(port, at: request.record.start, sends: request.sends)
        }
        if let known { return known }
        let entry = pairs.entries[pair]
        let key = ScanKey(interface: request.interface, peer: request.peer, sends: request.sends)
        return scans.add(key, port, before: (request.sends ? entry.ports : entry.portsByPeer).all)
    }

    /// Counts a request of the peer.
    private mutating func countRequest(_ request: WaitingFlow) {
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
        sweeps.add(
            key, record.start, hashed(record.destination), isRejected: record.isRejected,
            isExternal: request.isExternal && !request.sends)
    }
}
