public import Analytics
public import Hunting
public import LogReaders
public import Posture
public import Sigma

/// The content of the configuration file.
public struct Configuration: Sendable {
    public var settings = Settings()
    public var hunt = HuntConfiguration()
    public var notify = NotifyConfiguration()
    public var watch = WatchConfiguration()

    public init() {}

    /// The hunt settings, with defaults for values that the file omits.
    public var huntSettings: HuntSettings {
        var hunt = HuntSettings()
        hunt.access.expectedReaders = settings.trailAccess?.readers ?? []
        hunt.access.publicBuckets = self.hunt.publicBuckets
        hunt.access.logBuckets = self.hunt.placeholders["trail_buckets"] ?? []
        hunt.flows.ownNetworks = self.hunt.ownNetworks
        hunt.flows.expectedScanners = self.hunt.expectedScanners
        hunt.keys.maximumKeyAgeDays = settings.accessKeyMaximumAgeDays
        return hunt
    }
}

/// The section `hunt` of the configuration file.
public struct HuntConfiguration: Sendable {
    static let key = "hunt"

    /// The values that replace `%name%` in rules.
    public var placeholders: Placeholders = [:]
    /// Public address ranges that belong to the user.
    public var ownNetworks: [FlowSettings.Network] = []
    /// Names of buckets that are public on purpose, with `*` and `?`.
    public var publicBuckets: [String] = []
    /// IP addresses whose scans are expected.
    public var expectedScanners: Set<FlowAddress> = []

    public init() {}
}
