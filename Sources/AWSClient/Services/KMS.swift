import Basics

extension Service {
    public static let kms = Service(
        endpointPrefix: "kms", signingName: "kms", environmentName: "KMS",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "TrentService"))
}

extension Operation {
    public static let listKeys = Operation(.kms, "ListKeys")
    public static let describeKey = Operation(.kms, "DescribeKey")
    public static let getKeyRotationStatus = Operation(.kms, "GetKeyRotationStatus")
    public static let getKeyPolicy = Operation(.kms, "GetKeyPolicy")
    public static let listGrants = Operation(.kms, "ListGrants")
}

/// AWS KMS, as far as it is used. Source of the shapes: the AWS Key Management Service API Reference.
public enum KMS {
    /// Lists every key of the region, including AWS managed keys.
    public static func listKeys<Key>() -> ReadRequest<ListKeysAnswer<Key>> {
        ReadRequest(
            .listKeys, ["Limit": 1000],
            paging: Paging("Marker", isTruncated: { $0.truncated ?? false }) { $0.nextMarker })
    }

    /// - Parameter key: an ID, an alias or an ARN.
    public static func describeKey<Key>(_ key: String) -> ReadRequest<DescribeKeyAnswer<Key>> {
        ReadRequest(.describeKey, ["KeyId": .string(key)])
    }

    /// - Parameter key: an ID or an ARN; an alias is not accepted.
    public static func getKeyRotationStatus<Rotation>(_ key: String) -> ReadRequest<Rotation> {
        ReadRequest(.getKeyRotationStatus, ["KeyId": .string(key)])
    }

    /// - Parameter key: an ID or an ARN; an alias is not accepted.
    public static func getKeyPolicy(_ key: String) -> ReadRequest<GetKeyPolicyAnswer> {
        ReadRequest(.getKeyPolicy, ["KeyId": .string(key), "PolicyName": "default"])
    }

    /// - Parameter key: an ID or an ARN; an alias is not accepted.
    public static func listGrants<Grant>(_ key: String) -> ReadRequest<ListGrantsAnswer<Grant>> {
        ReadRequest(
            .listGrants, ["KeyId": .string(key), "Limit": 100],
            paging: Paging("Marker", isTruncated: { $0.truncated ?? false }) { $0.nextMarker })
    }
}

public struct ListKeysAnswer<Key: Decodable & Sendable>: Decodable, Sendable {
    public var keys: [Key]
    public var nextMarker: String?
    public var truncated: Bool?
}

public struct GetKeyPolicyAnswer: Decodable, Sendable {
    public var policy: String
}

public struct DescribeKeyAnswer<Key: Decodable & Sendable>: Decodable, Sendable {
    public var keyMetadata: Key
}

public struct ListGrantsAnswer<Grant: Decodable & Sendable>: Decodable, Sendable {
    public var grants: [Grant]
    public var nextMarker: String?
    public var truncated: Bool?
}
