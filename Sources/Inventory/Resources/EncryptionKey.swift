public import FoundationEssentials

/// A KMS key that a trail encrypts with.
public struct EncryptionKey: Sendable, Codable {
    /// The text with which the trail names the key: an id, an alias or an ARN.
    public var reference: String
    public var description: Fact<KeyDescription> = .notCollected
    public var rotation: Fact<KeyRotation> = .notCollected
    public var policy: Fact<PolicyDocument> = .notCollected
    public var grants: Fact<[KeyGrant]> = .notCollected

    public init(reference: String) {
        self.reference = reference
    }
}

/// What `DescribeKey` says.
public struct KeyDescription: Sendable, Codable, Hashable {
    public var arn: String
    public var accountID: String
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingReplicaDeletion`, `PendingImport`, `Unavailable`, …
    public var state: String
    /// `AWS` for a key that AWS manages for the account, `CUSTOMER` for the customer's own.
    public var manager: String
    /// `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM` or `EXTERNAL_KEY_STORE`: only the first can rotate by itself.
    public var origin: String
    /// `SYMMETRIC_DEFAULT`, or the specification of an asymmetric or HMAC key.
    public var spec: String
    public var deletionDate: Date?

    public init(
        arn: String, accountID: String, state: String, manager: String, origin: String, spec: String,
        deletionDate: Date? = nil
    ) {
        self.arn = arn
        self.accountID = accountID
        self.state = state
        self.manager = manager
        self.origin = origin
        self.spec = spec
        self.deletionDate = deletionDate
    }
}

public struct KeyRotation: Sendable, Codable, Hashable {
    public var isEnabled: Bool
    /// Between rotations; 365 where AWS does not say.
    public var periodInDays: Int?

    public init(isEnabled: Bool, periodInDays: Int? = nil) {
        self.isEnabled = isEnabled
        self.periodInDays = periodInDays
    }
}

/// A CloudWatch Logs log group.
public struct LogGroup: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    /// `nil` where the group is encrypted with CloudWatch Logs' own key only.
    public var keyARN: String?
    /// `nil` where events are kept for ever.
    public var retentionInDays: Int?

    public init(name: String, arn: String, keyARN: String? = nil, retentionInDays: Int? = nil) {
        self.name = name
        self.arn = arn
        self.keyARN = keyARN
        self.retentionInDays = retentionInDays
    }
}
