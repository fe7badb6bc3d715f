/// Something that already runs, or can be started, under a role: whoever controls it acts as the role.
public struct Workload: Sendable, Codable, Hashable {
    public var kind: Kind
    public var arn: String
    /// What it runs under.
    public var identity: Identity

    public enum Kind: String, Sendable, Codable, Hashable, CaseIterable {
        /// An EC2 instance that is not terminated.
        case instance
        /// A Lambda function.
        case function
        /// A CloudFormation stack with a service role.
        case stack
        /// A CodeBuild project.
        case project
    }

    /// The ARN of a role, or of the instance profile that holds one (see ``Role/instanceProfileARNs``).
    public enum Identity: Sendable, Codable, Hashable {
        case role(String)
        case instanceProfile(String)
    }

    public init(kind: Kind, arn: String, identity: Identity) {
        self.kind = kind
        self.arn = arn
        self.identity = identity
    }

    /// The roles of these under which it runs: at most one.
    /// - Throws: ``Unknown`` where the roles' instance profiles were not read.
    public func roles(among roles: [Role]) throws(Unknown) -> [Role] {
        switch identity {
        case .role(let arn): return roles.filter { $0.arn == arn }
        case .instanceProfile(let profile):
            var holding: [Role] = []
            for role in roles where try role.instanceProfileARNs.value.contains(profile) { holding.append(role) }
            return holding
        }
    }
}
