/// An S3 bucket. Each facet is asked for by a call of its own, so each is a fact of its own.
public struct Bucket: Sendable, Codable {
    public var name: String
    public var region: Fact<String> = .notCollected
    /// `nil` where the bucket has no policy.
    public var policy: Fact<PolicyDocument?> = .notCollected
    public var grants: Fact<[BucketGrant]> = .notCollected
    public var publicAccessBlock: Fact<PublicAccessBlock> = .notCollected
    public var versioning: Fact<BucketVersioning> = .notCollected
    /// `nil` where server access logging is off.
    public var logging: Fact<BucketLogging?> = .notCollected
    /// `nil` where no default encryption is configured.
    public var encryption: Fact<BucketEncryption?> = .notCollected
    /// `nil` where Object Lock was never enabled.
    public var objectLock: Fact<ObjectLock?> = .notCollected

    public init(name: String) {
        self.name = name
    }
}

/// One grant of a bucket's access control list.
public struct BucketGrant: Sendable, Codable, Hashable {
    /// A group's URI, such as `http://acs.amazonaws.com/groups/global/AllUsers`, or a canonical user id.
    public var grantee: String
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    public var permission: String

    public init(grantee: String, permission: String) {
        self.grantee = grantee
        self.permission = permission
    }
}

/// The four switches that keep a bucket or a whole account from being public; all off where none was configured.
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

public struct BucketVersioning: Sendable, Codable, Hashable {
    public enum Status: String, Sendable, Codable {
        case enabled = "Enabled"
        case suspended = "Suspended"
        case neverEnabled = "NeverEnabled"
    }

    public var status: Status
    public var mfaDelete: Bool

    public init(status: Status, mfaDelete: Bool) {
        self.status = status
        self.mfaDelete = mfaDelete
    }
}

/// Where a bucket's server access logs go.
public struct BucketLogging: Sendable, Codable, Hashable {
    public var targetBucket: String
    public var targetPrefix: String

    public init(targetBucket: String, targetPrefix: String) {
        self.targetBucket = targetBucket
        self.targetPrefix = targetPrefix
    }
}

public struct BucketEncryption: Sendable, Codable, Hashable {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    public var algorithm: String
    public var keyReference: String?

    public init(algorithm: String, keyReference: String? = nil) {
        self.algorithm = algorithm
        self.keyReference = keyReference
    }
}

public struct ObjectLock: Sendable, Codable, Hashable {
    public var isEnabled: Bool
    /// `COMPLIANCE` or `GOVERNANCE`, where a default retention is set.
    public var defaultMode: String?
    /// The default retention in days (a year counts 365).
    public var defaultDays: Int?

    public init(isEnabled: Bool, defaultMode: String? = nil, defaultDays: Int? = nil) {
        self.isEnabled = isEnabled
        self.defaultMode = defaultMode
        self.defaultDays = defaultDays
    }
}
