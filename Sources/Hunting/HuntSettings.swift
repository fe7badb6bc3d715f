public import Basics
public import Analytics
public import LogReaders

/// The user's settings of a hunt.
public struct HuntSettings: Sendable, Hashable {
    /// The beginning of the time range (inclusive), in seconds since 1970; `nil` for any.
    public var from: Int?
    /// The end of the time range (exclusive), in seconds since 1970; `nil` for any.
    public var to: Int?
    /// The time of the hunt, in seconds since 1970. The analytics ignore records that are more than a day later.
    public var moment: Int?
    /// The lowest severity that is reported.
    public var severity = Severity.informational
    /// Maximum number of kept alerts of one rule, the most telling ones: see ``HuntResult/alerts``. All are counted. If
    /// it is `nil`, ``usualMaxAlerts`` are kept, and all are passed on as they are found.
    public var maxAlerts: Int?
    public static let usualMaxAlerts = 100
    /// The values that alerts are grouped by, besides their rule: see ``Alert/groupValue(_:)``.
    public var groupBy = ["actor"]
    /// Whether alerts contain their original record: see ``Alert/raw``.
    public var keepsRaw = false
    /// Whether the built-in analytics are run.
    public var runsAnalytics = true
    /// The columns of flow logs that have no header line.
    public var flowFormat: FlowFormat?
    /// Approximate limit on the memory of the hunt, in bytes. It bounds the counts for network interfaces, which
    /// external hosts and large networks could otherwise grow without end.
    public var memory = 400_000_000
    /// Whether the logs contain only the records that the hunt needs (``WantedRecords``), as an engine selected them.
    public var readsSelection = false
    public var flows = FlowSettings()
    public var access = AccessSettings()
    public var keys = KeySettings()

    public init() {}

    /// Whether a time is in the requested range.
    @inline(__always)
    func admits(_ time: Int) -> Bool {
        time >= from ?? .min && time < to ?? .max
    }

    /// Whether a part of a period is in the requested range. The end is outside of the period.
    func admits(_ start: Int, until end: Int) -> Bool {
        start < to ?? .max && max(end - 1, start) >= from ?? .min
    }

    /// The settings of each of several flow tallies that are in memory at once. A tally remembers as many pairs, hours
    /// and interfaces as ``memory`` has room for, and at most the numbers in ``flows``.
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

    /// Memory of a hunt besides its tables, in bytes: the program, files that are being read, and the evaluation.
    private static let besideTables = 80_000_000

    var isLimitedInTime: Bool { from != nil || to != nil }
}
