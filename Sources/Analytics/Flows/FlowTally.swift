public import LogReaders

/// One worker's counts of flow logs: a value with bounded memory. The workers' tallies are merged, and
/// ``FlowAnalytics`` evaluates the result. The order of records and workers does not matter.
public struct FlowTally: Sendable {
    /// Records that were counted.
    public internal(set) var flows = 0
    /// Records without a start.
    public internal(set) var withoutTime = 0
    /// Records with a time outside of the years of flow logs.
    public internal(set) var ofImpossibleTimes = 0
    /// Records of interfaces beyond the bound.
    public internal(set) var withoutInterface = 0

    var interfaces: InterfaceTable
    var volumes: VolumeTable
    var pairs: PairTable
    /// The amounts that pairs transferred in finished hours, until ``settle()`` adds them up.
    var pairHours = PairHours()
    var scans: PortScanTable
    var sweeps: SweepTable
    var logins: LoginTable
    var services: [ServiceKey: ExposedService] = [:]
    /// Accepted flows to exposed ports, from ports at which peers may serve. They are replies if the interface contacts
    /// the peer at that port.
    var possibleReplies: [PossibleReply: ExposedService] = [:]
    /// Flows between internal addresses that were read before the interface's own address was known.
    var undecided: [UndecidedFlow] = []
    var undecidedSums: [UndecidedSum] = []
    var rejections = PortRejectionTable()
    var rejectionTimes = RejectionTimes()
    /// Hours since 1970 for which AWS reported no traffic or lost records. They count as hours with logs.
    var quietHours: Set<Int32> = []

    let settings: FlowSettings
    let ports: PortTraits
    private let mix: SeededHash
    /// The hash of sketches. It is the same in each run, so that equal logs give equal findings.
    private let sketched = SeededHash(seed: 0)
    /// From 2010 to 2099, in seconds since 1970.
    static let times = 1_262_304_000..<4_102_444_800

    /// - Parameter seed: the seed of the hashes. With equal seeds, runs are repeatable to the last bit.
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

    /// Counts records in batches. Each step handles a whole batch, so that several loads from memory overlap.
    public mutating func add(_ records: UnsafeBufferPointer<FlowRecord>) {
        var start = 0
        while start < records.count {
            let end = min(start + Self.together, records.count)
            count(UnsafeBufferPointer(rebasing: records[start..<end]))
            start = end
        }
    }

    /// The number of records in a batch. The inline arrays below have the same length.
    private static let together = 64

    private mutating func count(_ records: UnsafeBufferPointer<FlowRecord>) {
        withUnsafeTemporaryAllocation(of: WaitingFlow.self, capacity: Self.together) { room in
            count(UnsafeMutableBufferPointer(rebasing: room[..<take(records, into: room)]))
        }
        forgetTooMany()
    }

    private mutating func count(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        classify(batch)
        volumes.count(batch)
        Self.count(batch, &pairs.entries, &pairHours)
        examineRequests(batch)
    }

    /// Finds the interfaces of records, and copies the records to count into `room`.
    /// - Returns: the number of records to count.
    private mutating func take(
        _ records: UnsafeBufferPointer<FlowRecord>, into room: UnsafeMutableBufferPointer<WaitingFlow>
    ) -> Int {
        var numbers = InlineArray<64, Int32>(repeating: -1)
        interfaces.find(records, &numbers)
        for place in records.indices {
            if !Self.times.contains(records[place].start) {
                if records[place].start == 0 { withoutTime += 1 } else { ofImpossibleTimes += 1 }
                numbers[place] = -1
            } else if numbers[place] < 0 {
                // The batch may contain the new interface twice.
                let name = records[place].interface
                if let number = interfaces.number(named: name) ?? interfaces.add(records[place]) {
                    numbers[place] = Int32(truncatingIfNeeded: number)
                } else {
                    withoutInterface += 1
                }
            }
        }
        var count = 0
        for place in records.indices where numbers[place] >= 0 {
            let number = numbers[place]
            flows += 1
            // Passes single fields, because passing the record would copy it.
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
            guard let sends else { continue }
            let hash = pairs.hash(number, sends ? records[place].destination : records[place].source)
            room.initializeElement(
                at: count,
                to: WaitingFlow(record: SeenFlow(records[place]), hash: hash, interface: number, sends: sends))
            count += 1
        }
        return count
    }

    /// Keeps a flow until its sender is known.
    /// - Returns: a guess whether the interface sent the flow, if too many flows are kept already; otherwise `nil`.
    private mutating func wait(_ record: FlowRecord, _ interface: Int) -> Bool? {
        guard interfaces.entries[interface].undecided < Self.undecidedOfEach, undecided.count < Self.mostUndecided
        else { return interfaces.entries[interface].guess(record.source, record.destination) }
        interfaces.entries[interface].undecided += 1
        undecided.append(UndecidedFlow(record: SeenFlow(record), interface: Int32(interface)))
        return nil
    }

    /// The numbers of undecided flows that are kept for one interface, and for all: 80 bytes each. An interface with a
    /// second peer is decided soon, and for an interface with a single peer the guess is always the same.
    private static let undecidedOfEach = 64
    private static let mostUndecided = 100_000

    /// Counts the undecided flows. All of them together may show the interfaces' own addresses.
    private mutating func countUndecided() {
        guard !undecided.isEmpty else { return }
        let flows = undecided
        undecided = []
        for flow in flows {
            _ = interfaces.entries[Int(flow.interface)].learn(flow.record.source, flow.record.destination, settings)
        }
        for flow in flows {
            let (source, destination) = (flow.record.source, flow.record.destination)
            let sends =
                interfaces.entries[Int(flow.interface)].learn(source, destination, settings)
                ?? interfaces.entries[Int(flow.interface)].guess(source, destination)
            var waiting = WaitingFlow(
                record: flow.record, hash: pairs.hash(flow.interface, sends ? destination : source),
                interface: flow.interface, sends: sends)
            withUnsafeMutablePointer(to: &waiting) {
                count(UnsafeMutableBufferPointer(start: $0, count: 1))
            }
        }
        forgetTooMany()
    }

    /// Learns from a record about its interface.
    /// - Returns: whether the interface sent the flow; `nil` if the flow waits until that is known.
    @inline(never)
    private mutating func side(of record: FlowRecord, _ interface: Int) -> Bool? {
        interfaces.entries[interface].span(record)
        guard record.status == .ok else {
            interfaces.entries[interface].miss(record)
            return false
        }
        switch record.direction {
        // The attachment's side sent the flows that enter a transit gateway.
        case .ingress: return record.isTransitGateway
        case .egress: return !record.isTransitGateway
        case .unstated where !record.hasAddresses: return false
        case .unstated:
            return interfaces.side(interface, record.source, record.destination, record.start, record.end)
                ?? interfaces.entries[interface].learn(record.source, record.destination, settings)
                ?? wait(record, interface)
        }
    }

    /// Finds the pairs of the records, and classifies the flows.
    private mutating func classify(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        // Local copies cannot change during the loop, so their arrays are retained once and not for each record.
        let (ports, settings) = (ports, settings)
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
        pairs.find(batch)
        for place in batch.indices where batch[place].pair < 0 {
            // The batch may contain the new pair twice.
            let hash = batch[place].hash
            let pair = pairs.find(batch[place].interface, batch[place].peer, hash) ?? newPair(batch[place], hash)
            batch[place].pair = Int32(truncatingIfNeeded: pair)
        }
    }

    private static func count(
        _ batch: UnsafeMutableBufferPointer<WaitingFlow>, _ pairs: inout [PairEntry], _ hours: inout PairHours
    ) {
        pairs.withUnsafeMutableBufferPointer { pairs in
            for place in batch.indices {
                let pair = Int(batch[place].pair)
                let hour = batch[place].record.hour
                if pairs[pair].hour != hour {
                    begin(hour, &pairs[pair], batch[place].pair, &hours)
                }
                pairs[pair].count(batch[place].record, sends: batch[place].sends, role: batch[place].role)
            }
        }
    }

    /// Begins the next hour of a pair, and stores the amounts of the previous hour.
    static func begin(_ hour: Int32, _ pair: inout PairEntry, _ number: Int32, _ hours: inout PairHours) {
        let before = pair.begin(hour)
        guard before.hour >= 0 else { return }
        hours.add(before.bytesOut, pair: number, hour: before.hour, sends: true, isRejected: false)
        hours.add(before.bytesIn, pair: number, hour: before.hour, sends: false, isRejected: false)
        guard before.rejectedOut | before.rejectedIn > 0 else { return }
        hours.add(UInt64(before.rejectedOut), pair: number, hour: before.hour, sends: true, isRejected: true)
        hours.add(UInt64(before.rejectedIn), pair: number, hour: before.hour, sends: false, isRejected: true)
    }

    /// Ends the hours that are being counted, and lists the peers in the rows. Must be called after all workers' counts
    /// are merged, and before the tally is read.
    public mutating func settle() {
        countUndecided()
        countUndecidedSums()
        endHours()
        listPeers()
        countPossibleReplies()
    }

    mutating func endHours() {
        // The condition avoids writes to a settled tally, so that copies of it keep sharing memory.
        for pair in pairs.entries.indices where pairs.entries[pair].hour >= 0 {
            Self.begin(-1, &pairs.entries[pair], Int32(truncatingIfNeeded: pair), &pairHours)
        }
    }

    /// Adds up the amounts of the pairs in each hour, and lists the heaviest peers in the rows of their interfaces.
    mutating func listPeers() {
        guard !pairHours.isEmpty else { return }
        let entries = pairs.entries
        pairHours.keep(
            of: entries.map { max($0.bytesOut, $0.bytesIn) >= FlowSeries.notableBytes })
        pairHours.combine(pairs: entries.count)
        for part in pairHours.notable {
            let (interface, peer) = (entries[Int(part.pair)].interface, entries[Int(part.pair)].peer)
            let series = FlowSeries(
                sends: part.sends, isExternal: !settings.isInternal(peer), isRejected: part.isRejected)
            volumes.list(interface, series, part.hour, part.amount, of: part.pair) {
                entries[Int($0)].peer < entries[Int($1)].peer
            }
        }
        pairHours.removeAll()
    }

    private mutating func newPair(_ waiting: WaitingFlow, _ hash: UInt64) -> Int {
        pairs.add(PairEntry(interface: waiting.interface, peer: waiting.peer, at: waiting.record.start), hash)
    }

    /// Collects the requests to examine first: testing them in the hot loop would mispredict branches.
    private mutating func examineRequests(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        var notable = InlineArray<64, UInt8>(repeating: 0)
        var count = 0
        let ports = ports
        for place in batch.indices {
            notable[count] = UInt8(truncatingIfNeeded: place)
            count &+= Self.isNotable(batch[place], ports)
        }
        for number in 0..<count { examine(batch[Int(notable[number])]) }
    }

    /// - Returns: 1 or 0, without a branch.
    @inline(__always)
    private static func isNotable(_ flow: WaitingFlow, _ ports: PortTraits) -> Int {
        let isRequest = flow.role == .request ? 1 : 0
        let hasPorts = flow.record.transport == 6 ? 1 : flow.record.transport == 17 ? 1 : 0
        let isLogin = ports[flow.record.destinationPort] & PortTraits.login != 0 ? 1 : 0
        let isProbe = isRequest & hasPorts & ((flow.record.isSmall ? 1 : 0) | (flow.sends ? 0 : 1) | isLogin)
        return isProbe | (flow.record.isPing ? 1 : 0)
    }

    /// Examines a request for scans, logins, acceptance after rejections, and exposed services.
    private mutating func examine(_ request: WaitingFlow) {
        let record = request.record
        if record.isPing { return ping(request) }
        let traits = ports[record.destinationPort]
        let port = record.destinationPort
        if !request.sends { countRequest(request) }
        if record.isSmall {
            probe(request)
            sweep(request)
        }
        if traits & PortTraits.login != 0 {
            let key = LoginKey(
                source: record.source, destination: record.destination, hour: record.hour, port: port,
                sends: request.sends)
            logins.add(record, key, request.interface, settings)
        }
        guard traits & PortTraits.exposed != 0, !request.sends, request.isExternal, record.isConnection else { return }
        let key = ServiceKey(interface: request.interface, port: port)
        guard record.sourcePort < PortTraits.firstOfClients else {
            services[key, default: ExposedService(first: record.start)].add(record, hashed(record.source))
            return
        }
        let reply = PossibleReply(service: key, pair: request.pair, sourcePort: record.sourcePort)
        possibleReplies[reply, default: ExposedService(first: record.start)].add(record, hashed(record.source))
    }

    /// Counts the possible replies as uses of a service, except actual replies. A flow is a reply if it comes from the
    /// port at which the interface contacts the peer, whatever port the interface used.
    mutating func countPossibleReplies() {
        // Sorted, because the busiest sources of a service depend on the order if there are many.
        let replies = possibleReplies.sorted { left, right in
            (left.key.pair, left.key.service.port, left.key.sourcePort)
                < (right.key.pair, right.key.service.port, right.key.sourcePort)
        }
        for (reply, service) in replies {
            guard !pairs.entries[Int(reply.pair)].isServed(at: reply.sourcePort) else { continue }
            services[reply.service] = services[reply.service]?.merged(with: service) ?? service
        }
        possibleReplies = [:]
    }

    private func hashed(_ address: FlowAddress) -> HashedAddress {
        HashedAddress(
            address: address, seeded: mix(address.low, address.high), sketched: sketched(address.low, address.high))
    }

    /// Counts the port of a small or rejected request.
    private mutating func probe(_ request: WaitingFlow) {
        let (pair, port) = (Int(request.pair), request.record.destinationPort)
        let known = pairs.entries.withUnsafeMutableBufferPointer {
            $0[pair].probe(port, at: request.record.start, sends: request.sends)
        }
        guard known == nil else { return }
        let entry = pairs.entries[pair]
        let key = ScanKey(interface: request.interface, peer: request.peer, sends: request.sends)
        scans.add(key, port, before: (request.sends ? entry.ports : entry.portsByPeer).all)
    }

    /// Counts a request from the peer.
    private mutating func countRequest(_ request: WaitingFlow) {
        let record = request.record
        let isOftenRejected = pairs.entries.withUnsafeMutableBufferPointer { entries in
            let pair = Int(request.pair)
            if record.isRejected {
                entries[pair].reject()
            } else {
                entries[pair].accept(record.start, record.destinationPort)
            }
            return entries[pair].isOftenRejected
        }
        if record.isRejected { rejectionTimes.add(record.start, pair: request.pair) }
        guard isOftenRejected else { return }
        let key = RejectedPort(interface: request.interface, peer: record.source, port: record.destinationPort)
        if record.isRejected {
            rejections.reject(key, record.start)
        } else {
            rejections.accept(
                key, record.start, enough: settings.rejectedBeforeAccepted - Int(PortRejectionTable.begin) + 1)
        }
    }

    /// Counts a small flow of ICMP, which may be a request or a reply: see ``PairEntry/isPingedInVain``. What is rejected
    /// on its way in is a request, since security groups accept replies.
    private mutating func ping(_ flow: WaitingFlow) {
        if flow.sends {
            pairs.entries.withUnsafeMutableBufferPointer { $0[Int(flow.pair)].ping() }
        } else if flow.record.isRejected {
            sweep(flow)
        }
    }

    /// The sweeps, with those of pings that nothing answered: as at port 0.
    var allSweeps: [(key: SweepKey, value: Sweep)] {
        var all = sweeps
        for pair in pairs.entries where pair.isPingedInVain {
            let source = interfaces.entries[Int(pair.interface)].own(towards: pair.peer)
            all.add(
                SweepKey(source: source, port: 0), pair.first, hashed(pair.peer), isRejected: false, isExternal: false)
        }
        return all.entries
    }

    private mutating func sweep(_ request: WaitingFlow) {
        let record = request.record
        let key = SweepKey(source: record.source, port: record.destinationPort)
        sweeps.add(
            key, record.start, hashed(record.destination), isRejected: record.isRejected,
            isExternal: request.isExternal && !request.sends)
    }
}
