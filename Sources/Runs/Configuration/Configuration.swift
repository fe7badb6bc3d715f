public import Analytics
public import Hunting
public import LogReaders
public import Posture
public import Sigma

/// All that the configuration file says.
public struct Configuration: Sendable {
    public var settings = Settings()
    public var hunt = HuntConfiguration()

    public init() {}

    /// The settings of a hunt, as far as the file says something about them.
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

/// What the section `hunt` says.
public struct HuntConfiguration: Sendable {
    static let key = "hunt"

    /// The values that stand for `%name%` in rules.
    public var placeholders: Placeholders = [:]
    /// Public ranges that are the user's own.
    public var ownNetworks: [FlowSettings.Network] = []
    /// Buckets that are meant to be public, by name, with `*` and `?`.
    public var publicBuckets: [String] = []
    /// Addresses that may scan.
    public var expectedScanners: Set<FlowAddress> = []

    public init() {}
}
