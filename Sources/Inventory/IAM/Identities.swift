public import AWSClient
import Basics
public import FoundationEssentials

/// The account's users, groups, roles and policies, as `GetAccountAuthorizationDetails` lists them in bulk.
public struct Identities: Sendable, Codable {
    public var users: [User]
    public var groups: [Group]
    public var roles: [Role]
    /// The customer managed policies, and the AWS managed policies that are attached or used as a permissions boundary.
    public var policies: [ManagedPolicy]

    public init(users: [User] = [], groups: [Group] = [], roles: [Role] = [], policies: [ManagedPolicy] = []) {
        self.users = users
        self.groups = groups
        self.roles = roles
        self.policies = policies
    }

    private enum CodingKeys: String, CodingKey {
        case users = "userDetailList"
        case groups = "groupDetailList"
        case roles = "roleDetailList"
        case policies
    }
}

/// An inline policy of a user, group or role.
public struct InlinePolicy: Sendable, Codable, Hashable {
    public var policyName: String
    public var policyDocument: PolicyDocument

    public init(policyName: String, policyDocument: PolicyDocument) {
        self.policyName = policyName
        self.policyDocument = policyDocument
    }
}

/// The attachment of a managed policy.
public struct AttachedPolicy: Sendable, Codable, Hashable {
    public var policyName: String
    public var policyARN: String

    public init(policyName: String, policyARN: String) {
        self.policyName = policyName
        self.policyARN = policyARN
    }
}

/// The managed policy that limits the permissions of a user or role.
public struct PermissionsBoundary: Sendable, Codable, Hashable {
    public var permissionsBoundaryARN: String?

    public init(permissionsBoundaryARN: String?) { self.permissionsBoundaryARN = permissionsBoundaryARN }
}

public struct User: Sendable, Codable, Hashable {
    public var userName: String
    public var arn: String
    @DefaultIfAbsent public var userPolicyList: [InlinePolicy]
    @DefaultIfAbsent public var attachedManagedPolicies: [AttachedPolicy]
    /// The names of the groups that the user is a member of.
    @DefaultIfAbsent public var groupList: [String]
    public var permissionsBoundary: PermissionsBoundary?
    public var createDate: Date?

    /// - Parameter boundary: the ARN of the policy that is the user's permissions boundary.
    public init(
        userName: String, arn: String, userPolicyList: [InlinePolicy] = [],
        attachedManagedPolicies: [AttachedPolicy] = [], groupList: [String] = [],
        permissionsBoundary boundary: String? = nil, createDate: Date? = nil
    ) {
        self.userName = userName
        self.arn = arn
        self.userPolicyList = userPolicyList
        self.attachedManagedPolicies = attachedManagedPolicies
        self.groupList = groupList
        permissionsBoundary = boundary.map { PermissionsBoundary(permissionsBoundaryARN: $0) }
        self.createDate = createDate
    }
}

public struct Group: Sendable, Codable, Hashable {
    public var groupName: String
    public var arn: String
    @DefaultIfAbsent public var groupPolicyList: [InlinePolicy]
    @DefaultIfAbsent public var attachedManagedPolicies: [AttachedPolicy]

    public init(
        groupName: String, arn: String, groupPolicyList: [InlinePolicy] = [],
        attachedManagedPolicies: [AttachedPolicy] = []
    ) {
        self.groupName = groupName
        self.arn = arn
        self.groupPolicyList = groupPolicyList
        self.attachedManagedPolicies = attachedManagedPolicies
    }
}

public struct Role: Sendable, Codable, Hashable {
    public var roleName: String
    public var arn: String
    @DefaultIfAbsent public var path: String
    /// The trust policy.
    public var assumeRolePolicyDocument: PolicyDocument
    @DefaultIfAbsent public var rolePolicyList: [InlinePolicy]
    @DefaultIfAbsent public var attachedManagedPolicies: [AttachedPolicy]
    public var permissionsBoundary: PermissionsBoundary?
    public var roleLastUsed: LastUse?
    /// The instance profiles that contain the role, through which EC2 instances use it.
    @DefaultIfAbsent public var instanceProfileList: [InstanceProfile]
    public var createDate: Date?

    public struct LastUse: Sendable, Codable, Hashable {
        public var lastUsedDate: Date?
    }

    public struct InstanceProfile: Sendable, Codable, Hashable {
        public var arn: String

        public init(arn: String) { self.arn = arn }
    }

    /// - Parameter boundary: the ARN of the policy that is the role's permissions boundary.
    public init(
        roleName: String, arn: String, path: String = "/", assumeRolePolicyDocument: PolicyDocument,
        rolePolicyList: [InlinePolicy] = [], attachedManagedPolicies: [AttachedPolicy] = [],
        permissionsBoundary boundary: String? = nil, instanceProfileList: [InstanceProfile] = []
    ) {
        self.roleName = roleName
        self.arn = arn
        self.path = path
        self.assumeRolePolicyDocument = assumeRolePolicyDocument
        self.rolePolicyList = rolePolicyList
        self.attachedManagedPolicies = attachedManagedPolicies
        permissionsBoundary = boundary.map { PermissionsBoundary(permissionsBoundaryARN: $0) }
        self.instanceProfileList = instanceProfileList
    }

    /// Whether an AWS service created the role for itself; the customer cannot change its policies.
    public var isServiceLinked: Bool { path.hasPrefix("/aws-service-role/") }

    /// Whether only AWS changes the role: a service-linked role, or a role of IAM Identity Center.
    ///
    /// Source: IAM Identity Center User Guide, "Referencing permission sets in resource policies, Amazon EKS Cluster
    /// config maps, and AWS KMS key policies", on the path `/aws-reserved/`.
    public var isOfAWS: Bool { isServiceLinked || path.hasPrefix("/aws-reserved/") }

    /// Whether IAM Identity Center created the role for a permission set.
    public var isOfIdentityCenter: Bool { path.hasPrefix("/aws-reserved/sso.amazonaws.com/") }
}

/// A managed policy with its versions.
public struct ManagedPolicy: Sendable, Codable, Hashable {
    /// It ends with the policy's name.
    public var arn: String
    public var attachmentCount: Int
    /// Number of identities that have the policy as their permissions boundary; a boundary grants nothing.
    @DefaultIfAbsent public var permissionsBoundaryUsageCount: Int
    /// The ID of the version that is in force.
    public var defaultVersionID: String
    /// At most five.
    public var policyVersionList: [PolicyVersion]

    public init(
        arn: String, attachmentCount: Int, permissionsBoundaryUsageCount: Int = 0, defaultDocument: PolicyDocument
    ) {
        self.arn = arn
        self.attachmentCount = attachmentCount
        self.permissionsBoundaryUsageCount = permissionsBoundaryUsageCount
        defaultVersionID = "v1"
        policyVersionList = [PolicyVersion(versionID: "v1", document: defaultDocument)]
    }

    public var policyName: String { arn.split(separator: "/").last.map(String.init) ?? arn }

    /// The document of the default version; empty, and therefore not parsable, if AWS did not return that version.
    public var defaultDocument: PolicyDocument {
        get { policyVersionList.first { $0.versionID == defaultVersionID }?.document ?? .absent }
        set { policyVersionList = [PolicyVersion(versionID: defaultVersionID, document: newValue)] + otherVersions }
    }

    /// The versions that are not in force; `iam:SetDefaultPolicyVersion` can put any of them in force.
    public var otherVersions: [PolicyVersion] { policyVersionList.filter { $0.versionID != defaultVersionID } }

    /// Whether AWS wrote the policy and updates it: `arn:aws:iam::aws:policy/…`
    public var isAWSManaged: Bool {
        ARN(arn)?.account == "aws"
    }
}

/// A version of a managed policy.
public struct PolicyVersion: Sendable, Codable, Hashable {
    /// `v1`, `v2`, …
    public var versionID: String
    @DefaultIfAbsent public var document: PolicyDocument

    public init(versionID: String, document: PolicyDocument) {
        self.versionID = versionID
        self.document = document
    }
}

extension PolicyDocument: Absentable {
    public static var absent: PolicyDocument { PolicyDocument("") }
}

extension Facet {
    public static let identities = FacetOf<Identities>.ofAccount(
        "identities", IAM.getAccountAuthorizationDetails()
    ) { (pages: [GetAccountAuthorizationDetailsAnswer<Identities>]) in
        let details = pages.map(\.details)
        return Identities(
            users: details.flatMap(\.users).sorted { $0.arn < $1.arn },
            groups: details.flatMap(\.groups).sorted { $0.arn < $1.arn },
            roles: details.flatMap(\.roles).sorted { $0.arn < $1.arn },
            policies: details.flatMap(\.policies).compactMap(\.ofAccount).sorted { $0.arn < $1.arn })
    }
}

extension ManagedPolicy {
    /// The part of the policy that concerns the account. An unused AWS managed policy is left out. Of a used one, only
    /// the default version is kept, because the customer cannot choose the version.
    fileprivate var ofAccount: ManagedPolicy? {
        guard isAWSManaged else { return self }
        guard attachmentCount > 0 || permissionsBoundaryUsageCount > 0 else { return nil }
        var policy = self
        policy.policyVersionList.removeAll { $0.versionID != defaultVersionID }
        return policy
    }
}
