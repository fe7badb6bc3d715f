import Basics
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
    public static func listVirtualMFADevices<Device>() -> ReadRequest<ListVirtualMFADevicesAnswer<Device>> {
        ReadRequest(
            .listVirtualMFADevices, ["AssignmentStatus": "Assigned", "MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }
}

public struct GenerateCredentialReportAnswer: Decodable, Sendable {
    /// `STARTED`, `INPROGRESS` or `COMPLETE`.
    public var state: String
}

public struct GetCredentialReportAnswer: Decodable, Sendable {
    /// The CSV document in base64.
    public var content: String
    public var generatedTime: Date?
}

public struct GetAccountAuthorizationDetailsAnswer: Decodable, Sendable {
    public var userDetailList: [User]
    public var groupDetailList: [Group]
    public var roleDetailList: [Role]
    public var policies: [Policy]
    public var isTruncated: Bool?
    public var marker: String?

    public struct User: Decodable, Sendable {
        public var userName: String
        public var arn: String
        public var userPolicyList: [InlinePolicy]?
        public var attachedManagedPolicies: [AttachedPolicy]?
        public var groupList: [String]?
        public var permissionsBoundary: Boundary?
        public var createDate: Date?
    }

    public struct Group: Decodable, Sendable {
        public var groupName: String
        public var arn: String
        public var groupPolicyList: [InlinePolicy]?
        public var attachedManagedPolicies: [AttachedPolicy]?
    }

    public struct Role: Decodable, Sendable {
        public var roleName: String
        public var arn: String
        public var path: String?
        public var assumeRolePolicyDocument: String
        public var rolePolicyList: [InlinePolicy]?
        public var attachedManagedPolicies: [AttachedPolicy]?
        public var permissionsBoundary: Boundary?
        public var roleLastUsed: LastUsed?
        public var instanceProfileList: [InstanceProfile]?
        public var createDate: Date?
    }

    public struct Policy: Decodable, Sendable {
        /// It ends in the policy's name.
        public var arn: String
        public var attachmentCount: Int?
        public var permissionsBoundaryUsageCount: Int?
        public var defaultVersionID: String
        public var policyVersionList: [Version]
    }

    public struct Version: Decodable, Sendable {
        public var versionID: String
        /// Percent-encoded JSON.
        public var document: String?
        public var isDefaultVersion: Bool?
    }

    public struct InlinePolicy: Decodable, Sendable {
        public var policyName: String
        /// Percent-encoded JSON.
        public var policyDocument: String
    }

    public struct AttachedPolicy: Decodable, Sendable {
        public var policyName: String
        public var policyARN: String
    }

    public struct Boundary: Decodable, Sendable {
        public var permissionsBoundaryARN: String?
    }

    public struct InstanceProfile: Decodable, Sendable {
        public var arn: String
    }

    public struct LastUsed: Decodable, Sendable {
        public var lastUsedDate: Date?
    }
}

public struct GetAccountSummaryAnswer: Decodable, Sendable {
    public var summaryMap: [Entry]

    public struct Entry: Decodable, Sendable {
        public var key: String
        public var value: Int
    }
}

public struct GetAccountPasswordPolicyAnswer: Decodable, Sendable {
    public var passwordPolicy: PasswordPolicy

    public struct PasswordPolicy: Decodable, Sendable {
        public var minimumPasswordLength: Int?
        public var requireSymbols: Bool?
        public var requireNumbers: Bool?
        public var requireUppercaseCharacters: Bool?
        public var requireLowercaseCharacters: Bool?
        public var maxPasswordAge: Int?
        public var passwordReusePrevention: Int?
    }
}

public struct ListVirtualMFADevicesAnswer<Device: Decodable & Sendable>: Decodable, Sendable {
    public var virtualMFADevices: [Device]
    public var isTruncated: Bool?
    public var marker: String?
}
