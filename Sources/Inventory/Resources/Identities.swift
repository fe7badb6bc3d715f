public import FoundationEssentials

/// The account's users, groups, roles and policies, as `GetAccountAuthorizationDetails` lists them in bulk.
public struct Identities: Sendable, Codable {
    public var users: [User]
    public var groups: [Group]
    public var roles: [Role]
    /// The customer's own managed policies, and those of AWS's that are attached to something.
    public var policies: [ManagedPolicy]

    public init(users: [User] = [], groups: [Group] = [], roles: [Role] = [], policies: [ManagedPolicy] = []) {
        self.users = users
        self.groups = groups
        self.roles = roles
        self.policies = policies
    }
}

/// A policy that lives in one user, group or role.
public struct InlinePolicy: Sendable, Codable, Hashable {
    public var name: String
    public var document: PolicyDocument

    public init(name: String, document: PolicyDocument) {
        self.name = name
        self.document = document
    }
}

/// The attachment of a managed policy.
public struct AttachedPolicy: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String

    public init(name: String, arn: String) {
        self.name = name
        self.arn = arn
    }
}

public struct User: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var inlinePolicies: [InlinePolicy]
    public var attachedPolicies: [AttachedPolicy]
    public var groupNames: [String]
    public var permissionsBoundaryARN: String?
    public var createdAt: Date?

    public init(
        name: String, arn: String, inlinePolicies: [InlinePolicy] = [], attachedPolicies: [AttachedPolicy] = [],
        groupNames: [String] = [], permissionsBoundaryARN: String? = nil, createdAt: Date? = nil
    ) {
        self.name = name
        self.arn = arn
        self.inlinePolicies = inlinePolicies
        self.attachedPolicies = attachedPolicies
        self.groupNames = groupNames
        self.permissionsBoundaryARN = permissionsBoundaryARN
        self.createdAt = createdAt
    }
}

public struct Group: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var inlinePolicies: [InlinePolicy]
    public var attachedPolicies: [AttachedPolicy]

    public init(
        name: String, arn: String, inlinePolicies: [InlinePolicy] = [], attachedPolicies: [AttachedPolicy] = []
    ) {
        self.name = name
        self.arn = arn
        self.inlinePolicies = inlinePolicies
        self.attachedPolicies = attachedPolicies
    }
}

public struct Role: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var path: String
    public var trustPolicy: PolicyDocument
    public var inlinePolicies: [InlinePolicy]
    public var attachedPolicies: [AttachedPolicy]
    public var permissionsBoundaryARN: String?
    public var lastUsed: Date?
    /// The instance profiles that hold the role, through which EC2 instances run under it.
    public var instanceProfileARNs: Fact<[String]>
    public var createdAt: Date?

    public init(
        name: String, arn: String, path: String = "/", trustPolicy: PolicyDocument,
        inlinePolicies: [InlinePolicy] = [], attachedPolicies: [AttachedPolicy] = [],
        permissionsBoundaryARN: String? = nil, lastUsed: Date? = nil,
        instanceProfileARNs: Fact<[String]> = .known([]), createdAt: Date? = nil
    ) {
        self.name = name
        self.arn = arn
        self.path = path
        self.trustPolicy = trustPolicy
        self.inlinePolicies = inlinePolicies
        self.attachedPolicies = attachedPolicies
        self.permissionsBoundaryARN = permissionsBoundaryARN
        self.lastUsed = lastUsed
        self.instanceProfileARNs = instanceProfileARNs
        self.createdAt = createdAt
    }

    /// A role that a service made for itself, whose policies the customer cannot change.
    public var isServiceLinked: Bool { path.hasPrefix("/aws-service-role/") }
}

/// A managed policy with the document of its default version, the one that is in force.
public struct ManagedPolicy: Sendable, Codable, Hashable {
    public var name: String
    public var arn: String
    public var attachmentCount: Int
    /// How many identities it bounds; a boundary grants nothing.
    public var boundaryUsageCount: Int
    public var defaultDocument: PolicyDocument
    /// The versions that are not in force, which `iam:SetDefaultPolicyVersion` puts in force; none for AWS's own
    /// policies, of which the customer cannot choose the version.
    public var otherVersions: Fact<[PolicyVersion]>

    public init(
        name: String, arn: String, attachmentCount: Int, boundaryUsageCount: Int = 0, defaultDocument: PolicyDocument,
        otherVersions: Fact<[PolicyVersion]> = .known([])
    ) {
        self.name = name
        self.arn = arn
        self.attachmentCount = attachmentCount
        self.boundaryUsageCount = boundaryUsageCount
        self.defaultDocument = defaultDocument
        self.otherVersions = otherVersions
    }

    /// How many versions there are with the one in force; a policy can have five.
    public var versionCount: Fact<Int> { otherVersions.map { $0.count + 1 } }

    /// Written and updated by AWS: `arn:aws:iam::aws:policy/…`
    public var isAWSManaged: Bool {
        arn.split(separator: ":", omittingEmptySubsequences: false).dropFirst(4).first == "aws"
    }
}

/// A version of a managed policy that is not in force.
public struct PolicyVersion: Sendable, Codable, Hashable {
    /// `v1`, `v2`, …
    public var id: String
    public var document: PolicyDocument

    public init(id: String, document: PolicyDocument) {
        self.id = id
        self.document = document
    }
}
