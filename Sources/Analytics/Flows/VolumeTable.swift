internal import LogReaders

/// The counted series of an interface: bytes by direction and class of peer, rejected flows by direction, and accepted
/// flows to external peers. The latter are counted in the rows of the bytes.
enum FlowSeries: UInt8, Sendable, Hashable, CaseIterable, Codable {
    case outExternal, outInternal, inExternal, inInternal, rejectedIn, rejectedOut, outFlows

    /// The number of series that have rows.
    static let withRows = 6

    /// Whether the series counts bytes, not flows.
    var countsBytes: Bool { rawValue < 4 }

    /// The amounts in an hour from which on a peer is listed.
    static let notableBytes: UInt64 = 100_000
    static let notableFlows: UInt64 = 5

    @inline(__always)
    init(sends: Bool, isExternal: Bool, isRejected: Bool) {
        let accepted: FlowSeries =
            sends ? isExternal ? .outExternal : .outInternal : isExternal ? .inExternal : .inInternal
        self = isRejected ? sends ? .rejectedOut : .rejectedIn : accepted
    }

    var name: String {
        switch self {
        case .outExternal: "to external peers"
        case .outInternal: "to internal peers"
        case .inExternal: "from external peers"
        case .inInternal: "from internal peers"
        case .rejectedIn: "rejected, inbound"
        case .rejectedOut: "rejected, outbound"
        case .outFlows: "to external peers, in flows"
        }
    }
}

/// One interface, series and hour: twelve bins of five minutes, the heaviest peers, the largest records.
struct VolumeRow: Sendable {
    static let peersKept = 8

    let interface: Int32
    let series: FlowSeries
    /// Hours since 1970.
    let hour: Int32
    var flows: UInt32 = 0
    /// The numbers of the heaviest pairs (-1 for none), and their amounts.
    var peers: InlineArray<8, Int32> = InlineArray(repeating: -1)
    var weights: InlineArray<8, UInt64> = InlineArray(repeating: 0)
    var bins: InlineArray<12, UInt64> = InlineArray(repeating: 0)
    /// The largest records, which alerts show as evidence.
    var notable: InlineArray<2, SeenFlow> = InlineArray(repeating: SeenFlow())

    var total: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<12 { sum &+= bins[index] }
        return sum
    }

    /// Whether the amount is spread over more than three bins, as by a job, and is not a burst.
    var isLasting: Bool {
        var most: UInt64 = 0
        for index in 0..<12 { most = max(most, bins[index]) }
        return (0..<12).count { bins[$0] >= most / 4 && bins[$0] > 0 } > 3
    }

    /// Lists a peer if it is among the heaviest. If it is listed already, adds to its amount.
    /// - Parameter precedes: the order of peers with equal amounts.
    mutating func list(_ weight: UInt64, of peer: Int32, precedes: (Int32, Int32) -> Bool = (<)) {
        var least = 0
        for index in 0..<Self.peersKept {
            if peers[index] == peer {
                weights[index] &+= weight
                return
            }
            if weights[index] < weights[least]
                || weights[index] == weights[least] && weights[index] > 0 && precedes(peers[least], peers[index])
            {
                least = index
            }
        }
        guard weight > weights[least] || weight == weights[least] && precedes(peer, peers[least]) else { return }
        peers[least] = peer
        weights[least] = weight
    }

    @inline(__always)
    mutating func keep(_ record: SeenFlow) {
        guard notable[1].isLess(than: record) else { return }
        if notable[0].isLess(than: record) {
            notable[1] = notable[0]
            notable[0] = record
        } else {
            notable[1] = record
        }
    }

    mutating func merge(_ other: VolumeRow, renumber: (Int32) -> Int32) {
        flows = flows.addingSaturating(other.flows)
        for index in 0..<12 { bins[index] &+= other.bins[index] }
        for index in 0..<Self.peersKept where other.peers[index] >= 0 {
            list(other.weights[index], of: renumber(other.peers[index]))
        }
        for index in 0..<2 { keep(other.notable[index]) }
    }
}

/// The rows, by interface, series and hour. Records are roughly in order of time, so the previous record's row is
/// usually the right one.
struct VolumeTable: Sendable {
    var rows: [VolumeRow] = []
    /// Interfaces with dropped hours. Their volumes cannot be evaluated.
    private(set) var forgotten: Set<Int32> = []
    /// The last row of each series of each interface.
    private var recent: [Recent] = []
    private(set) var index = HashIndex()
    private let mix: SeededHash
    /// The approximate number of rows beyond which some are forgotten.
    private let bound: Int

    private struct Recent {
        var hour: Int32 = -1
        var row: Int32 = -1
        /// The bytes that a record must exceed to be one of the largest.
        var notable: UInt64 = 0
    }

    init(_ mix: SeededHash, bound: Int) {
        self.mix = mix
        self.bound = bound
    }

    mutating func count(_ batch: UnsafeMutableBufferPointer<WaitingFlow>) {
        recent.withUnsafeBufferPointer { recent in
            for place in batch.indices {
                let slot = Int(batch[place].interface) * FlowSeries.withRows + Int(batch[place].series.rawValue)
                let isKnown = slot < recent.count && recent[slot].hour == batch[place].record.hour
                batch[place].row = isKnown ? recent[slot].row : -1
            }
        }
        for place in batch.indices where batch[place].row < 0 {
            let flow = batch[place]
            batch[place].row = Int32(row(Int(flow.interface), flow.series, flow.record.hour))
        }
        rows.withUnsafeMutableBufferPointer { rows in
            recent.withUnsafeMutableBufferPointer { recent in
                for place in batch.indices {
                    let row = batch[place].row
                    let bytes = batch[place].record.bytes
                    let slot =
                        Int(batch[place].interface) * FlowSeries.withRows + Int(batch[place].series.rawValue)
                    rows[Int(row)].bins[Int(batch[place].record.start % 3_600 / 300)] &+=
                        batch[place].series.countsBytes ? bytes : 1
                    rows[Int(row)].flows &+= 1
                    let isRecent = recent[slot].row == row
                    guard bytes >= recent[slot].notable || !isRecent else { continue }
                    rows[Int(row)].keep(batch[place].record)
                    if isRecent { recent[slot].notable = rows[Int(row)].notable[1].bytes }
                }
            }
        }
    }

    /// The number of a row, which is added if it is new.
    mutating func row(_ interface: Int, _ series: FlowSeries, _ hour: Int32) -> Int {
        let place = interface * FlowSeries.withRows + Int(series.rawValue)
        while recent.count <= place { recent.append(Recent()) }
        let hash = Self.hash(Int32(interface), series, hour, mix)
        let row = find(hash, interface, series, hour) ?? add(interface, series, hour, hash)
        recent[place] = Recent(hour: hour, row: Int32(row), notable: rows[row].notable[1].bytes)
        return row
    }

    /// Adds another table's rows.
    /// - Parameters:
    ///   - interfaces: the number in this table of each of the other table's interfaces.
    ///   - renumber: returns the number in this tally of one of the other tally's pairs.
    mutating func merge(_ other: VolumeTable, _ interfaces: [Int32], renumber: (Int32) -> Int32) {
        for row in other.rows {
            let place = self.row(Int(interfaces[Int(row.interface)]), row.series, row.hour)
            rows[place].merge(row, renumber: renumber)
        }
        forgotten.formUnion(other.forgotten.map { interfaces[Int($0)] })
    }

    /// Marks interfaces whose volumes cannot be evaluated.
    mutating func leaveOut(_ interfaces: some Sequence<Int32>) { forgotten.formUnion(interfaces) }

    /// Drops the rows of interfaces that lost rows before. If that is not enough, also drops the rows of the interfaces
    /// with the lowest volumes.
    /// - Returns: the hours that had rows.
    mutating func forget(beyond bound: Int) -> Set<Int32> {
        let hours = Set(rows.map(\.hour))
        var weights: [Int32: (rows: Int, amount: UInt64)] = [:]
        for row in rows {
            // One rejected flow weighs as much as a kilobyte.
            let amount = row.series.countsBytes ? row.total : row.total &* 1_000
            weights[row.interface, default: (0, 0)].rows += 1
            weights[row.interface, default: (0, 0)].amount &+= amount
        }
        let candidates = weights.filter { !forgotten.contains($0.key) }
        // Leaves room for new rows, so that rows are not dropped again at once.
        let most = candidates.values.reduce(0) { $0 + $1.rows } <= bound / 16 * 15 ? bound : bound / 8 * 7
        var kept = 0
        let order = candidates.sorted { ($0.value.amount, $1.key) > ($1.value.amount, $0.key) }
        for (interface, weight) in order {
            if kept + weight.rows > most { forgotten.insert(interface) } else { kept += weight.rows }
        }
        recent.removeAll(keepingCapacity: true)
        index.removeAll()
        rows.removeAll { forgotten.contains($0.interface) }
        for (number, row) in rows.enumerated() {
            index.insert(Self.hash(row.interface, row.series, row.hour, mix), number)
        }
        return hours
    }

    /// Lists a pair with its amount in an hour. Does nothing if the row of that hour was dropped.
    /// - Parameter precedes: the order of pairs with equal amounts.
    mutating func list(
        _ interface: Int32, _ series: FlowSeries, _ hour: Int32, _ amount: UInt64, of pair: Int32,
        precedes: (Int32, Int32) -> Bool = (<)
    ) {
        let hash = Self.hash(interface, series, hour, mix)
        guard let row = find(hash, Int(interface), series, hour) else { return }
        rows.withUnsafeMutableBufferPointer { $0[row].list(amount, of: pair, precedes: precedes) }
    }

    @inline(__always)
    private func find(_ hash: UInt64, _ interface: Int, _ series: FlowSeries, _ hour: Int32) -> Int? {
        rows.withUnsafeBufferPointer { rows in
            index.find(hash) { number in
                rows[number].hour == hour && rows[number].interface == Int32(interface)
                    && rows[number].series == series
            }
        }
    }

    private mutating func add(_ interface: Int, _ series: FlowSeries, _ hour: Int32, _ hash: UInt64) -> Int {
        // Reserves an address range, not memory. Most logs have no more rows.
        if rows.capacity == 0 { rows.reserveCapacity(bound / 4) }
        rows.append(VolumeRow(interface: Int32(interface), series: series, hour: hour))
        index.insert(hash, rows.count - 1)
        return rows.count - 1
    }

    private static func hash(_ interface: Int32, _ series: FlowSeries, _ hour: Int32, _ mix: SeededHash) -> UInt64 {
        mix(UInt64(UInt32(bitPattern: interface)) << 8 | UInt64(series.rawValue), UInt64(UInt32(bitPattern: hour)))
    }
}
