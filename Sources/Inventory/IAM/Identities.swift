import AWSClient
import Basics
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
        ARN(arn)?.account == "aws"
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

extension Facet {
    public static let identities = FacetOf.ofAccount(
        "identities", IAM.getAccountAuthorizationDetails()
    ) { pages throws(Unknown) in
        var identities = Identities()
        for page in pages {
            identities.users += page.userDetailList.map(User.init)
            identities.groups += page.groupDetailList.map(Group.init)
            identities.roles += page.roleDetailList.map(Role.init)
            for policy in page.policies {
                if let policy = try ManagedPolicy(inUse: policy) { identities.policies.append(policy) }
            }
        }
        identities.users.sort { $0.arn < $1.arn }
        identities.groups.sort { $0.arn < $1.arn }
        identities.roles.sort { $0.arn < $1.arn }
        identities.policies.sort { $0.arn < $1.arn }
        return identities
    }
}

extension User {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.User) {
        self.init(
            name: answer.userName, arn: answer.arn,
            inlinePolicies: (answer.userPolicyList ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedManagedPolicies ?? []).map(AttachedPolicy.init),
            groupNames: (answer.groupList ?? []).sorted(),
            permissionsBoundaryARN: answer.permissionsBoundary?.permissionsBoundaryARN, createdAt: answer.createDate)
    }
}

extension Group {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.Group) {
        self.init(
            name: answer.groupName, arn: answer.arn,
            inlinePolicies: (answer.groupPolicyList ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedManagedPolicies ?? []).map(AttachedPolicy.init))
    }
}

extension Role {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.Role) {
        self.init(
            name: answer.roleName, arn: answer.arn, path: answer.path ?? "/",
            trustPolicy: PolicyDocument(percentEncoded: answer.assumeRolePolicyDocument),
            inlinePolicies: (answer.rolePolicyList ?? []).map(InlinePolicy.init),
            attachedPolicies: (answer.attachedManagedPolicies ?? []).map(AttachedPolicy.init),
            permissionsBoundaryARN: answer.permissionsBoundary?.permissionsBoundaryARN,
            lastUsed: answer.roleLastUsed?.lastUsedDate,
            instanceProfileARNs: .known((answer.instanceProfileList ?? []).map(\.arn).sorted()),
            createdAt: answer.createDate)
    }
}

extension ManagedPolicy {
    /// `nil` for one of AWS's own that nothing uses: it says nothing about the account.
    /// - Throws: ``Unknown`` if the version in force has no document.
    fileprivate init?(inUse answer: GetAccountAuthorizationDetailsAnswer.Policy) throws(Unknown) {
        let version = answer.policyVersionList.first { $0.versionID == answer.defaultVersionID }
        self.init(
            name: answer.arn.split(separator: "/").last.map(String.init) ?? answer.arn, arn: answer.arn,
            attachmentCount: answer.attachmentCount ?? 0,
            boundaryUsageCount: answer.permissionsBoundaryUsageCount ?? 0,
            defaultDocument: PolicyDocument(percentEncoded: version?.document ?? ""))
        if !isAWSManaged {
            otherVersions = Self.versions(
                answer.policyVersionList.filter { $0.versionID != answer.defaultVersionID }, of: arn)
        }
        guard !isAWSManaged || attachmentCount > 0 || boundaryUsageCount > 0 else { return nil }
        guard version?.document != nil else {
            throw Unknown(
                .truncated, call: Operation.getAccountAuthorizationDetails.description,
                detail: "the policy \(answer.arn) came without the version that is in force")
        }
    }

    private static func versions(
        _ answers: [GetAccountAuthorizationDetailsAnswer.Version], of policy: String
    ) -> Fact<[PolicyVersion]> {
        let versions = answers.compactMap { version in
            version.document.map { PolicyVersion(id: version.versionID, document: PolicyDocument(percentEncoded: $0)) }
        }
        guard versions.count == answers.count else {
            return .unknown(
                Unknown(
                    .truncated, call: Operation.getAccountAuthorizationDetails.description,
                    detail: "a version of the policy \(policy) came without its document"))
        }
        return .known(versions.sorted { $0.id < $1.id })
    }
}

extension InlinePolicy {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.InlinePolicy) {
        self.init(name: answer.policyName, document: PolicyDocument(percentEncoded: answer.policyDocument))
    }
}

extension AttachedPolicy {
    fileprivate init(_ answer: GetAccountAuthorizationDetailsAnswer.AttachedPolicy) {
        self.init(name: answer.policyName, arn: answer.policyARN)
    }
}

extension PolicyDocument {
    /// IAM percent-encodes the documents that it returns (RFC 3986).
    fileprivate init(percentEncoded text: String) {
        self.init(text.hasPrefix("{") ? text : PercentEncoding.decode(text) ?? text)
    }
}
