import AWSClient
import Basics

// All keys of the account, not only the keys that trails use: one or two calls for each.

/// A key as `ListKeys` lists it.
public struct ListedKey: Sendable, Codable, Hashable {
    public var keyARN: String

    public init(keyARN: String) { self.keyARN = keyARN }
}

extension Facet {
    public static let everyKey = FacetOf<ByName<[ListedKey]>>.perRegion(
        "everyKey", KMS.listKeys(), by: \.keyARN
    ) {
        $0.keys
    }

    /// Descriptions by ARN.
    public static let everyKeyDescription = FacetOf.each(
        "everyKeyDescription", of: [.everyKey],
        at: { _, account in
            account[.everyKey].map { regions in
                let places = regions.flatMap { region, keys in
                    ((try? keys.value) ?? []).map { ($0.keyARN, Fact.known(Place($0.keyARN, in: region))) }
                }
                return Dictionary(places) { first, _ in first }
            }
        }, { key, _ in KMS.describeKey(key) }
    ) { (answers: [DescribeKeyAnswer<KeyDescription>]) throws(Unknown) in
        try answers.only(.describeKey).keyMetadata.understood()
    }

    /// Rotation of the keys that support automatic rotation.
    public static let everyKeyRotation = FacetOf.each(
        "everyKeyRotation", of: [.everyKeyDescription],
        at: { Account.places($0, $1, of: .everyKeyDescription, where: \.canRotate) },
        { key, _ in KMS.getKeyRotationStatus(key) }
    ) { (answers: [KeyRotation]) throws(Unknown) in
        try answers.only(.getKeyRotationStatus)
    }

    /// Policies of the customer managed keys: the customer cannot change the policy of an AWS managed key.
    public static let everyKeyPolicy = FacetOf.each(
        "everyKeyPolicy", of: [.everyKeyDescription],
        at: { Account.places($0, $1, of: .everyKeyDescription, where: \.isCustomerManaged) },
        { key, _ in KMS.getKeyPolicy(key) }
    ) { answers throws(Unknown) in
        PolicyDocument(try answers.only(.getKeyPolicy).policy)
    }
}

extension KeyDescription {
    public var isCustomerManaged: Bool { keyManager == "CUSTOMER" }

    /// Whether the key can be used. A key is `Updating` while its key store or policy changes; it can be used
    /// meanwhile.
    ///
    /// Source: AWS KMS Developer Guide, "Key states of AWS KMS keys".
    public var isUsable: Bool { ["Enabled", "Updating"].contains(keyState) }

    /// Whether the key is customer managed, usable, and not of a kind that is known not to support automatic rotation. Of a
    /// kind that AWS has added since, `GetKeyRotationStatus` says whether it does.
    ///
    /// Source: AWS KMS Developer Guide, "Rotate AWS KMS keys", and AWS KMS API Reference, "KeyMetadata" (2026).
    public var canRotate: Bool {
        let otherOrigins: Set = ["EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"]
        let otherKinds = ["RSA_", "ECC_", "HMAC_", "SM2", "ML_DSA_"]
        return isCustomerManaged && isUsable && !otherOrigins.contains(origin ?? "")
            && !otherKinds.contains { (keySpec ?? "").hasPrefix($0) }
    }
}

extension Account {
    /// The key with this ARN as far as it is read for every key; `nil` if it is not part of the reading.
    public func listedKey(_ arn: String) -> EncryptionKey? {
        guard self[.everyKeyDescription].facts[arn] != nil else { return nil }
        var key = EncryptionKey(reference: arn)
        key.description = self[.everyKeyDescription][arn]
        key.rotation = self[.everyKeyRotation][arn]
        key.policy = self[.everyKeyPolicy][arn]
        return key
    }

    /// The customer managed keys of each region, each with its ARN and its facts from further calls. A key whose
    /// manager is unknown is included.
    public var customerKeys: Regional<[EncryptionKey]> {
        let descriptions = self[.everyKeyDescription]
        let rotations = self[.everyKeyRotation]
        let policies = self[.everyKeyPolicy]
        func key(_ listed: ListedKey) -> EncryptionKey? {
            var key = EncryptionKey(reference: listed.keyARN)
            key.description = descriptions[listed.keyARN]
            if case .known(let description) = key.description.state, !description.isCustomerManaged { return nil }
            key.rotation = rotations[listed.keyARN]
            key.policy = policies[listed.keyARN]
            return key
        }
        return self[.everyKey].map { $0.mapValues { $0.map { $0.compactMap(key) } } }
    }
}
