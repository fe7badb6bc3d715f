internal import LogReaders

public typealias FlowBaseline = Baseline<LearnedFlows>

/// An account's usual traffic.
///
/// Entries not seen for four weeks before the last hour are dropped. If there are too many entries, the oldest are
/// dropped as well: of the networks, peers and ports of one interface all but 10 000 of a kind, of the sweeps all but
/// 50 000. All series together keep two million hours of about 40 bytes each: four weeks for 3 000 series, and less for
/// more.
public struct LearnedFlows: BaselineContent {
    public static let version = 1
    /// The number of weeks of history that are kept.
    static let weeks = 4

    /// By interface (or account) and series.
    var series: [String: SeriesHistory] = [:]
    /// The external networks (/24, /48) with which each interface exchanged data, and the hour since 1970 of the last
    /// exchange.
    var networks: [String: [String: Int]] = [:]
    /// The most bytes that each interface sent to each of its heavier external peers within an hour. Here and in
    /// `topPeers`, the interface's daily shape is removed.
    var peerPeaks: [String: [String: Float]] = [:]
    /// The most bytes that any external peer received in an hour, for the last hours of each interface.
    var topPeers: [String: [Float]] = [:]
    /// Unclipped amounts of hours in which one external peer received more than was learned. An amount that recurs at
    /// the same time of day is not new. Older files do not have them.
    var seenTops: [String: [SeenHour]]?
    /// The service ports of external peers that each interface used.
    var ports: [String: [String: Int]] = [:]
    /// Sources and ports of sweeps that an earlier run saw.
    var sweeps: [String: Int] = [:]
    /// The last hour that was learned.
    var lastHour = 0

    public init() {}

    private static let networksKept = 10_000
    private static let sweepsKept = 50_000
    private static let hoursKept = 2_000_000

    /// The number of hours to keep for each of that many series: at least two days.
    static func hoursKept(of series: Int) -> Int { max(48, min(weeks * 168, hoursKept / max(1, series))) }

    mutating func age() {
        let oldest = lastHour - Self.weeks * 168
        let kept = Self.hoursKept(of: series.count)
        for key in series.keys {
            series[key]?.hours.removeAll { $0.hour < oldest }
            if let count = series[key]?.hours.count, count > kept { series[key]?.hours.removeFirst(count - kept) }
        }
        series = series.filter { !$0.value.hours.isEmpty }
        series.age(since: .min, keeping: Self.hoursKept / 48)
        networks.age(since: oldest, keeping: Self.networksKept)
        ports.age(since: oldest, keeping: Self.networksKept)
        sweeps.age(since: oldest, keeping: Self.sweepsKept)
        // A peer's peak is kept as long as its network is known, and an interface's peaks as long as the interface is
        // known.
        for (interface, peaks) in peerPeaks {
            let known = networks[interface] ?? [:]
            let kept = peaks.filter { peer, _ in FlowAddress(peer).map { known["\($0.network)"] != nil } ?? false }
                .sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.networksKept)
            peerPeaks[interface] =
                kept.isEmpty ? nil : Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
        topPeers = topPeers.filter { networks[$0.key] != nil }
        seenTops = seenTops?.filter { networks[$0.key] != nil }.mapValues { SeenHour.recent($0, before: lastHour + 1) }
            .filter { !$0.value.isEmpty }
    }

    public mutating func clamp(to latest: Int) {
        guard lastHour > latest else { return }
        series.clamp(to: latest)
        series = series.filter { !$0.value.hours.isEmpty }
        for name in networks.keys { networks[name]?.clamp(to: latest) }
        for name in ports.keys { ports[name]?.clamp(to: latest) }
        sweeps.clamp(to: latest)
        seenTops = seenTops?.mapValues { $0.filter { $0.hour <= latest } }
        lastHour = series.values.map(\.lastSeen).max() ?? 0
    }

    public var isPossible: Bool {
        Self.isSeen(lastHour) && series.values.allSatisfy(\.isPossible)
            && [networks, ports].allSatisfy { $0.values.allSatisfy { $0.values.allSatisfy(Self.isSeen) } }
            && sweeps.values.allSatisfy(Self.isSeen)
            && peerPeaks.values.allSatisfy { $0.values.allSatisfy(Self.amounts.contains) }
            && topPeers.values.allSatisfy { $0.allSatisfy(Self.amounts.contains) }
            && (seenTops ?? [:]).values.allSatisfy { $0.allSatisfy(\.isPossible) }
    }

    /// The hours since 1970 for which there can be flow logs: the years 2010 to 2099.
    fileprivate static let hours = 350_640..<1_139_568
    private static let amounts: ClosedRange<Float> = 0...1e28

    /// Whether the hour is possible as a time of last use; 0 means never.
    fileprivate static func isSeen(_ hour: Int) -> Bool { hour == 0 || hours.contains(hour) }
}

/// The amounts of an hour that was too unusual to be learned in full. Similar amounts at the same time of another day
/// are not new: a backup that runs each night alerts only in the first one.
struct SeenHour: Sendable, Hashable, Codable {
    /// Hours since 1970.
    var hour: Int
    /// The hour's amount, and the largest amount within five minutes.
    var total: Float
    var peak: Float

    enum CodingKeys: String, CodingKey {
        case hour = "h"
        case total = "t"
        case peak = "p"
    }

    /// In hours: a week, and the hours around the same time.
    private static let remembered = 8 * 24
    private static let amounts: ClosedRange<Float> = 0...1e28

    fileprivate var isPossible: Bool {
        LearnedFlows.hours.contains(hour) && Self.amounts.contains(total) && Self.amounts.contains(peak)
    }

    static func recent(_ hours: [SeenHour], before hour: Int) -> [SeenHour] {
        hours.filter { $0.hour >= hour - remembered }
    }

    /// The largest amounts at about the same time of an earlier day of the last week; zero if there are none.
    static func most(_ hours: [SeenHour], at hour: Int) -> (total: Double, peak: Double) {
        var most = (total: 0.0, peak: 0.0)
        for seen in hours {
            let distance = hour - seen.hour
            guard (23...remembered).contains(distance), [23, 0, 1].contains(distance % 24) else { continue }
            most = (max(most.total, Double(seen.total)), max(most.peak, Double(seen.peak)))
        }
        return most
    }

    /// The ratio to an amount seen before up to which an amount counts as the same.
    static let tolerance = 1.5
}

/// The hours of one series of one interface.
struct SeriesHistory: BaselineEntry {
    /// A learned hour. Unusual amounts are clipped, so that an attacker cannot train the baseline.
    struct Hour: Sendable, Hashable, Codable {
        /// Hours since 1970.
        var hour: Int
        /// log1p of the hour's total.
        var total: Float
        /// The median of log1p over the active bins of five minutes.
        var bin: Float
        /// log1p of the fullest bin.
        var peak: Float
        /// The number of active bins, out of twelve.
        var active: Int
        /// The spread of the active bins around their median (1.4826·MAD).
        var spread: Float
        /// The hour's total minus the expected one; 0 if there was no expectation yet.
        var residual: Float

        // Short names, because a file contains hundreds of thousands of them.
        enum CodingKeys: String, CodingKey {
            case hour = "h"
            case total = "t"
            case bin = "b"
            case peak = "p"
            case active = "a"
            case spread = "s"
            case residual = "r"
        }

        /// Logarithms of amounts. No sum of an account's bytes comes near the upper end.
        private static let logs: ClosedRange<Float> = 0...64

        fileprivate var isPossible: Bool {
            LearnedFlows.hours.contains(hour) && (0...12).contains(active) && Self.logs.contains(total)
                && Self.logs.contains(bin) && Self.logs.contains(peak) && Self.logs.contains(spread)
                && Self.logs.contains(abs(residual))
        }
    }

    var hours: [Hour] = []
    /// The CUSUM of the search for slow leaks, the excess bytes since it began, and the hour in which it began.
    var slowSum = 0.0
    var slowBytes = 0.0
    var slowStart = 0
    /// One bit for each of the last two bins; set if the bin was unusual.
    var unusualBefore = 0
    /// Hours of the last week that were not learned in full. Older files do not have them.
    var seen: [SeenHour]?

    var lastSeen: Int { hours.last?.hour ?? 0 }

    mutating func clamp(to latest: Int) {
        hours.removeAll { $0.hour > latest }
        seen?.removeAll { $0.hour > latest }
    }

    fileprivate var isPossible: Bool {
        (0...1e6).contains(slowSum) && (-1e28...1e28).contains(slowBytes) && LearnedFlows.isSeen(slowStart)
            && (0...3).contains(unusualBefore) && hours.allSatisfy(\.isPossible)
            && (seen ?? []).allSatisfy(\.isPossible)
    }
}
