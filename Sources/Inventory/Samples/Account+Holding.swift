// Setters by which examples fill the sample account.

extension Account {
    /// Makes every region list no trails.
    public mutating func holdNoTrails() { hold(trails: []) }

    /// Sets the account's trails; each region lists the trails that cover it.
    public mutating func hold(trails: Trail...) { hold(trails: trails) }

    private mutating func hold(trails: [Trail]) {
        for region in (try? self[.regions].value) ?? [] {
            self[.trails][region] = .known(trails.filter { $0.covers(region) })
        }
        self[.trailStatus] = .known(Dictionary(trails.map { ($0.trailARN, $0.status) }) { _, last in last })
        self[.eventSelectors] = .known(Dictionary(trails.map { ($0.trailARN, $0.eventSelectors) }) { _, last in last })
    }

    /// Sets the buckets of the reading. Each can be a trail bucket, or receive the access logs of one.
    public mutating func hold(buckets: Bucket...) { hold(buckets: buckets) }

    public mutating func hold(buckets: [Bucket]) {
        fill(.bucketRegions, .loggingTargetRegions, from: buckets, by: \.name, \.region)
        fill(.bucketPolicy, .loggingTargetPolicy, from: buckets, by: \.name, \.policy)
        fill(.bucketACL, .loggingTargetACL, from: buckets, by: \.name, \.grants)
        fill(.bucketPublicAccessBlock, from: buckets, by: \.name, \.publicAccessBlock)
        fill(.bucketVersioning, from: buckets, by: \.name, \.versioning)
        fill(.bucketLogging, from: buckets, by: \.name, \.logging)
        fill(.bucketEncryption, .loggingTargetEncryption, from: buckets, by: \.name, \.encryption)
        fill(.bucketObjectLock, .loggingTargetObjectLock, from: buckets, by: \.name, \.objectLock)
        fill(.loggingTargetPayer, from: buckets, by: \.name, \.payer)
    }

    /// Sets all buckets of the account, trail buckets or not.
    public mutating func hold(everyBucket buckets: Bucket...) {
        fill(.everyBucketRegion, from: buckets, by: \.name, \.region)
        fill(.everyBucketPolicy, from: buckets, by: \.name, \.policy)
        fill(.everyBucketVersioning, from: buckets, by: \.name, \.versioning)
        fill(.everyBucketLogging, from: buckets, by: \.name, \.logging)
        fill(.everyBucketEncryption, from: buckets, by: \.name, \.encryption)
    }

    /// Sets the keys of the reading.
    public mutating func hold(keys: EncryptionKey...) {
        fill(.keyDescription, from: keys, by: \.reference, \.description)
        fill(.keyRotation, from: keys, by: \.reference, \.rotation)
        fill(.keyPolicy, .loggingTargetKeyPolicy, from: keys, by: \.reference, \.policy)
        fill(.keyGrants, from: keys, by: \.reference, \.grants)
    }

    /// Sets the keys of us-east-1, used by trails or not.
    public mutating func hold(everyKey keys: EncryptionKey...) {
        self[.everyKey]["us-east-1"] = .known(keys.map { ListedKey(keyARN: $0.reference) })
        fill(.everyKeyDescription, from: keys, by: \.reference, \.description)
        fill(.everyKeyRotation, from: keys, by: \.reference, \.rotation)
        fill(.everyKeyPolicy, from: keys, by: \.reference, \.policy)
    }

    private mutating func fill<Element, Value>(
        _ facets: FacetOf<ByName<Value>>..., from elements: [Element], by name: KeyPath<Element, String>,
        _ fact: KeyPath<Element, Fact<Value>>
    ) {
        for facet in facets {
            self[facet] = .known(
                Dictionary(elements.map { ($0[keyPath: name], $0[keyPath: fact]) }) { _, last in last })
        }
    }

    /// Sets the complete IAM identities.
    public mutating func hold(
        users: [User] = [], groups: [Group] = [], roles: [Role] = [], policies: [ManagedPolicy] = []
    ) {
        self[.identities] = .known(Identities(users: users, groups: groups, roles: roles, policies: policies))
    }

    /// Sets the rows of the credential report besides the root user's with their listed keys, and the users too if no
    /// identities are set.
    public mutating func hold(credentials: UserCredentials...) {
        if case .unknown = self[.identities].state {
            hold(users: credentials.map { User(userName: $0.name, arn: $0.arn, createDate: $0.createdAt) })
        }
        self[.credentialReport] = .known(CredentialReport(generatedAt: readAt, root: .rootSample, users: credentials))
        holdKeys(of: credentials)
    }

    /// Sets the security groups of us-east-1.
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

    /// Sets the network ACLs of us-east-1.
    public mutating func hold(networkACLs: NetworkACL...) {
        self[.networkACLs]["us-east-1"] = .known(networkACLs)
    }

    /// Sets the VPCs of us-east-1, with these flow logs.
    public mutating func hold(vpcs: VPC..., flowLogs: [FlowLog]) {
        self[.vpcs]["us-east-1"] = .known(vpcs)
        self[.flowLogs]["us-east-1"] = .known(flowLogs)
    }

    /// Sets the instances of us-east-1.
    public mutating func hold(instances: Instance...) {
        self[.instances]["us-east-1"] = .known(instances)
    }

    /// Makes the account one in which no workload runs under a role.
    public mutating func holdNoWorkloads() {
        for region in (try? self[.regions].value) ?? [] {
            self[.instances][region] = .known([])
            self[.functions][region] = .known([])
            self[.stacks][region] = .known([])
            self[.buildProjects][region] = .known([])
        }
    }
}
