internal import LogReaders

/// What was learnt of an account's traffic: written after a run, read before the next one.
///
/// What was not seen for four weeks before the last hour is dropped. Where there is too much, the oldest goes: of the
/// networks, peers and ports of one interface all but 10 000 of a kind, of the sweeps all but 50 000. All series
/// together keep two million hours, of about 40 bytes each: four weeks of 3 000 series, and less of more.
public struct FlowBaseline: Sendable, Hashable, Codable {
    /// Of the file's format. Another version is refused.
    public static let version = 1
    /// Weeks of history that are kept.
    static let weeks = 4

    public var version = FlowBaseline.version
    /// By interface (or account) and series.
    var series: [String: SeriesHistory] = [:]
    /// The external networks (/24, /48) that each interface had dealings with, and when it last did: hours since 1970.
    var networks: [String: [String: Int]] = [:]
    /// The most that each interface sent to each of its weightier external peers within an hour, here and in what
    /// follows without its daily shape.
    var peerPeaks: [String: [String: Float]] = [:]
    /// The most that went to one external peer, for the last hours of each interface.
    var topPeers: [String: [Float]] = [:]
    /// The service ports of external peers that each interface used.
    var ports: [String: [String: Int]] = [:]
    /// Sources and ports of sweeps that were seen in an earlier run.
    var sweeps: [String: Int] = [:]
    /// The last hour that was learnt from.
    var lastHour = 0

    public init() {}

    /// Whether this program can read it.
    public var isReadable: Bool { version == Self.version }

    static let networksKept = 10_000
    static let sweepsKept = 50_000
    static let hoursKept = 2_000_000

    /// How many hours of each series are kept where there are so many series: two days at least.
    static func hoursKept(of series: Int) -> Int { max(48, min(weeks * 168, hoursKept / max(1, series))) }

    /// Drops what was not seen for four weeks, and what is too much.
    mutating func age() {
        let oldest = lastHour - Self.weeks * 168
        let kept = Self.hoursKept(of: series.count)
        for key in series.keys {
            series[key]?.hours.removeAll { $0.hour < oldest }
            if let count = series[key]?.hours.count, count > kept { series[key]?.hours.removeFirst(count - kept) }
            if series[key]?.hours.isEmpty == true { series[key] = nil }
        }
        dropSeries(beyond: Self.hoursKept / 48)
        networks = networks.compactMapValues { Self.young($0, oldest, Self.networksKept) }
        ports = ports.compactMapValues { Self.young($0, oldest, Self.networksKept) }
        sweeps = Self.young(sweeps, oldest, Self.sweepsKept) ?? [:]
        // A peer's peak is worth something as long as its network is known, an interface's peers' as long as it is.
        for (interface, peaks) in peerPeaks {
            let known = networks[interface] ?? [:]
            let kept = peaks.filter { peer, _ in FlowAddress(peer).map { known["\($0.network)"] != nil } ?? false }
                .sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(Self.networksKept)
            peerPeaks[interface] =
                kept.isEmpty ? nil : Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
        topPeers = topPeers.filter { networks[$0.key] != nil }
    }

    private mutating func dropSeries(beyond bound: Int) {
        guard series.count > bound else { return }
        let kept = series.sorted { ($0.value.hours.last?.hour ?? 0, $0.key) > ($1.value.hours.last?.hour ?? 0, $1.key) }
        series = Dictionary(uniqueKeysWithValues: kept.prefix(bound).map { ($0.key, $0.value) })
    }

    /// By the hour of the last sight. None where nothing is left.
    private static func young(_ all: [String: Int], _ oldest: Int, _ bound: Int) -> [String: Int]? {
        var kept = all.filter { $0.value >= oldest }
        if kept.count > bound {
            let latest = kept.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(bound)
            kept = Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
        }
        return kept.isEmpty ? nil : kept
    }
}

/// The hours of one series of one interface.
struct SeriesHistory: Sendable, Hashable, Codable {
    /// An hour as it was learnt: what was unusual is clipped, so that nobody can train the baseline.
    struct Hour: Sendable, Hashable, Codable {
        /// Hours since 1970.
        var hour: Int
        /// log1p of the hour's total.
        var total: Float
        /// The median of log1p over the bins of five minutes in which there was something.
        var bin: Float
        /// log1p of the fullest bin.
        var peak: Float
        /// How many of the twelve bins had something.
        var active: Int
        /// The spread of the active bins around their median (1.4826·MAD).
        var spread: Float
        /// The hour's total less what had been expected; 0 while nothing could be expected.
        var residual: Float

        // Short names: there are hundreds of thousands of them in a file.
        enum CodingKeys: String, CodingKey {
            case hour = "h"
            case total = "t"
            case bin = "b"
            case peak = "p"
            case active = "a"
            case spread = "s"
            case residual = "r"
        }
    }

    var hours: [Hour] = []
    /// The running sum of the search for slow leaks, and the excess bytes since it began.
    var slowSum = 0.0
    var slowBytes = 0.0
    var slowStart = 0
    /// The last two bins' verdicts.
    var unusualBefore = 0
}
