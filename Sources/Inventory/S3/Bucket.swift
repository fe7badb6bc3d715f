public import AWSClient
import Basics

/// An S3 bucket. Each facet has its own call, so each is a separate fact.
public struct Bucket: Sendable, Codable {
    public var name: String
    public var region: Fact<String> = .notCollected
    /// `nil` if the bucket has no policy.
    public var policy: Fact<PolicyDocument?> = .notCollected
    public var grants: Fact<[BucketGrant]> = .notCollected
    public var publicAccessBlock: Fact<PublicAccessBlock> = .notCollected
    public var versioning: Fact<BucketVersioning> = .notCollected
    /// `nil` if server access logging is disabled.
    public var logging: Fact<BucketLogging?> = .notCollected
    /// `nil` if no default encryption is configured.
    public var encryption: Fact<BucketEncryption?> = .notCollected
    /// `nil` if Object Lock was never enabled.
    public var objectLock: Fact<ObjectLock?> = .notCollected
    /// The party that pays for requests: `BucketOwner` or `Requester`.
    public var payer: Fact<String> = .notCollected

    public init(name: String) {
        self.name = name
    }

    /// Whether no bucket of that name exists, in any account.
    public var isMissing: Bool {
        if case .unknown(let unknown) = region.state { unknown.reason == .notFound } else { false }
    }
}

/// A bucket as `ListBuckets` lists it.
public struct ListedBucket: Sendable, Codable, Hashable {
    public var name: String
    public var bucketRegion: String?

    public init(name: String, bucketRegion: String? = nil) {
        self.name = name
        self.bucketRegion = bucketRegion
    }
}

/// One grant of a bucket's access control list.
public struct BucketGrant: Sendable, Codable, Hashable {
    public var grantee: Grantee
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    public var permission: String

    public struct Grantee: Sendable, Codable, Hashable {
        /// Canonical user ID, if the grantee is an account.
        public var id: String?
        /// URI, if the grantee is a group, such as `http://acs.amazonaws.com/groups/global/AllUsers`.
        public var uri: String?

        /// The group's URI or the account's canonical user ID.
        public var name: String { uri ?? id ?? "" }
    }

    /// - Parameter group: the group's URI.
    public init(group: String, _ permission: String) {
        grantee = Grantee(uri: group)
        self.permission = permission
    }

    /// - Parameter account: the canonical user ID.
    public init(account: String, _ permission: String) {
        grantee = Grantee(id: account)
        self.permission = permission
    }
}

/// The four Block Public Access settings of a bucket or an account; all are off if none was configured.
public struct PublicAccessBlock: Sendable, Codable, Hashable {
    public var blockPublicACLs: Bool
    public var ignorePublicACLs: Bool
    public var blockPublicPolicy: Bool
    public var restrictPublicBuckets: Bool

    public init(
        blockPublicACLs: Bool = false, ignorePublicACLs: Bool = false, blockPublicPolicy: Bool = false,
        restrictPublicBuckets: Bool = false
    ) {
        self.blockPublicACLs = blockPublicACLs
        self.ignorePublicACLs = ignorePublicACLs
        self.blockPublicPolicy = blockPublicPolicy
        self.restrictPublicBuckets = restrictPublicBuckets
    }
}

/// Answer of `GetBucketVersioning`.
public struct BucketVersioning: Sendable, Codable, Hashable {
    /// `Enabled` or `Suspended`; `nil` if versioning was never enabled.
    public var status: String?
    /// `Enabled` or `Disabled`; `nil` if MFA delete was never configured.
    public var mfaDelete: String?

    public init(status: String? = nil, mfaDelete: String? = nil) {
        self.status = status
        self.mfaDelete = mfaDelete
    }
}

/// Server access logging of a bucket.
public struct BucketLogging: Sendable, Codable, Hashable {
    public var targetBucket: String
    @DefaultIfAbsent public var targetPrefix: String
    /// Format of the log object keys after the prefix; absent means a date and a random string.
    public var targetObjectKeyFormat: KeyFormat?

    public struct KeyFormat: Sendable, Codable, Hashable {
        /// Account, region, bucket and date as folders.
        public var partitionedPrefix: PartitionedPrefix?

        public struct PartitionedPrefix: Sendable, Codable, Hashable {
            public var partitionDateSource: String?

            public init(partitionDateSource: String? = nil) { self.partitionDateSource = partitionDateSource }
        }

        public init(partitionedPrefix: PartitionedPrefix? = nil) { self.partitionedPrefix = partitionedPrefix }
    }

    public init(targetBucket: String, targetPrefix: String) {
        self.targetBucket = targetBucket
        self.targetPrefix = targetPrefix
    }
}

/// Default encryption of a bucket, for objects whose upload requests none.
public struct BucketEncryption: Sendable, Codable, Hashable {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    public var sseAlgorithm: String
    /// An ID, an alias or an ARN.
    public var kmsMasterKeyID: String?

    public init(sseAlgorithm: String, kmsMasterKeyID: String? = nil) {
        self.sseAlgorithm = sseAlgorithm
        self.kmsMasterKeyID = kmsMasterKeyID
    }
}

/// Answer of `GetObjectLockConfiguration`.
public struct ObjectLock: Sendable, Codable, Hashable {
    /// `Enabled`.
    public var objectLockEnabled: String?
    public var rule: Rule?

    public struct Rule: Sendable, Codable, Hashable {
        public var defaultRetention: Retention?
    }

    /// Default retention in days or in years.
    public struct Retention: Sendable, Codable, Hashable {
        /// `COMPLIANCE` or `GOVERNANCE`.
        public var mode: String?
        public var days: Int?
        public var years: Int?
    }

    /// Creates Object Lock with a default retention, or without one.
    public init(mode: String? = nil, days: Int? = nil) {
        objectLockEnabled = "Enabled"
        rule = mode.map { Rule(defaultRetention: Retention(mode: $0, days: days)) }
    }

    public var isEnabled: Bool { objectLockEnabled == "Enabled" }
    public var defaultRetention: Retention? { rule?.defaultRetention }
    /// The default retention in days (a year counts as 365).
    public var defaultDays: Int? {
        defaultRetention?.days ?? defaultRetention?.years.map { min(max($0, 0), 1000) * 365 }
    }
}

extension Facet {
    /// The account's buckets in all regions.
    public static let buckets = FacetOf<[ListedBucket]>.ofAccount("buckets", S3.listBuckets()) {
        $0.flatMap(\.buckets).sorted { $0.name < $1.name }
    }

    /// Regions of the trail buckets and of the further buckets that the reading was given. A bucket that belongs to
    /// another account or does not exist is unknown, and so are all its other facts.
    public static let bucketRegions = FacetOf<ByName<String>>(
        "bucketRegions", calls: S3.getBucketLocation("example", owner: "123456789012"), requires: [.trails, .buckets]
    ) { collector, account in
        let names = Set(account.trails.map(\.s3BucketName).filter { !$0.isEmpty }).union(collector.buckets)
        return .known(await collector.regions(of: names, among: account[.buckets]))
    }

    public static let bucketPolicy = policy("bucketPolicy", of: .bucketRegions)
    public static let bucketACL = grants("bucketACL", of: .bucketRegions)

    public static let bucketPublicAccessBlock = bucket(
        "bucketPublicAccessBlock", absent: "NoSuchPublicAccessBlockConfiguration",
        { S3.getPublicAccessBlock($0, owner: $1) }
    ) { (answers: [PublicAccessBlock]) in
        answers.first ?? PublicAccessBlock()
    }

    public static let bucketVersioning = versioning("bucketVersioning", of: .bucketRegions)
    public static let bucketLogging = logging("bucketLogging", of: .bucketRegions)
    public static let bucketEncryption = encryption("bucketEncryption", of: .bucketRegions)
    public static let bucketObjectLock = objectLock("bucketObjectLock", of: .bucketRegions)

    /// Regions of the buckets that receive the access logs of the buckets in ``bucketLogging``.
    public static let loggingTargetRegions = FacetOf<ByName<String>>(
        "loggingTargetRegions", calls: S3.getBucketLocation("example", owner: "123456789012"),
        requires: [.bucketLogging]
    ) { collector, account in
        let targets = Set(account[.bucketLogging].facts.values.compactMap { (try? $0.value)??.targetBucket })
        let known = account[.bucketRegions].facts.filter { targets.contains($0.key) && (try? $0.value.value) != nil }
        let found = await collector.regions(of: targets.subtracting(known.keys), among: account[.buckets])
        return .known(known.merging(found) { known, _ in known })
    }

    public static let loggingTargetPolicy = policy("loggingTargetPolicy", of: .loggingTargetRegions)
    public static let loggingTargetACL = grants("loggingTargetACL", of: .loggingTargetRegions)
    public static let loggingTargetEncryption = encryption("loggingTargetEncryption", of: .loggingTargetRegions)
    public static let loggingTargetObjectLock = objectLock("loggingTargetObjectLock", of: .loggingTargetRegions)

    public static let loggingTargetPayer = bucket(
        "loggingTargetPayer", of: .loggingTargetRegions, S3.getBucketRequestPayment
    ) { answers throws(Unknown) in
        try answers.only(.getBucketRequestPayment).payer
    }

    /// Policies of the keys that encrypt the buckets that receive access logs, by the reference in the bucket's
    /// encryption settings.
    public static let loggingTargetKeyPolicy = FacetOf.each(
        "loggingTargetKeyPolicy", of: [.loggingTargetEncryption],
        at: { collector, account in
            let targets = account[.loggingTargetEncryption].facts.compactMap { name, encryption in
                (try? encryption.value)?.kmsMasterKeyID.map { (name, $0) }
            }
            return .known(
                Dictionary(
                    targets.map { name, key in
                        let region = ARN(key).map { String($0.region) } ?? (try? account.bucket(name).region.value)
                        return (key, .known(Place(key, in: region ?? collector.baseRegion)))
                    }
                ) { first, _ in first })
        }, { key, _ in KMS.getKeyPolicy(key) }
    ) { answers throws(Unknown) in
        PolicyDocument(try answers.only(.getKeyPolicy).policy)
    }

    public static let accountPublicAccessBlock = FacetOf<PublicAccessBlock>(
        "accountPublicAccessBlock",
        calls: S3.getAccountPublicAccessBlock(accountID: "123456789012") as ReadRequest<PublicAccessBlock>
    ) { collector, _ in
        await collector.pages(
            of: S3.getAccountPublicAccessBlock(accountID: collector.accountID) as ReadRequest<PublicAccessBlock>,
            in: collector.baseRegion, absent: "NoSuchPublicAccessBlockConfiguration"
        ).map { $0.first ?? PublicAccessBlock() }
    }

    static func policy(_ name: String, of regions: FacetOf<ByName<String>>) -> FacetOf<ByName<PolicyDocument?>> {
        bucket(name, of: regions, absent: "NoSuchBucketPolicy", S3.getBucketPolicy) {
            $0.first.map { PolicyDocument($0.text) }
        }
    }

    private static func grants(_ name: String, of regions: FacetOf<ByName<String>>) -> FacetOf<ByName<[BucketGrant]>> {
        bucket(name, of: regions, { S3.getBucketACL($0, owner: $1) }) { (answers: [BucketACLAnswer<BucketGrant>]) in
            answers.flatMap(\.accessControlList)
        }
    }

    static func versioning(_ name: String, of regions: FacetOf<ByName<String>>) -> FacetOf<ByName<BucketVersioning>> {
        bucket(name, of: regions, { S3.getBucketVersioning($0, owner: $1) }) { (answers: [BucketVersioning]) in
            answers.first ?? BucketVersioning()
        }
    }

    static func logging(_ name: String, of regions: FacetOf<ByName<String>>) -> FacetOf<ByName<BucketLogging?>> {
        bucket(name, of: regions, { S3.getBucketLogging($0, owner: $1) }) {
            (answers: [BucketLoggingAnswer<BucketLogging>]) in
            answers.first?.loggingEnabled
        }
    }

    static func encryption(
        _ name: String, of regions: FacetOf<ByName<String>>
    ) -> FacetOf<ByName<BucketEncryption?>> {
        bucket(
            name, of: regions, absent: "ServerSideEncryptionConfigurationNotFoundError",
            { S3.getBucketEncryption($0, owner: $1) }
        ) { (answers: [BucketEncryptionAnswer<BucketEncryption>]) in
            answers.first?.rule.elements.compactMap(\.applyServerSideEncryptionByDefault).first
        }
    }

    private static func objectLock(
        _ name: String, of regions: FacetOf<ByName<String>>
    ) -> FacetOf<ByName<ObjectLock?>> {
        bucket(
            name, of: regions, absent: "ObjectLockConfigurationNotFoundError",
            { S3.getObjectLockConfiguration($0, owner: $1) }
        ) { (answers: [ObjectLock]) in
            answers.first
        }
    }

    /// The answer of one call for each bucket whose region is known.
    private static func bucket<Answer, Content>(
        _ name: String, of regions: FacetOf<ByName<String>> = .bucketRegions,
        absent code: String? = nil,
        _ request: @escaping @Sendable (_ bucket: String, _ owner: String) -> ReadRequest<Answer>,
        _ value: @escaping @Sendable ([Answer]) throws(Unknown) -> Content
    ) -> FacetOf<ByName<Content>> {
        .each(
            name, of: [regions],
            at: { _, account in
                account[regions].map { regions in
                    Dictionary(
                        uniqueKeysWithValues: regions.map { name, region in
                            (name, region.map { Place(name, in: $0) })
                        })
                }
            }, absent: code, request, value)
    }
}

extension Collector {
    /// Returns the regions of the account's own buckets. For a bucket that the account does not own, it returns only
    /// whether it exists.
    func regions(of names: Set<String>, among owned: Fact<[ListedBucket]>) async -> ByName<String> {
        let owned = owned.map { buckets in Dictionary(buckets.map { ($0.name, $0) }) { first, _ in first } }
        return await concurrently(names) { name in
            switch owned.state {
            case .unknown(let unknown): return .unknown(unknown)
            case .known(let owned):
                guard let bucket = owned[name] else { return .unknown(await stranger(name)) }
                if let region = bucket.bucketRegion { return .known(region, from: Operation.listBuckets.description) }
                return await pages(of: S3.getBucketLocation(name, owner: accountID), in: baseRegion, isShared: true)
                    .map { answers throws(Unknown) in try answers.only(.getBucketLocation).region }
            }
        }
    }

    /// Reason why a bucket that the account does not own is unknown. S3 reveals for every name whether such a bucket
    /// exists, and denies further access to a bucket of another account.
    private func stranger(_ name: String) async -> Unknown {
        let elsewhere = Unknown(
            .anotherAccount, call: Operation.listBuckets.description,
            detail: "the bucket \(name) belongs to another account, and only the owner can read its settings")
        do throws(AWSError) {
            _ = try await answers.pages(of: S3.getBucketLocation(name), in: baseRegion)
            return elsewhere
        } catch {
            return error.isAccessDenied ? elsewhere : Unknown(error)
        }
    }
}

extension Account {
    /// Returns the bucket with this name; `nil` if it is not part of the reading.
    public func knownBucket(_ name: String) -> Bucket? {
        let isMet = self[.bucketRegions].facts[name] != nil || self[.loggingTargetRegions].facts[name] != nil
        let isListed = (try? self[.buckets].value)?.contains { $0.name == name } ?? false
        return isMet || isListed ? bucket(name) : nil
    }

    /// Returns the bucket with this name; every fact of it is unknown if it is not part of the reading.
    public func bucket(_ name: String) -> Bucket {
        let isTrails = self[.trails].facts.values.contains { fact in
            (try? fact.value)?.contains { $0.s3BucketName == name } ?? false
        }
        /// A trail bucket's facts come first from the facets of trail buckets, another bucket's first from those of log
        /// targets. The facets of every bucket are last.
        func first<Value>(
            _ own: FacetOf<ByName<Value>>, _ target: FacetOf<ByName<Value>>? = nil,
            _ every: FacetOf<ByName<Value>>? = nil
        ) -> Fact<Value> {
            let order: [FacetOf<ByName<Value>>?] = isTrails ? [own, target, every] : [target, own, every]
            let facts = order.lazy.compactMap { $0.map { self[$0][name] } }
            return facts.first { fact in
                if case .unknown(let unknown) = fact.state { unknown.reason != .notCollected } else { true }
            } ?? self[own][name]
        }
        var bucket = Bucket(name: name)
        bucket.region = first(.bucketRegions, .loggingTargetRegions, .everyBucketRegion)
        bucket.policy = first(.bucketPolicy, .loggingTargetPolicy, .everyBucketPolicy)
        bucket.grants = first(.bucketACL, .loggingTargetACL)
        bucket.publicAccessBlock = self[.bucketPublicAccessBlock][name]
        bucket.versioning = first(.bucketVersioning, nil, .everyBucketVersioning)
        bucket.logging = first(.bucketLogging, nil, .everyBucketLogging)
        bucket.encryption = first(.bucketEncryption, .loggingTargetEncryption, .everyBucketEncryption)
        bucket.objectLock = first(.bucketObjectLock, .loggingTargetObjectLock)
        bucket.payer = self[.loggingTargetPayer][name]
        return bucket
    }

    /// The buckets that trails deliver to, each with its trails, ordered by name.
    public var trailBuckets: [(bucket: Bucket, trails: [Trail])] {
        Dictionary(grouping: trails.filter { !$0.s3BucketName.isEmpty }, by: \.s3BucketName)
            .sorted { $0.key < $1.key }
            .map { (bucket($0.key), $0.value) }
    }
}
