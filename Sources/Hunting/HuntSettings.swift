public import Basics
public import Analytics
public import LogReaders

/// The user's settings of a hunt.
public struct HuntSettings: Sendable, Hashable {
    /// Only records from then on, in seconds since 1970.
    public var from: Int?
    /// Only records before then, in seconds since 1970.
    public var to: Int?
    /// The time of the hunt, in seconds since 1970. The analytics ignore records that are later by more than a day.
    public var moment: Int?
    /// The lowest severity that is reported.
    public var severity = Severity.informational
    /// How many alerts of one rule are kept, the most telling ones: see ``HuntResult/alerts``. All are counted. With
    /// `nil`, ``usualMaxAlerts`` are kept, and all are passed on as they are found.
    public var maxAlerts: Int?
    public static let usualMaxAlerts = 100
    /// The values that alerts are grouped by, besides their rule: see ``Alert/groupValue(_:)``.
    public var groupBy = ["actor"]
    /// Whether alerts have the record that they are about: see ``Alert/raw``.
    public var keepsRaw = false
    /// Whether the built-in analytics are run.
    public var runsAnalytics = true
    /// The columns of flow logs that have no header line.
    public var flowFormat: FlowFormat?
    /// How much memory the hunt may take, in bytes, about. It bounds what is counted of network interfaces, which strangers
    /// and large networks can make grow without end.
    public var memory = 400_000_000
    public var flows = FlowSettings()
    public var access = AccessSettings()
    public var keys = KeySettings()

    public init() {}

    /// Whether a time is in the requested range.
    @inline(__always)
    func admits(_ time: Int) -> Bool {
        time >= from ?? .min && time < to ?? .max
    }

    /// The settings of one of several tallies of flows that are in memory at once: as many pairs, hours and interfaces as
    /// ``memory`` has room for, and no more than the analytics want.
    func flows(sharedBy tallies: Int) -> FlowSettings {
        var settings = flows
        let tables =
            settings.rememberedPairs * 130 + settings.rememberedPairHours * 32
            + (settings.rememberedHours + settings.rememberedInterfaces) * 350
        let room = max(memory - Self.besideTables, memory / 8) / max(1, tallies)
        let share = min(1, Double(room) / Double(max(1, tables)))
        for count in [
            \FlowSettings.rememberedPairs, \.rememberedPairHours, \.rememberedHours, \.rememberedInterfaces,
        ] {
            settings[keyPath: count] = max(1_000, Int(Double(settings[keyPath: count]) * share))
        }
        return settings
    }

    /// What a hunt takes besides its tables, in bytes: the program, files that are being read, and the judging.
    private static let besideTables = 80_000_000

    var isLimitedInTime: Bool { from != nil || to != nil }
}
