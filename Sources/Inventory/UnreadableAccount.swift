public import FoundationEssentials

extension Account {
    /// An account of which nothing could be read, for one reason: every check on it is then unknown.
    public init(unreadable id: String, partition: String, readAt: Date, because unknown: Unknown) {
        self.init(id: id, partition: partition, readAt: readAt, regions: .unknown(unknown))
        publicAccessBlock = .unknown(unknown)
        identities = .unknown(unknown)
        credentialReport = .unknown(unknown)
        summary = .unknown(unknown)
        passwordPolicy = .unknown(unknown)
        virtualMFADevices = .unknown(unknown)
        lastAccessed = .unknown(unknown)
        organization = .unknown(unknown)
        organizationPolicies = .unknown(unknown)
    }
}
