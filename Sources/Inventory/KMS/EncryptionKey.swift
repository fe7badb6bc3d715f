import AWSClient
import Basics
public import FoundationEssentials

/// A KMS key, with its facts from the calls about it.
public struct EncryptionKey: Sendable, Codable {
    /// The text that names the key: an ID, an alias or an ARN.
    public var reference: String
    public var description: Fact<KeyDescription> = .notCollected
    public var rotation: Fact<KeyRotation> = .notCollected
    public var policy: Fact<PolicyDocument> = .notCollected
    public var grants: Fact<[KeyGrant]> = .notCollected
}

/// Answer of `DescribeKey`.
public struct KeyDescription: Sendable, Codable, Hashable {
    public var arn: String
    public var awsAccountID: String
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingReplicaDeletion`, `PendingImport`, `Unavailable`, …
    public var keyState: String
    /// `AWS` for an AWS managed key, `CUSTOMER` for a customer managed key.
    public var keyManager: String
    /// `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM` or `EXTERNAL_KEY_STORE`: only the first supports automatic rotation.
    public var origin: String?
    /// `SYMMETRIC_DEFAULT`, or the specification of an asymmetric or HMAC key.
    public var keySpec: String?
    public var deletionDate: Date?
}

extension KeyDescription {
    /// Returns the description if its state and manager are values that AWS documents as of 2026. An unknown state says
    /// neither that the key can be used nor that it cannot, and an unknown manager does not say who manages the key.
    /// - Throws: ``Unknown`` with the unknown value.
    func understood() throws(Unknown) -> KeyDescription {
        let states = [
            "Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion",
            "Unavailable",
            "Updating",
        ]
        for (name, word, known) in [("KeyState", keyState, states), ("KeyManager", keyManager, ["AWS", "CUSTOMER"])]
        where !known.contains(word) {
            throw Unknown(
                .failed, call: Operation.describeKey.description, detail: "\(name) is \(word), which is not known")
        }
        return self
    }
}

/// Answer of `GetKeyRotationStatus`.
public struct KeyRotation: Sendable, Codable, Hashable {
    public var keyRotationEnabled: Bool
    /// Days between rotations; 365 if AWS does not report it.
    public var rotationPeriodInDays: Int?

    public init(keyRotationEnabled: Bool, rotationPeriodInDays: Int? = nil) {
        self.keyRotationEnabled = keyRotationEnabled
        self.rotationPeriodInDays = rotationPeriodInDays
    }
}

extension Facet {
    /// The keys that trails use, by the reference in the trail, and the further keys that the reading was given.
    public static let keyDescription = FacetOf.each(
        "keyDescription", of: [.trails], at: Account.keyPlaces, { key, _ in KMS.describeKey(key) }
    ) { (answers: [DescribeKeyAnswer<KeyDescription>]) throws(Unknown) in
        try answers.only(.describeKey).keyMetadata.understood()
    }

    public static let keyRotation = FacetOf.each(
        "keyRotation", of: [.keyDescription], at: { Account.places($0, $1, of: .keyDescription) },
        absent: "UnsupportedOperationException",
        { key, _ in KMS.getKeyRotationStatus(key) }
    ) { (answers: [KeyRotation]) in
        answers.first ?? KeyRotation(keyRotationEnabled: false)
    }

    public static let keyPolicy = FacetOf.each(
        "keyPolicy", of: [.keyDescription], at: { Account.places($0, $1, of: .keyDescription) },
        { key, _ in KMS.getKeyPolicy(key) }
    ) { answers throws(Unknown) in
        PolicyDocument(try answers.only(.getKeyPolicy).policy)
    }
}

extension Account {
    /// The keys of this reading, by their references.
    public var keys: [String: EncryptionKey] {
        let described = self[.keyDescription].facts
        let names = Set(described.keys).union(self[.keyPolicy].facts.keys)
        return Dictionary(uniqueKeysWithValues: names.map { ($0, key($0)) })
    }

    /// Returns the key that `reference` (an ID, an alias or an ARN) names; its facts are unknown if it is not part of
    /// the reading.
    public func key(_ reference: String) -> EncryptionKey {
        var key = EncryptionKey(reference: reference)
        key.description = self[.keyDescription][reference]
        key.rotation = self[.keyRotation][reference]
        key.policy = self[.keyPolicy][reference]
        key.grants = self[.keyGrants][reference]
        return key
    }

    /// The keys that trails use, each with its trails, ordered by reference.
    public var trailKeys: [(key: EncryptionKey, trails: [Trail])] {
        Dictionary(grouping: trails.filter { $0.kmsKeyID != nil }) { $0.kmsKeyID ?? "" }
            .sorted { $0.key < $1.key }
            .map { (key($0.key), $0.value) }
    }

    fileprivate static func keyPlaces(_ collector: Collector, _ account: Account) -> Fact<ByName<Place>> {
        let homes = Dictionary(
            account.trails.compactMap { trail in trail.kmsKeyID.map { ($0, trail.homeRegion) } }
        ) { first, _ in first }
        let references = Set(homes.keys).union(collector.keys)
        return .known(
            Dictionary(
                uniqueKeysWithValues: references.map { reference in
                    let name = ARN(reference)
                    if let owner = name?.account, owner != collector.accountID {
                        let detail = "the key belongs to account \(owner), and only that account can read it"
                        return (reference, .unknown(Unknown(.anotherAccount, detail: detail)))
                    }
                    let region = name.map { String($0.region) } ?? homes[reference] ?? collector.baseRegion
                    return (reference, .known(Place(reference, in: region)))
                }))
    }

    /// Returns the described keys by their names in the facet, each with its ARN: further calls do not accept an alias.
    /// - Parameter isWanted: selects keys by their description. A key whose description is unknown stays, and is
    ///   unknown.
    static func places(
        _ collector: Collector, _ account: Account, of descriptions: FacetOf<ByName<KeyDescription>>,
        where isWanted: (KeyDescription) -> Bool = { _ in true }
    ) -> Fact<ByName<Place>> {
        account[descriptions].map { keys in
            keys.filter { (try? $0.value.value).map(isWanted) ?? true }.mapValues { key in
                key.map { Place($0.arn, in: ARN($0.arn).map { String($0.region) } ?? collector.baseRegion) }
            }
        }
    }
}

extension EncryptionKey: Sampled {
    /// The key that the sample trail uses: enabled, rotated automatically, and usable by CloudTrail only.
    public static var sample: EncryptionKey {
        var key = EncryptionKey(
            reference: "arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e-6d2a-4a8e-9b57-0a4a3c9d7e10")
        key.description = .known(.sample)
        key.rotation = .known(KeyRotation(keyRotationEnabled: true, rotationPeriodInDays: 365))
        key.policy = .known(.trailKey)
        key.grants = .known([])
        return key
    }
}

extension KeyDescription: Sampled {
    public static var sample: KeyDescription {
        KeyDescription(
            arn: "arn:aws:kms:us-east-1:123456789012:key/1f0c5b1e-6d2a-4a8e-9b57-0a4a3c9d7e10",
            awsAccountID: "123456789012", keyState: "Enabled", keyManager: "CUSTOMER", origin: "AWS_KMS",
            keySpec: "SYMMETRIC_DEFAULT")
    }
}
