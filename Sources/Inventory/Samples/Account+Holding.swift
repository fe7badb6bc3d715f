// What examples put into the sample account.

extension Account {
    /// Makes the account one in which no region has a trail.
    public mutating func holdNoTrails() { hold(trails: []) }

    /// Makes these the account's trails; each region lists those that cover it.
    public mutating func hold(trails: Trail...) { hold(trails: trails) }

    private mutating func hold(trails: [Trail]) {
        for region in (try? self[.regions].value) ?? [] {
            self[.trails][region] = .known(trails.filter { $0.covers(region) })
        }
        self[.trailStatus] = .known(Dictionary(trails.map { ($0.trailARN, $0.status) }) { _, last in last })
        self[.eventSelectors] = .known(Dictionary(trails.map { ($0.trailARN, $0.eventSelectors) }) { _, last in last })
    }

    /// Makes these the buckets that the reading met. Each may be a trail's, or receive the access logs of a trail's.
    public mutating func hold(buckets: Bucket...) { hold(buckets: buckets) }

    public mutating func hold(buckets: [Bucket]) {
        func hold<Value>(_ facets: FacetOf<ByName<Value>>..., by path: KeyPath<Bucket, Fact<Value>>) {
            for facet in facets {
                self[facet] = .known(Dictionary(buckets.map { ($0.name, $0[keyPath: path]) }) { _, last in last })
            }
        }
        hold(.bucketRegions, .loggingTargetRegions, by: \.region)
        hold(.bucketPolicy, .loggingTargetPolicy, by: \.policy)
        hold(.bucketACL, .loggingTargetACL, by: \.grants)
        hold(.bucketPublicAccessBlock, by: \.publicAccessBlock)
        hold(.bucketVersioning, by: \.versioning)
        hold(.bucketLogging, by: \.logging)
        hold(.bucketEncryption, .loggingTargetEncryption, by: \.encryption)
        hold(.bucketObjectLock, .loggingTargetObjectLock, by: \.objectLock)
        hold(.loggingTargetPayer, by: \.payer)
    }

    /// Makes these the keys that the reading met.
    public mutating func hold(keys: EncryptionKey...) {
        func hold<Value>(_ facets: FacetOf<ByName<Value>>..., by path: KeyPath<EncryptionKey, Fact<Value>>) {
            for facet in facets {
                self[facet] = .known(Dictionary(keys.map { ($0.reference, $0[keyPath: path]) }) { _, last in last })
            }
        }
        hold(.keyDescription, by: \.description)
        hold(.keyRotation, by: \.rotation)
        hold(.keyPolicy, .loggingTargetKeyPolicy, by: \.policy)
        hold(.keyGrants, by: \.grants)
    }

    /// Makes this the whole of IAM's identities.
    public mutating func hold(
        users: [User] = [], groups: [Group] = [], roles: [Role] = [], policies: [ManagedPolicy] = []
    ) {
        self[.identities] = .known(Identities(users: users, groups: groups, roles: roles, policies: policies))
    }

    /// Makes these the rows of the credential report besides root's, and if no identities are held, these the users.
    public mutating func hold(credentials: UserCredentials...) {
        if case .unknown = self[.identities].state {
            hold(users: credentials.map { User(userName: $0.name, arn: $0.arn, createDate: $0.createdAt) })
        }
        self[.credentialReport] = .known(CredentialReport(generatedAt: readAt, root: .rootSample, users: credentials))
    }

    /// Makes these the security groups of us-east-1.
    public mutating func hold(securityGroups: SecurityGroup...) {
        self[.securityGroups]["us-east-1"] = .known(securityGroups)
        self[.securityGroupRules]["us-east-1"] = Fact.known(securityGroups).map { groups throws(Unknown) in
            try groups.map { group throws(Unknown) in
                try group.rules.value.map { rule in
                    var rule = rule
                    rule.groupID = group.groupID
                    return rule
                }
            }.flatMap(\.self)
        }
    }

    /// Makes these the network ACLs of us-east-1.
    public mutating func hold(networkACLs: NetworkACL...) {
        self[.networkACLs]["us-east-1"] = .known(networkACLs)
    }

    /// Makes these the VPCs of us-east-1, with these flow logs.
    public mutating func hold(vpcs: VPC..., flowLogs: [FlowLog]) {
        self[.vpcs]["us-east-1"] = .known(vpcs)
        self[.flowLogs]["us-east-1"] = .known(flowLogs)
    }

    /// Makes these the instances of us-east-1.
    public mutating func hold(instances: Instance...) {
        self[.instances]["us-east-1"] = .known(instances)
    }

    /// Makes the account one in which nothing runs under a role.
    public mutating func holdNoWorkloads() {
        for region in (try? self[.regions].value) ?? [] {
            self[.instances][region] = .known([])
            self[.functions][region] = .known([])
            self[.stacks][region] = .known([])
            self[.buildProjects][region] = .known([])
        }
    }
}
