import Detection
import LogReaders
import Posture

/// All that the configuration file says.
struct Configuration {
    var settings = Settings()
    var hunt = HuntConfiguration()

    /// The settings of a hunt, as far as the file says something of them.
    var huntSettings: HuntSettings {
        var hunt = HuntSettings()
        hunt.access.expectedReaders = settings.trailAccess?.readers ?? []
        hunt.flows.ownNetworks = self.hunt.ownNetworks
        hunt.flows.expectedScanners = self.hunt.expectedScanners
        hunt.keys.maximumKeyAgeDays = settings.accessKeyMaximumAgeDays
        return hunt
    }
}

/// What the section `hunt` says.
struct HuntConfiguration {
    static let key = "hunt"

    /// What stands for `%name%` in rules.
    var placeholders: Placeholders = [:]
    /// Public ranges that are one's own.
    var ownNetworks: [FlowSettings.Network] = []
    /// Addresses that may scan.
    var expectedScanners: Set<FlowAddress> = []
}
