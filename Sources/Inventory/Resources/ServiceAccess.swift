public import FoundationEssentials

/// A service that a principal's policies let it use, and when it last did, within the time for which AWS keeps such
/// dates (400 days).
///
/// Source: IAM User Guide, "Refine permissions in AWS using last accessed information".
public struct ServiceAccess: Sendable, Codable, Hashable {
    /// The prefix of the service's actions, such as `s3`.
    public var namespace: String
    /// `nil` where the principal has not tried to use the service.
    public var lastAuthenticated: Date?
    /// The actions that AWS tracks by themselves; empty for the services of which it tracks none.
    public var actions: [Action]

    public struct Action: Sendable, Codable, Hashable {
        /// Without the prefix, such as `GetObject`.
        public var name: String
        public var lastAccessed: Date?

        public init(name: String, lastAccessed: Date? = nil) {
            self.name = name
            self.lastAccessed = lastAccessed
        }
    }

    public init(namespace: String, lastAuthenticated: Date? = nil, actions: [Action] = []) {
        self.namespace = namespace
        self.lastAuthenticated = lastAuthenticated
        self.actions = actions
    }
}
