public import FoundationEssentials

extension Service {
    public static let kms = Service(
        endpointPrefix: "kms", signingName: "kms", environmentName: "KMS",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "TrentService"))
}

extension Operation {
    public static let describeKey = Operation(.kms, "DescribeKey")
    public static let getKeyRotationStatus = Operation(.kms, "GetKeyRotationStatus")
    public static let getKeyPolicy = Operation(.kms, "GetKeyPolicy")
    public static let listGrants = Operation(.kms, "ListGrants")
}

/// AWS KMS, as far as it is used. Source of the shapes: the AWS Key Management Service API Reference.
public enum KMS {
    /// - Parameter key: an id, an alias or an ARN.
    public static func describeKey(_ key: String) -> ReadRequest<DescribeKeyAnswer> {
        ReadRequest(.describeKey, ["KeyId": .string(key)])
    }

    /// - Parameter key: an id or an ARN; an alias is not accepted.
    public static func getKeyRotationStatus(_ key: String) -> ReadRequest<GetKeyRotationStatusAnswer> {
        ReadRequest(.getKeyRotationStatus, ["KeyId": .string(key)])
    }

    /// - Parameter key: an id or an ARN; an alias is not accepted.
    public static func getKeyPolicy(_ key: String) -> ReadRequest<GetKeyPolicyAnswer> {
        ReadRequest(.getKeyPolicy, ["KeyId": .string(key), "PolicyName": "default"])
    }

    /// - Parameter key: an id or an ARN; an alias is not accepted.
    public static func listGrants(_ key: String) -> ReadRequest<ListGrantsAnswer> {
        ReadRequest(
            .listGrants, ["KeyId": .string(key), "Limit": 100],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.nextMarker })
    }
}

public struct DescribeKeyAnswer: Decodable, Sendable {
    public var metadata: Metadata

    enum CodingKeys: String, CodingKey {
        case metadata = "KeyMetadata"
    }

    public struct Metadata: Decodable, Sendable {
        public var arn: String
        public var accountID: String
        public var state: String
        public var manager: String
        public var origin: String?
        public var spec: String?
        public var deletionDate: Date?

        enum CodingKeys: String, CodingKey {
            case arn = "Arn"
            case accountID = "AWSAccountId"
            case state = "KeyState"
            case manager = "KeyManager"
            case origin = "Origin"
            case spec = "KeySpec"
            case deletionDate = "DeletionDate"
        }
    }
}

public struct GetKeyRotationStatusAnswer: Decodable, Sendable {
    public var isEnabled: Bool
    public var periodInDays: Int?

    enum CodingKeys: String, CodingKey {
        case isEnabled = "KeyRotationEnabled"
        case periodInDays = "RotationPeriodInDays"
    }
}

public struct GetKeyPolicyAnswer: Decodable, Sendable {
    public var policy: String

    enum CodingKeys: String, CodingKey {
        case policy = "Policy"
    }
}

public struct ListGrantsAnswer: Decodable, Sendable {
    public var grants: [Grant]
    public var nextMarker: String?
    public var isTruncated: Bool?

    enum CodingKeys: String, CodingKey {
        case grants = "Grants"
        case nextMarker = "NextMarker"
        case isTruncated = "Truncated"
    }

    public struct Grant: Decodable, Sendable {
        public var id: String
        public var granteePrincipal: String?
        public var retiringPrincipal: String?
        public var issuingAccount: String?
        public var operations: [String]
        public var constraints: Constraints?

        enum CodingKeys: String, CodingKey {
            case id = "GrantId"
            case granteePrincipal = "GranteePrincipal"
            case retiringPrincipal = "RetiringPrincipal"
            case issuingAccount = "IssuingAccount"
            case operations = "Operations"
            case constraints = "Constraints"
        }
    }

    public struct Constraints: Decodable, Sendable {
        public var encryptionContextSubset: [String: String]?
        public var encryptionContextEquals: [String: String]?

        enum CodingKeys: String, CodingKey {
            case encryptionContextSubset = "EncryptionContextSubset"
            case encryptionContextEquals = "EncryptionContextEquals"
        }
    }
}
