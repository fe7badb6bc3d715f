// What examples put into the sample account.

extension Account {
    /// Makes the account one in which no region has a trail.
    public mutating func holdNoTrails() { hold(trails: []) }

    /// Makes these the account's trails; each region lists those that cover it.
    public mutating func hold(trails: Trail...) { hold(trails: trails) }

    private mutating func hold(trails: [Trail]) {
        self.trails = trails.sorted { $0.arn < $1.arn }
        for region in (try? regions.value) ?? [] {
            trailARNs[region] = .known(trails.filter { $0.covers(region) }.map(\.arn))
        }
    }

    /// Makes these the buckets that the reading met.
    public mutating func hold(buckets: Bucket...) {
        self.buckets = Dictionary(buckets.map { ($0.name, $0) }) { _, last in last }
    }

    /// Makes these the keys that the reading met.
    public mutating func hold(keys: EncryptionKey...) {
        self.keys = Dictionary(keys.map { ($0.reference, $0) }) { _, last in last }
    }

    /// Makes this the whole of IAM's identities.
    public mutating func hold(
        users: [User] = [], groups: [Group] = [], roles: [Role] = [], policies: [ManagedPolicy] = []
    ) {
        identities = .known(Identities(users: users, groups: groups, roles: roles, policies: policies))
    }

    /// Makes these the rows of the credential report besides root's.
    public mutating func hold(credentials: UserCredentials...) {
        credentialReport = .known(CredentialReport(generatedAt: readAt, root: .rootSample, users: credentials))
    }

    /// Makes these the security groups of us-east-1.
    public mutating func hold(securityGroups: SecurityGroup...) {
        self.securityGroups["us-east-1"] = .known(securityGroups)
    }

    /// Makes these the network ACLs of us-east-1.
    public mutating func hold(networkACLs: NetworkACL...) {
        self.networkACLs["us-east-1"] = .known(networkACLs)
    }

    /// Makes these the VPCs of us-east-1, with these flow logs.
    public mutating func hold(vpcs: VPC..., flowLogs: [FlowLog]) {
        self.vpcs["us-east-1"] = .known(vpcs)
        self.flowLogs["us-east-1"] = .known(flowLogs)
    }
}
