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
    /// Whether the built-in analytics are run.
    public var runsAnalytics = true
    /// The columns of flow logs that have no header line.
    public var flowFormat: FlowFormat?
    public var flows = FlowSettings()
    public var access = AccessSettings()
    public var keys = KeySettings()

    public init() {}

    /// Whether a time is in the requested range.
    @inline(__always)
    func admits(_ time: Int) -> Bool {
        time >= from ?? .min && time < to ?? .max
    }

    var isLimitedInTime: Bool { from != nil || to != nil }
}
