import AWSClient

/// A grant, which lets a principal use a key in addition to what the key's policy allows.
///
/// Source: AWS KMS Developer Guide, "Grants in AWS KMS".
public struct KeyGrant: Sendable, Codable, Hashable {
    public var grantID: String
    /// The ARN of a user, role, session or account, or a service principal such as `rds.us-east-1.amazonaws.com`.
    public var granteePrincipal: String?
    /// The principal that can retire the grant.
    public var retiringPrincipal: String?
    /// The operations that the grant allows, such as `Decrypt`, without the prefix `kms:`.
    public var operations: [String]
    public var constraints: Constraints?

    /// Constraints on a request's encryption context; empty constraints require nothing.
    public struct Constraints: Sendable, Codable, Hashable {
        /// Pairs that the context must contain; it can contain others.
        public var encryptionContextSubset: [String: String]?
        /// Pairs that the context must equal exactly.
        public var encryptionContextEquals: [String: String]?

        public init(
            encryptionContextSubset: [String: String]? = nil, encryptionContextEquals: [String: String]? = nil
        ) {
            self.encryptionContextSubset = encryptionContextSubset
            self.encryptionContextEquals = encryptionContextEquals
        }
    }

    public init(grantID: String, granteePrincipal: String?, operations: [String], constraints: Constraints? = nil) {
        self.grantID = grantID
        self.granteePrincipal = granteePrincipal
        self.operations = operations
        self.constraints = constraints
    }
}

extension Facet {
    public static let keyGrants = FacetOf<ByName<[KeyGrant]>>.each(
        "keyGrants", of: [.keyDescription], at: { Account.places($0, $1, of: .keyDescription) },
        { key, _ in KMS.listGrants(key) }
    ) {
        $0.flatMap(\.grants).sorted { $0.grantID < $1.grantID }
    }
}
