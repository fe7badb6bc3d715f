internal import LogReaders

/// What is counted of an interface: bytes by direction and class of peer, and rejected flows by direction.
enum FlowSeries: UInt8, Sendable, Hashable, CaseIterable, Codable {
    case outExternal, outInternal, inExternal, inInternal, rejectedIn, rejectedOut

    /// Bytes, not flows.
    var countsBytes: Bool { rawValue < 4 }

    /// What a peer has to have in an hour to be named.
    var notable: UInt64 { countsBytes ? 100_000 : 5 }

    var name: String {
        switch self {
        case .outExternal: "to external peers"
        case .outInternal: "to internal peers"
        case .inExternal: "from external peers"
        case .inInternal: "from internal peers"
        case .rejectedIn: "rejected, inbound"
        case .rejectedOut: "rejected, outbound"
        }
    }
}

/// One interface, series and hour: twelve bins of five minutes, the peers with the most, the largest records.
struct VolumeRow: Sendable {
    static let peersKept = 8

    let interface: Int32
    let series: FlowSeries
    /// Hours since 1970.
    let hour: Int32
    var bins: InlineArray<12, UInt64> = InlineArray(repeating: 0)
    /// Numbers of the pairs with the most, -1 where there is none, and what they had: at least, where several workers or
    /// records out of order share the hour.
    var peers: InlineArray<8, Int32> = InlineArray(repeating: -1)
    var weights: InlineArray<8, UInt64> = InlineArray(repeating: 0)
    /// The largest records, to be shown as evidence.
    var notable: InlineArray<2, SeenFlow> = InlineArray(repeating: SeenFlow())

    var total: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<12 { sum &+= bins[index] }
        return sum
    }

    /// Adds what one of the peers had.
    mutating func count(_ weight: UInt64, of peer: Int32) {
        var least = 0
        for index in 0..<Self.peersKept {
            if peers[index] == peer {
                weights[index] &+= weight
                return
            }
            if weights[index] < weights[least] { least = index }
        }
        guard weight > weights[least] else { return }
        peers[least] = peer
        weights[least] = weight
    }

    @inline(__always)
    mutating func note(_ record: SeenFlow) {
        guard record.bytes > notable[1].bytes else { return }
        if record.bytes > notable[0].bytes {
            notable[1] = notable[0]
            notable[0] = record
        } else {
            notable[1] = record
        }
    }

    mutating func merge(_ other: VolumeRow, renumber: (Int32) -> Int32) {
        for index in 0..<12 { bins[index] &+= other.bins[index] }
        for index in 0..<Self.peersKept where other.peers[index] >= 0 {
            count(other.weights[index], of: renumber(other.peers[index]))
        }
        for index in 0..<2 where other.notable[index].bytes > notable[1].bytes {
            notable[1] = other.notable[index]
            if notable[1].bytes > notable[0].bytes { (notable[0], notable[1]) = (notable[1], notable[0]) }
        }
    }
}

/// The rows, found by interface, series and hour. Records come roughly in order of time, so that the row of the record
/// before is most often the right one.
struct VolumeTable: Sendable {
    var rows: [VolumeRow] = []
    /// Of each series of each interface, the row that was counted in last, and the one that a pair's hour ended in.
    private var recent: [Int32] = []
    private var lately: [Int32] = []
    private var index = HashIndex()
    private let mix: Mixer

    init(_ mix: Mixer) { self.mix = mix }

    @inline(__always)
    mutating func row(_ interface: Int, _ series: FlowSeries, _ hour: Int32) -> Int {
        let place = interface * 6 + Int(series.rawValue)
        if place < recent.count {
            let row = Int(recent[place])
            if row >= 0, rows[row].hour == hour { return row }
        }
        return find(interface, series, hour, place)
    }

    /// The row of an hour that ended, if there is one.
    @inline(__always)
    mutating func ended(_ interface: Int, _ series: FlowSeries, _ hour: Int32) -> Int? {
        let place = interface * 6 + Int(series.rawValue)
        if place < lately.count {
            let row = Int(lately[place])
            if row >= 0, rows[row].hour == hour { return row }
        }
        return findEnded(interface, series, hour, place)
    }

    private mutating func findEnded(_ interface: Int, _ series: FlowSeries, _ hour: Int32, _ place: Int) -> Int? {
        while lately.count <= place { lately.append(-1) }
        let found = rows.withUnsafeBufferPointer { rows in
            index.find(Self.hash(Int32(interface), series, hour, mix)) {
                Self.matches(rows[$0], interface, series, hour)
            }
        }
        if let found { lately[place] = Int32(found) }
        return found
    }

    private mutating func find(_ interface: Int, _ series: FlowSeries, _ hour: Int32, _ place: Int) -> Int {
        while recent.count <= place { recent.append(-1) }
        let hash = Self.hash(Int32(interface), series, hour, mix)
        let found = rows.withUnsafeBufferPointer { rows in
            index.find(hash) { Self.matches(rows[$0], interface, series, hour) }
        }
        if let found {
            recent[place] = Int32(found)
            return found
        }
        return add(VolumeRow(interface: Int32(interface), series: series, hour: hour), hash, place)
    }

    private mutating func add(_ row: VolumeRow, _ hash: UInt64, _ place: Int) -> Int {
        rows.append(row)
        recent[place] = Int32(rows.count - 1)
        index.insert(hash, rows.count - 1)
        return rows.count - 1
    }

    private static func matches(_ row: VolumeRow, _ interface: Int, _ series: FlowSeries, _ hour: Int32) -> Bool {
        row.hour == hour && row.interface == Int32(interface) && row.series == series
    }

    private static func hash(_ interface: Int32, _ series: FlowSeries, _ hour: Int32, _ mix: Mixer) -> UInt64 {
        mix(UInt64(UInt32(bitPattern: interface)) << 8 | UInt64(series.rawValue), UInt64(UInt32(bitPattern: hour)))
    }
}
