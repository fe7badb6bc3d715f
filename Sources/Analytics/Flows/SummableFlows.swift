public import LogReaders

/// The accepted flows that a ``FlowTally`` can take as sums over an hour: see ``FlowTally/add(_:)-(SummedFlows)``.
///
/// The sums of an interface, two addresses, a server port and a protocol give the same counts as the single records if
/// none of these records could be a probe, a login or a use of an exposed service, if none is among the largest of its
/// hour, which alerts show, and if the interface never rejected the source.
public struct SummableFlows: Sendable, Hashable {
    /// The destination ports whose flows are examined one by one: logins and exposed services, in order.
    public let singlePorts: [UInt16]
    /// The server ports in the range of client ports, in order.
    public let serverPortsOfClients: [UInt16]
    /// The customer's own networks, which count as internal like the private ones.
    public let ownNetworks: [FlowSettings.Network]
    /// The lowest port that clients use.
    public static let firstOfClients = PortTraits.firstOfClients
    /// Requests with fewer packets can be probes.
    public static let leastPackets = 5
    /// The number of the largest records of an hour that alerts show.
    public static let largest = 2
    /// The times that a tally believes, in seconds since 1970.
    public static let times = FlowTally.times

    public init(_ settings: FlowSettings) {
        let ports = PortTraits(settings)
        let all = UInt16.min...UInt16.max
        singlePorts = all.filter { ports[$0] & (PortTraits.login | PortTraits.exposed) != 0 }
        serverPortsOfClients = all.filter { $0 >= Self.firstOfClients && ports[$0] & PortTraits.service != 0 }
        ownNetworks = settings.ownNetworks
    }
}

/// Accepted flows of an interface within an hour, between the same addresses at the same server port.
public struct SummedFlows {
    /// The sums, with the earliest start and the latest end. A client's port is any one.
    public var record: FlowRecord
    public var count: Int
    /// The latest start, in seconds since 1970.
    public var lastStart: Int
    /// The bytes of the hour's twelve periods of five minutes.
    public var bytes: [UInt64]

    public init(_ record: FlowRecord, count: Int, lastStart: Int, bytes: [UInt64]) {
        self.record = record
        self.count = count
        self.lastStart = lastStart
        self.bytes = bytes
    }
}

/// Summed flows whose sender is not known yet.
struct UndecidedSum: Sendable {
    var record: SeenFlow
    var interface: Int32
    var count: Int
    var lastStart: UInt32
    var bytes: [UInt64]
}

extension FlowTally {
    /// Counts summed flows as if their records were added one by one.
    public mutating func add(_ sum: SummedFlows) {
        let record = sum.record
        guard Self.times.contains(record.start), record.hasAddresses, sum.count > 0 else {
            ofImpossibleTimes += max(0, sum.count)
            return
        }
        guard let number = interfaces.number(named: record.interface) ?? interfaces.add(record) else {
            withoutInterface += sum.count
            return
        }
        flows += sum.count
        interfaces.entries[number].span(record)
        let sends: Bool? =
            switch record.direction {
            case .ingress: record.isTransitGateway
            case .egress: !record.isTransitGateway
            case .unstated: interfaces.entries[number].learn(record.source, record.destination, settings)
            }
        let undecided = UndecidedSum(
            record: SeenFlow(record), interface: Int32(number), count: sum.count,
            lastStart: UInt32(truncatingIfNeeded: sum.lastStart), bytes: sum.bytes)
        if let sends { count(undecided, sends: sends) } else { undecidedSums.append(undecided) }
        forgetTooMany()
    }

    /// Counts the sums whose sender was not known. The other flows may have shown it in the meantime.
    mutating func countUndecidedSums() {
        let sums = undecidedSums
        undecidedSums = []
        for sum in sums {
            let (source, destination) = (sum.record.source, sum.record.destination)
            let sends =
                interfaces.entries[Int(sum.interface)].learn(source, destination, settings)
                ?? interfaces.entries[Int(sum.interface)].guess(source, destination)
            count(sum, sends: sends)
        }
    }

    private mutating func count(_ sum: UndecidedSum, sends: Bool) {
        let record = sum.record
        let peer = sends ? record.destination : record.source
        let role = ports.role(
            from: record.sourcePort, to: record.destinationPort, tcpFlags: record.tcpFlags, isRejected: false)
        let series = FlowSeries(sends: sends, isExternal: !settings.isInternal(peer), isRejected: false)
        let row = volumes.row(Int(sum.interface), series, record.hour)
        for (bin, bytes) in sum.bytes.prefix(12).enumerated() { volumes.rows[row].bins[bin] &+= bytes }
        volumes.rows[row].flows &+= UInt32(truncatingIfNeeded: sum.count)
        let hash = pairs.hash(sum.interface, peer)
        let pair =
            pairs.find(sum.interface, peer, hash)
            ?? pairs.add(PairEntry(interface: sum.interface, peer: peer, at: record.start), hash)
        if pairs.entries[pair].hour != record.hour {
            Self.begin(record.hour, &pairs.entries[pair], Int32(truncatingIfNeeded: pair), &pairHours)
        }
        pairs.entries[pair].count(record, times: sum.count, lastStart: sum.lastStart, sends: sends, role: role)
        if role == .request, !sends, record.transport == 6 || record.transport == 17 {
            pairs.entries[pair].accept(record.start, record.destinationPort)
        }
    }
}
