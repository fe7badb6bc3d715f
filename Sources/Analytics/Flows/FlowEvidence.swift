internal import Basics
internal import LogReaders

/// The evidence of alerts: the heaviest peers, the largest records, the history.
extension FlowAnalytics {
    /// - Parameter rows: the numbers of the tally's rows that the alert is about.
    func peersAndRecords(_ rows: [Int], of peer: FlowAddress? = nil) -> [JSON.Object.Member] {
        [topPeers(rows)]
            + records(rows) { record in peer.map { record.source == $0 || record.destination == $0 } ?? true }
    }

    private func topPeers(_ rows: [Int]) -> JSON.Object.Member {
        var weights: [Int32: UInt64] = [:]
        for row in rows.map({ tally.volumes.rows[$0] }) {
            for place in 0..<VolumeRow.peersKept where row.peers[place] >= 0 {
                weights[row.peers[place], default: 0] &+= row.weights[place]
            }
        }
        let top = weights.sorted { one, other in
            one.value != other.value ? one.value > other.value : precedes(one.key, other.key)
        }.prefix(5)
        // All rows of an alert belong to one series, or to several series that count bytes.
        let isOfBytes = rows.first.map { tally.volumes.rows[$0].series.countsBytes } ?? true
        return .init(
            "top_peers",
            .array(
                top.map { number, weight in
                    let pair = tally.pairs.entries[Int(number)]
                    return .members([
                        .init("address", .string("\(pair.peer)")),
                        .init(isOfBytes ? "bytes" : "flows", .amount(weight)),
                        .init("port", .int(Int(pair.port))),
                        .init("first_seen", .string(Moment(nearestTo: Int(pair.first)).description)),
                    ])
                }))
    }

    /// The order of pairs with equal amounts.
    private func precedes(_ one: Int32, _ other: Int32) -> Bool {
        let (one, other) = (tally.pairs.entries[Int(one)], tally.pairs.entries[Int(other)])
        guard one.peer == other.peer else { return one.peer < other.peer }
        return tally.interfaces.entries[Int(one.interface)].name < tally.interfaces.entries[Int(other.interface)].name
    }

    /// The largest matching records among those kept for each hour; empty if none matches.
    func records(_ rows: [Int], where isMeant: (SeenFlow) -> Bool) -> [JSON.Object.Member] {
        var records: [SeenFlow] = []
        for row in rows {
            for place in 0..<2 {
                let record = tally.volumes.rows[row].notable[place]
                if record.bytes > 0, isMeant(record) { records.append(record) }
            }
        }
        guard !records.isEmpty else { return [] }
        records.sort { $1.isLess(than: $0) }
        return [.init("records", .array(records.prefix(3).map { .string($0.text) }))]
    }

    /// The rows of an interface in a period, of one series or of all.
    func rows(_ interface: Int, from first: Int, to last: Int, _ series: FlowSeries? = nil) -> [Int] {
        let hours = Int32(clamping: first / 3_600)...max(Int32(clamping: first / 3_600), Int32(clamping: last / 3_600))
        return rowsByInterface[interface].filter { number in
            let row = tally.volumes.rows[number]
            return hours.contains(row.hour) && (series ?? row.series) == row.series
        }
    }

    /// The bytes of one pair in each hour up to `last`. Hours in which the peer was not among the heaviest count as 0.
    func history(of pair: Int, until last: Int32) -> [JSON.Object.Member] {
        let interface = Int(tally.pairs.entries[pair].interface)
        let first = max(hours?.lowerBound ?? last, last - 47)
        guard first <= last else { return [] }
        var amounts = [Double](repeating: 0, count: Int(last - first) + 1)
        for number in rows(interface, from: Int(first) * 3_600, to: Int(last) * 3_600, .outExternal) {
            let row = tally.volumes.rows[number]
            for place in 0..<VolumeRow.peersKept where row.peers[place] == Int32(clamping: pair) {
                amounts[Int(row.hour - first)] += Double(row.weights[place])
            }
        }
        return Self.history(amounts)
    }

    static func history(_ amounts: [Double]) -> [JSON.Object.Member] {
        [
            .init("history", .array(amounts.map { .amount($0) })),
            .init("sparkline", .string(Sparkline.text(amounts.map(Robust.log)))),
        ]
    }
}
