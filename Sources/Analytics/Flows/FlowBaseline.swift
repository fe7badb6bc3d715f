internal import LogReaders

/// An account's traffic, as it was learned.
///
/// What was not seen for four weeks before the last hour is dropped. Where there is too much, the oldest goes: of the
/// networks, peers and ports of one interface all but 10 000 of a kind, of the sweeps all but 50 000. All series
/// together keep two million hours, of about 40 bytes each: four weeks of 3 000 series, and less of more.
public struct FlowBaseline: Baseline {
    /// Of the file's format. Another version is refused.
    public static let version: Int = 1
    /// Weeks of history that are kept.
    static let weeks = 4

    public var version: Int = FlowBaseline.version
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
    /// The last hour that was learned from.
    var lastHour = 0

    public init() {}

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
        series = series.kept(since: .min, atMost: Self.hoursKept / 48) { $0.hours.last?.hour ?? 0 }
        networks = Self.kept(networks, since: oldest)
        ports = Self.kept(ports, since: oldest)
        sweeps = sweeps.kept(since: oldest, atMost: Self.sweepsKept) { $0 }
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

    /// Of each interface, by the hour of the last sight; interfaces of which nothing is left go too.
    private static func kept(_ all: [String: [String: Int]], since oldest: Int) -> [String: [String: Int]] {
        all.mapValues { $0.kept(since: oldest, atMost: networksKept) { $0 } }.filter { !$0.value.isEmpty }
    }
}

/// The hours of one series of one interface.
struct SeriesHistory: Sendable, Hashable, Codable {
    /// An hour as it was learned: what was unusual is clipped, so that nobody can train the baseline.
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
