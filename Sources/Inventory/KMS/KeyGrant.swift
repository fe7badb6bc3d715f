import AWSClient

/// A grant: it lets a principal use a key beside what the key's policy says.
///
/// Source: AWS KMS Developer Guide, "Grants in AWS KMS".
public struct KeyGrant: Sendable, Codable, Hashable {
    public var id: String
    /// The ARN of a user, role, session or account, or a service principal such as `rds.us-east-1.amazonaws.com`.
    public var granteePrincipal: String?
    /// Who may retire the grant.
    public var retiringPrincipal: String?
    /// The operations that the grant allows, such as `Decrypt`, without the prefix `kms:`.
    public var operations: [String]
    public var constraints: Constraints
    /// The account whose principal made the grant.
    public var issuingAccount: String?

    /// What the encryption context of a request must look like; empty constraints demand nothing.
    public struct Constraints: Sendable, Codable, Hashable {
        /// Pairs that the context must hold, beside others.
        public var encryptionContextSubset: [String: String]
        /// The whole of the context.
        public var encryptionContextEquals: [String: String]

        public init(
            encryptionContextSubset: [String: String] = [:], encryptionContextEquals: [String: String] = [:]
        ) {
            self.encryptionContextSubset = encryptionContextSubset
            self.encryptionContextEquals = encryptionContextEquals
        }
    }

    public init(
        id: String, granteePrincipal: String?, retiringPrincipal: String? = nil, operations: [String],
        constraints: Constraints = Constraints(), issuingAccount: String? = nil
    ) {
        self.id = id
        self.granteePrincipal = granteePrincipal
        self.retiringPrincipal = retiringPrincipal
        self.operations = operations
        self.constraints = constraints
        self.issuingAccount = issuingAccount
    }
}

extension Facet {
    public static let keyGrants = FacetOf.each(
        "keyGrants", of: [.keyDescription], at: Account.describedKeyPlaces, { key, _ in KMS.listGrants(key) }
    ) {
        $0.flatMap(\.grants).map(KeyGrant.init).sorted { $0.id < $1.id }
    }
}

extension KeyGrant {
    fileprivate init(_ answer: ListGrantsAnswer.Grant) {
        self.init(
            id: answer.id, granteePrincipal: answer.granteePrincipal, retiringPrincipal: answer.retiringPrincipal,
            operations: answer.operations,
            constraints: Constraints(
                encryptionContextSubset: answer.constraints?.encryptionContextSubset ?? [:],
                encryptionContextEquals: answer.constraints?.encryptionContextEquals ?? [:]),
            issuingAccount: answer.issuingAccount)
    }
}
