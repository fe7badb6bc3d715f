public import FoundationEssentials

/// IAM's credential report: every user's password and keys with their ages and last uses, in one answer.
public struct CredentialReport: Sendable, Codable {
    /// AWS makes a new report at most every four hours.
    public var generatedAt: Date?
    public var root: UserCredentials?
    public var users: [UserCredentials]

    public init(generatedAt: Date? = nil, root: UserCredentials? = nil, users: [UserCredentials]) {
        self.generatedAt = generatedAt
        self.root = root
        self.users = users
    }
}

/// One row of the credential report.
public struct UserCredentials: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var createdAt: Date?
    public var password: Password
    public var hasMFA: Bool
    /// Both access keys, active or not; a key that was never made has neither activity nor date.
    public var accessKeys: [AccessKey]
    public var signingCertificates: [Certificate]

    public struct Password: Sendable, Codable, Hashable {
        /// `nil` where AWS does not say, as for root.
        public var isEnabled: Bool?
        public var lastUsed: Date?
        public var lastChanged: Date?

        public init(isEnabled: Bool?, lastUsed: Date? = nil, lastChanged: Date? = nil) {
            self.isEnabled = isEnabled
            self.lastUsed = lastUsed
            self.lastChanged = lastChanged
        }
    }

    public struct AccessKey: Sendable, Codable, Hashable {
        /// 1 or 2, as in the report's column names; the report does not tell the key's id.
        public var number: Int
        public var isActive: Bool
        public var lastRotated: Date?
        public var lastUsed: Date?
        public var lastUsedRegion: String?
        public var lastUsedService: String?

        public init(
            number: Int, isActive: Bool, lastRotated: Date? = nil, lastUsed: Date? = nil,
            lastUsedRegion: String? = nil, lastUsedService: String? = nil
        ) {
            self.number = number
            self.isActive = isActive
            self.lastRotated = lastRotated
            self.lastUsed = lastUsed
            self.lastUsedRegion = lastUsedRegion
            self.lastUsedService = lastUsedService
        }
    }

    public struct Certificate: Sendable, Codable, Hashable {
        public var number: Int
        public var isActive: Bool
        public var lastRotated: Date?

        public init(number: Int, isActive: Bool, lastRotated: Date? = nil) {
            self.number = number
            self.isActive = isActive
            self.lastRotated = lastRotated
        }
    }

    public init(
        name: String, arn: String, createdAt: Date? = nil, password: Password, hasMFA: Bool,
        accessKeys: [AccessKey] = [], signingCertificates: [Certificate] = []
    ) {
        self.name = name
        self.arn = arn
        self.createdAt = createdAt
        self.password = password
        self.hasMFA = hasMFA
        self.accessKeys = accessKeys
        self.signingCertificates = signingCertificates
    }

    public var activeKeys: [AccessKey] { accessKeys.filter(\.isActive) }
}

/// `GetAccountSummary`'s counts about the root user.
public struct AccountSummary: Sendable, Codable, Hashable {
    /// `AccountAccessKeysPresent`: whether root has an access key.
    public var rootHasAccessKeys: Bool
    /// `AccountMFAEnabled`: whether root has an MFA device.
    public var rootHasMFA: Bool
    /// `AccountPasswordPresent`; `nil` where AWS does not say. A member account may have root without a password.
    public var rootHasPassword: Bool?

    public init(rootHasAccessKeys: Bool, rootHasMFA: Bool, rootHasPassword: Bool? = nil) {
        self.rootHasAccessKeys = rootHasAccessKeys
        self.rootHasMFA = rootHasMFA
        self.rootHasPassword = rootHasPassword
    }
}

/// The account's password policy for IAM users.
public struct PasswordPolicy: Sendable, Codable, Hashable {
    public var minimumLength: Int
    public var requiresSymbols: Bool
    public var requiresNumbers: Bool
    public var requiresUppercase: Bool
    public var requiresLowercase: Bool
    /// `nil` where passwords never expire.
    public var maximumAgeInDays: Int?
    /// How many former passwords may not be used again; `nil` where all may.
    public var reusePrevention: Int?

    public init(
        minimumLength: Int, requiresSymbols: Bool, requiresNumbers: Bool, requiresUppercase: Bool,
        requiresLowercase: Bool, maximumAgeInDays: Int? = nil, reusePrevention: Int? = nil
    ) {
        self.minimumLength = minimumLength
        self.requiresSymbols = requiresSymbols
        self.requiresNumbers = requiresNumbers
        self.requiresUppercase = requiresUppercase
        self.requiresLowercase = requiresLowercase
        self.maximumAgeInDays = maximumAgeInDays
        self.reusePrevention = reusePrevention
    }
}

/// A virtual MFA device that is assigned to somebody.
public struct VirtualMFADevice: Sendable, Codable, Hashable {
    public var serialNumber: String
    /// The ARN of its user; root's ends in `:root`.
    public var userARN: String?

    public init(serialNumber: String, userARN: String? = nil) {
        self.serialNumber = serialNumber
        self.userARN = userARN
    }
}
