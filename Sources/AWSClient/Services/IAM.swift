public import FoundationEssentials

extension Service {
    public static let iam = Service(
        endpointPrefix: "iam", signingName: "iam", environmentName: "IAM",
        wireProtocol: .query(apiVersion: "2010-05-08"), isGlobal: true)
}

extension Operation {
    public static let generateCredentialReport = Operation(.iam, "GenerateCredentialReport")
    public static let getCredentialReport = Operation(.iam, "GetCredentialReport")
    public static let getAccountAuthorizationDetails = Operation(.iam, "GetAccountAuthorizationDetails")
    public static let getAccountSummary = Operation(.iam, "GetAccountSummary")
    public static let getAccountPasswordPolicy = Operation(.iam, "GetAccountPasswordPolicy")
    public static let listVirtualMFADevices = Operation(.iam, "ListVirtualMFADevices")
}

/// AWS IAM, as far as it is used. Source of the shapes: the IAM API Reference.
public enum IAM {
    /// Asks for a report that is at most four hours old; it may take some seconds to be made.
    public static func generateCredentialReport() -> ReadRequest<GenerateCredentialReportAnswer> {
        ReadRequest(.generateCredentialReport)
    }

    public static func getCredentialReport() -> ReadRequest<GetCredentialReportAnswer> {
        ReadRequest(.getCredentialReport)
    }

    /// All users, groups, roles and policies, a thousand a page.
    public static func getAccountAuthorizationDetails() -> ReadRequest<GetAccountAuthorizationDetailsAnswer> {
        ReadRequest(
            .getAccountAuthorizationDetails, ["MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }

    public static func getAccountSummary() -> ReadRequest<GetAccountSummaryAnswer> {
        ReadRequest(.getAccountSummary)
    }

    public static func getAccountPasswordPolicy() -> ReadRequest<GetAccountPasswordPolicyAnswer> {
        ReadRequest(.getAccountPasswordPolicy)
    }

    /// The virtual devices that are assigned to somebody.
    public static func listVirtualMFADevices() -> ReadRequest<ListVirtualMFADevicesAnswer> {
        ReadRequest(
            .listVirtualMFADevices, ["AssignmentStatus": "Assigned", "MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }
}

public struct GenerateCredentialReportAnswer: Decodable, Sendable {
    /// `STARTED`, `INPROGRESS` or `COMPLETE`.
    public var state: String

    enum CodingKeys: String, CodingKey {
        case state = "State"
    }
}

public struct GetCredentialReportAnswer: Decodable, Sendable {
    /// The CSV document in base64.
    public var content: String
    public var generatedTime: Date?

    enum CodingKeys: String, CodingKey {
        case content = "Content"
        case generatedTime = "GeneratedTime"
    }
}

public struct GetAccountAuthorizationDetailsAnswer: Decodable, Sendable {
    public var userDetailList: [User]
    public var groupDetailList: [Group]
    public var roleDetailList: [Role]
    public var policies: [Policy]
    public var isTruncated: Bool?
    public var marker: String?

    enum CodingKeys: String, CodingKey {
        case userDetailList = "UserDetailList"
        case groupDetailList = "GroupDetailList"
        case roleDetailList = "RoleDetailList"
        case policies = "Policies"
        case isTruncated = "IsTruncated"
        case marker = "Marker"
    }

    public struct User: Decodable, Sendable {
        public var name: String
        public var arn: String
        public var inlinePolicies: [InlinePolicy]?
        public var attachedPolicies: [AttachedPolicy]?
        public var groupNames: [String]?
        public var permissionsBoundary: Boundary?
        public var createDate: Date?

        enum CodingKeys: String, CodingKey {
            case name = "UserName"
            case arn = "Arn"
            case inlinePolicies = "UserPolicyList"
            case attachedPolicies = "AttachedManagedPolicies"
            case groupNames = "GroupList"
            case permissionsBoundary = "PermissionsBoundary"
            case createDate = "CreateDate"
        }
    }

    public struct Group: Decodable, Sendable {
        public var name: String
        public var arn: String
        public var inlinePolicies: [InlinePolicy]?
        public var attachedPolicies: [AttachedPolicy]?

        enum CodingKeys: String, CodingKey {
            case name = "GroupName"
            case arn = "Arn"
            case inlinePolicies = "GroupPolicyList"
            case attachedPolicies = "AttachedManagedPolicies"
        }
    }

    public struct Role: Decodable, Sendable {
        public var name: String
        public var arn: String
        public var path: String?
        public var trustPolicy: String
        public var inlinePolicies: [InlinePolicy]?
        public var attachedPolicies: [AttachedPolicy]?
        public var permissionsBoundary: Boundary?
        public var lastUsed: LastUsed?
        public var instanceProfiles: [InstanceProfile]?
        public var createDate: Date?

        enum CodingKeys: String, CodingKey {
            case name = "RoleName"
            case arn = "Arn"
            case path = "Path"
            case trustPolicy = "AssumeRolePolicyDocument"
            case inlinePolicies = "RolePolicyList"
            case attachedPolicies = "AttachedManagedPolicies"
            case permissionsBoundary = "PermissionsBoundary"
            case lastUsed = "RoleLastUsed"
            case instanceProfiles = "InstanceProfileList"
            case createDate = "CreateDate"
        }
    }

    public struct Policy: Decodable, Sendable {
        /// It ends in the policy's name.
        public var arn: String
        public var attachmentCount: Int?
        public var boundaryUsageCount: Int?
        public var defaultVersionID: String
        public var versions: [Version]

        enum CodingKeys: String, CodingKey {
            case arn = "Arn"
            case attachmentCount = "AttachmentCount"
            case boundaryUsageCount = "PermissionsBoundaryUsageCount"
            case defaultVersionID = "DefaultVersionId"
            case versions = "PolicyVersionList"
        }
    }

    public struct Version: Decodable, Sendable {
        public var id: String
        /// Percent-encoded JSON.
        public var document: String?
        public var isDefault: Bool?

        enum CodingKeys: String, CodingKey {
            case id = "VersionId"
            case document = "Document"
            case isDefault = "IsDefaultVersion"
        }
    }

    public struct InlinePolicy: Decodable, Sendable {
        public var name: String
        /// Percent-encoded JSON.
        public var document: String

        enum CodingKeys: String, CodingKey {
            case name = "PolicyName"
            case document = "PolicyDocument"
        }
    }

    public struct AttachedPolicy: Decodable, Sendable {
        public var name: String
        public var arn: String

        enum CodingKeys: String, CodingKey {
            case name = "PolicyName"
            case arn = "PolicyArn"
        }
    }

    public struct Boundary: Decodable, Sendable {
        public var arn: String?

        enum CodingKeys: String, CodingKey {
            case arn = "PermissionsBoundaryArn"
        }
    }

    public struct InstanceProfile: Decodable, Sendable {
        public var arn: String

        enum CodingKeys: String, CodingKey {
            case arn = "Arn"
        }
    }

    public struct LastUsed: Decodable, Sendable {
        public var date: Date?

        enum CodingKeys: String, CodingKey {
            case date = "LastUsedDate"
        }
    }
}

public struct GetAccountSummaryAnswer: Decodable, Sendable {
    public var entries: [Entry]

    enum CodingKeys: String, CodingKey {
        case entries = "SummaryMap"
    }

    public struct Entry: Decodable, Sendable {
        public var key: String
        public var value: Int
    }
}

public struct GetAccountPasswordPolicyAnswer: Decodable, Sendable {
    public var policy: PasswordPolicy

    enum CodingKeys: String, CodingKey {
        case policy = "PasswordPolicy"
    }

    public struct PasswordPolicy: Decodable, Sendable {
        public var minimumPasswordLength: Int?
        public var requireSymbols: Bool?
        public var requireNumbers: Bool?
        public var requireUppercaseCharacters: Bool?
        public var requireLowercaseCharacters: Bool?
        public var maxPasswordAge: Int?
        public var passwordReusePrevention: Int?

        enum CodingKeys: String, CodingKey {
            case minimumPasswordLength = "MinimumPasswordLength"
            case requireSymbols = "RequireSymbols"
            case requireNumbers = "RequireNumbers"
            case requireUppercaseCharacters = "RequireUppercaseCharacters"
            case requireLowercaseCharacters = "RequireLowercaseCharacters"
            case maxPasswordAge = "MaxPasswordAge"
            case passwordReusePrevention = "PasswordReusePrevention"
        }
    }
}

public struct ListVirtualMFADevicesAnswer: Decodable, Sendable {
    public var devices: [Device]
    public var isTruncated: Bool?
    public var marker: String?

    enum CodingKeys: String, CodingKey {
        case devices = "VirtualMFADevices"
        case isTruncated = "IsTruncated"
        case marker = "Marker"
    }

    public struct Device: Decodable, Sendable {
        public var serialNumber: String
        public var user: User?

        enum CodingKeys: String, CodingKey {
            case serialNumber = "SerialNumber"
            case user = "User"
        }
    }

    public struct User: Decodable, Sendable {
        public var arn: String?

        enum CodingKeys: String, CodingKey {
            case arn = "Arn"
        }
    }
}
