/// The organisation that an account belongs to.
public struct Organization: Sendable, Codable, Hashable {
    /// `o-…`
    public var id: String
    /// The account that owns the organisation, to which its policies do not apply.
    public var managementAccountID: String
    /// `false` where the organisation only shares a bill, and has no policies.
    public var hasAllFeatures: Bool

    public init(id: String, managementAccountID: String, hasAllFeatures: Bool = true) {
        self.id = id
        self.managementAccountID = managementAccountID
        self.hasAllFeatures = hasAllFeatures
    }
}

/// The policies of the organisation that limit what the account's principals may do, and what may be done with its
/// resources. Both lists are empty where there are none: in an account of no organisation, in the management account
/// (which they do not apply to), and where the organisation has not enabled the kind of policy.
///
/// Source: AWS Organizations User Guide, "Service control policies (SCPs)" and "Resource control policies (RCPs)".
public struct OrganizationPolicies: Sendable, Codable, Hashable {
    public var serviceControl: [PolicyLevel]
    public var resourceControl: [PolicyLevel]

    public init(serviceControl: [PolicyLevel] = [], resourceControl: [PolicyLevel] = []) {
        self.serviceControl = serviceControl
        self.resourceControl = resourceControl
    }
}

/// One step of the way from the organisation's root down to the account, with the policies attached to it: at each
/// level at least one must allow, and none may deny. The root comes first, the account last.
public struct PolicyLevel: Sendable, Codable, Hashable {
    /// `r-…`, `ou-…` or the account's twelve digits.
    public var id: String
    public var kind: Kind
    public var policies: [OrganizationPolicy]

    public enum Kind: String, Sendable, Codable, Hashable {
        case root
        case organizationalUnit = "OU"
        case account
    }

    public init(id: String, kind: Kind, policies: [OrganizationPolicy]) {
        self.id = id
        self.kind = kind
        self.policies = policies
    }
}

/// A service or resource control policy.
public struct OrganizationPolicy: Sendable, Codable, Hashable {
    /// `p-…`
    public var id: String
    public var name: String
    public var document: PolicyDocument

    public init(id: String, name: String, document: PolicyDocument) {
        self.id = id
        self.name = name
        self.document = document
    }
}
