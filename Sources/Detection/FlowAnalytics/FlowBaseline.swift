/// What was learnt of an account's traffic: written after a run, read before the next one.
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
    /// The most that each interface sent to each of its weightier external peers within an hour.
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

    /// Drops what was not seen for four weeks.
    mutating func age() {
        let oldest = lastHour - Self.weeks * 168
        for key in series.keys {
            series[key]?.hours.removeAll { $0.hour < oldest }
            if series[key]?.hours.isEmpty == true { series[key] = nil }
        }
        networks = networks.mapValues { $0.filter { $0.value >= oldest } }.filter { !$0.value.isEmpty }
        ports = ports.mapValues { $0.filter { $0.value >= oldest } }.filter { !$0.value.isEmpty }
        sweeps = sweeps.filter { $0.value >= oldest }
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
