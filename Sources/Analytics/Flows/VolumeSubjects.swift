internal import LogReaders

extension FlowAnalytics {
    /// The series of all interfaces in the log: series with rows, and series that only the baseline knows, which are
    /// now idle.
    func interfaceSubjects() -> [VolumeJudge.Subject] {
        var rows: [Int: [Int32: Int]] = [:]
        for (number, row) in tally.volumes.rows.enumerated() {
            rows[Int(row.interface) * FlowSeries.withRows + Int(row.series.rawValue), default: [:]][row.hour] = number
        }
        let begin = hours?.lowerBound ?? 0
        return tally.interfaces.entries.enumerated().flatMap { interface, entry -> [VolumeJudge.Subject] in
            guard !tally.volumes.forgotten.contains(Int32(clamping: interface)) else { return [] }
            let known = KnownSeries(before, "\(entry.name)/")
            // A new interface has no history. A known interface had no traffic before a series began.
            let first = known.isEmpty ? max(begin, Int32(clamping: entry.first / 3_600)) : .min
            return FlowSeries.allCases.compactMap { series in
                let source = series == .outFlows ? FlowSeries.outExternal : series
                var rows = rows[interface * FlowSeries.withRows + Int(source.rawValue)] ?? [:]
                if series == .outFlows { rows = rows.mapValues { $0 + VolumeRow.flowsOf } }
                guard !rows.isEmpty || known.has(series) else { return nil }
                return VolumeJudge.Subject(
                    key: "\(entry.name)/\(series.rawValue)", interface: interface, account: entry.account,
                    series: series, rows: rows, history: known.history(of: series), firstHour: first)
            }
        }
    }
}

extension VolumeRow {
    /// An offset that is added to a row's number to mean the row's flows instead of its bytes.
    static let flowsOf = 1 << 40

    /// The hour's flows, divided evenly among its bins, because flows are counted only by hour.
    var flowBins: [Double] { Array(repeating: Double(flows) / 12, count: 12) }
}

/// The baseline's series of one interface or account.
struct KnownSeries {
    private let histories: [FlowSeries: SeriesHistory]

    /// - Parameter prefix: the beginning of the baseline's keys for the interface or account.
    init(_ baseline: LearnedFlows, _ prefix: String) {
        var histories: [FlowSeries: SeriesHistory] = [:]
        for series in FlowSeries.allCases { histories[series] = baseline.series["\(prefix)\(series.rawValue)"] }
        self.histories = histories
    }

    var isEmpty: Bool { histories.isEmpty }

    func has(_ series: FlowSeries) -> Bool { histories[series] != nil }

    /// The history of a series. A series that the baseline does not know was idle in the hours of the other series: its
    /// first traffic is unusual, not the beginning of the logs.
    func history(of series: FlowSeries) -> SeriesHistory {
        if let history = histories[series] { return history }
        // Older baselines have no flow counts, so these are learned from the beginning.
        if series == .outFlows, has(.outExternal) { return SeriesHistory() }
        return .idle(Set(histories.values.flatMap { $0.hours.map(\.hour) }).sorted())
    }
}

/// The totals of each account, as rows with negative numbers.
final class AccountSums {
    private var sums: [[Double]] = []
    /// By account, series and hour.
    private var places: [String: [FlowSeries: [Int32: Int]]] = [:]

    /// - Parameter forgotten: the interfaces whose rows were dropped. The totals of their accounts are unknown.
    init(rows: [VolumeRow], interfaces: [InterfaceEntry], without forgotten: Set<Int32>) {
        let unknown = Set(forgotten.map { interfaces[Int($0)].account })
        for row in rows where row.series.countsBytes {
            let account = interfaces[Int(row.interface)].account
            if unknown.contains(account) { continue }
            let place = places[account]?[row.series]?[row.hour] ?? sums.count
            if place == sums.count {
                sums.append(Array(repeating: 0, count: 12))
                places[account, default: [:]][row.series, default: [:]][row.hour] = place
            }
            for bin in 0..<12 { sums[place][bin] += Double(row.bins[bin]) }
        }
    }

    func bins(_ row: Int) -> [Double] { sums[-row - 1] }

    func subjects(_ baseline: LearnedFlows) -> [VolumeJudge.Subject] {
        places.sorted { $0.key < $1.key }.flatMap { account, places -> [VolumeJudge.Subject] in
            let known = KnownSeries(baseline, "account:\(account)/")
            return FlowSeries.allCases.filter(\.countsBytes).compactMap { series in
                guard places[series] != nil || known.has(series) else { return nil }
                return VolumeJudge.Subject(
                    key: "account:\(account)/\(series.rawValue)", interface: nil, account: account, series: series,
                    rows: (places[series] ?? [:]).mapValues { -$0 - 1 }, history: known.history(of: series))
            }
        }
    }
}
