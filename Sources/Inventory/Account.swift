public import FoundationEssentials

/// What one AWS account contained at one moment, as far as the chosen checks asked.
public struct Account: Sendable, Codable {
    /// The twelve digits.
    public var id: String
    /// `aws`, `aws-us-gov`, `aws-cn`, `aws-iso`, …
    public var partition: String
    /// When the account was read; ages are judged as of this moment unless the user names another.
    public var readAt: Date
    /// The regions that this reading covers: those that are enabled, or those that the user named.
    public var regions: Fact<[String]>

    // AWS CloudTrail
    /// The ARNs of the trails that each region shows, with the shadows of trails that are at home elsewhere.
    public var trailARNs: Regional<[String]> = Regional()
    /// Every trail that some region showed, once, ordered by ARN.
    public var trails: [Trail] = []

    // Amazon S3
    /// The buckets that trails deliver to, those that receive these buckets' access logs, and those that the reading was
    /// told to read besides, by name.
    public var buckets: [String: Bucket] = [:]
    public var publicAccessBlock: Fact<PublicAccessBlock> = .notCollected

    // AWS KMS
    /// The keys that trails name, by the text with which they name them, and those that the reading was told to read
    /// besides.
    public var keys: [String: EncryptionKey] = [:]

    // Amazon CloudWatch Logs
    /// The log groups that trails deliver to, by ARN without the trailing `:*`.
    public var logGroups: [String: Fact<LogGroup>] = [:]

    // Amazon VPC
    public var vpcs: Regional<[VPC]> = Regional()
    public var flowLogs: Regional<[FlowLog]> = Regional()
    public var securityGroups: Regional<[SecurityGroup]> = Regional()
    public var networkACLs: Regional<[NetworkACL]> = Regional()
    public var networkInterfaces: Regional<[NetworkInterface]> = Regional()
    /// The prefix lists that a security group rule names, by region and then by id, with their CIDRs.
    public var prefixLists: [String: [String: Fact<[String]>]] = [:]

    // AWS IAM
    public var identities: Fact<Identities> = .notCollected
    public var credentialReport: Fact<CredentialReport> = .notCollected
    public var summary: Fact<AccountSummary> = .notCollected
    /// `nil` where the account has no password policy of its own.
    public var passwordPolicy: Fact<PasswordPolicy?> = .notCollected
    public var virtualMFADevices: Fact<[VirtualMFADevice]> = .notCollected
    /// What each user and each role (service-linked ones left out) used last, by ARN.
    public var lastAccessed: Fact<[String: Fact<[ServiceAccess]>]> = .notCollected

    // AWS Organizations
    /// `nil` for an account of no organisation.
    public var organization: Fact<Organization?> = .notCollected
    public var organizationPolicies: Fact<OrganizationPolicies> = .notCollected

    // Amazon EC2, AWS Lambda, AWS CloudFormation, AWS CodeBuild
    /// What runs under a role, or can be started under one.
    public var workloads: Regional<[Workload]> = Regional()

    public init(id: String, partition: String, readAt: Date, regions: Fact<[String]>) {
        self.id = id
        self.partition = partition
        self.readAt = readAt
        self.regions = regions
    }

    /// The CIDRs of a prefix list that a rule in `region` names.
    public func prefixList(_ id: String, in region: String) -> Fact<[String]> {
        prefixLists[region]?[id] ?? .notCollected
    }

    /// The bucket of that name, with every facet unknown where the reading did not meet it.
    public func bucket(_ name: String) -> Bucket {
        buckets[name] ?? Bucket(name: name)
    }

    /// The key that `reference` (an id, an alias or an ARN) names, unknown where the reading did not meet it.
    public func key(_ reference: String) -> EncryptionKey {
        keys[reference] ?? EncryptionKey(reference: reference)
    }

    /// The buckets that trails deliver to, each with the trails that do, ordered by name.
    public var trailBuckets: [(bucket: Bucket, trails: [Trail])] {
        Dictionary(grouping: trails.filter { !$0.bucketName.isEmpty }, by: \.bucketName)
            .sorted { $0.key < $1.key }
            .map { (bucket($0.key), $0.value) }
    }

    /// The keys that trails encrypt with, each with the trails that do, ordered by reference.
    public var trailKeys: [(key: EncryptionKey, trails: [Trail])] {
        Dictionary(grouping: trails.filter { $0.keyReference != nil }) { $0.keyReference ?? "" }
            .sorted { $0.key < $1.key }
            .map { (key($0.key), $0.value) }
    }
}
