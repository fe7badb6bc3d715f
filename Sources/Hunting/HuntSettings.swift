public import Basics
public import Analytics
public import LogReaders

/// What the user says of the environment and of what is to be told.
public struct HuntSettings: Sendable, Hashable {
    /// Only what happened from then on, in seconds since 1970.
    public var from: Int?
    /// Only what happened before, in seconds since 1970.
    public var to: Int?
    /// When the hunt runs, in seconds since 1970: the analytics do not believe what is later by more than a day.
    public var moment: Int?
    /// The least severity that is told.
    public var severity = Severity.informational
    /// How many alerts of one rule are told in full, the earliest; all are counted.
    public var maxAlerts = 100
    /// What alerts are grouped by, beside their rule: see ``Alert/groupValue(_:)``.
    public var groupBy = ["actor"]
    /// Whether the built-in analytics are run.
    public var runsAnalytics = true
    /// The columns of flow logs that have no header line.
    public var flowFormat: FlowFormat?
    public var flows = FlowSettings()
    public var access = AccessSettings()
    public var keys = KeySettings()

    public init() {}

    /// Whether something happened in the range that was asked for.
    @inline(__always)
    func admits(_ time: Int) -> Bool {
        time >= from ?? .min && time < to ?? .max
    }

    var isLimitedInTime: Bool { from != nil || to != nil }
}
