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
    public static let listAccountAliases = Operation(.iam, "ListAccountAliases")
}

/// AWS IAM, as far as it is used. Source of the shapes: the IAM API Reference.
public enum IAM {
    /// Requests a report that is at most four hours old; AWS can take some seconds to generate it.
    public static func generateCredentialReport() -> ReadRequest<GenerateCredentialReportAnswer> {
        ReadRequest(.generateCredentialReport)
    }

    public static func getCredentialReport() -> ReadRequest<GetCredentialReportAnswer> {
        ReadRequest(.getCredentialReport)
    }

    /// Lists all users, groups, roles and policies, up to a thousand per page.
    public static func getAccountAuthorizationDetails<Details>()
        -> ReadRequest<GetAccountAuthorizationDetailsAnswer<Details>>
    {
        ReadRequest(
            .getAccountAuthorizationDetails, ["MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }

    public static func getAccountSummary() -> ReadRequest<GetAccountSummaryAnswer> {
        ReadRequest(.getAccountSummary)
    }

    public static func getAccountPasswordPolicy<Policy>() -> ReadRequest<GetAccountPasswordPolicyAnswer<Policy>> {
        ReadRequest(.getAccountPasswordPolicy)
    }

    /// Lists the virtual MFA devices that are assigned to a user.
    public static func listVirtualMFADevices<Device>() -> ReadRequest<ListVirtualMFADevicesAnswer<Device>> {
        ReadRequest(
            .listVirtualMFADevices, ["AssignmentStatus": "Assigned", "MaxItems": 1000],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }

    /// Lists the access keys of a user, without their secrets.
    public static func listAccessKeys<Key>(of user: String) -> ReadRequest<ListAccessKeysAnswer<Key>> {
        ReadRequest(
            .listAccessKeys, ["UserName": .string(user)],
            paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
    }

    /// At most one.
    public static func listAccountAliases() -> ReadRequest<ListAccountAliasesAnswer> {
        ReadRequest(
            .listAccountAliases, paging: Paging("Marker", isTruncated: { $0.isTruncated ?? false }) { $0.marker })
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

/// - Parameter Details: a type with the lists of users, groups, roles and policies.
public struct GetAccountAuthorizationDetailsAnswer<Details: Decodable & Sendable>: Decodable, Sendable {
    public var details: Details
    public var isTruncated: Bool?
    public var marker: String?

    private enum CodingKeys: CodingKey {
        case isTruncated, marker
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        details = try Details(from: decoder)
        isTruncated = try members.decodeIfPresent(Bool.self, forKey: .isTruncated)
        marker = try members.decodeIfPresent(String.self, forKey: .marker)
    }
}

public struct GetAccountSummaryAnswer: Decodable, Sendable {
    public var summaryMap: [Entry]

    public struct Entry: Decodable, Sendable {
        public var key: String
        public var value: Int
    }
}

public struct GetAccountPasswordPolicyAnswer<Policy: Decodable & Sendable>: Decodable, Sendable {
    public var passwordPolicy: Policy
}

public struct ListAccessKeysAnswer<Key: Decodable & Sendable>: Decodable, Sendable {
    public var accessKeyMetadata: [Key]
    public var isTruncated: Bool?
    public var marker: String?
}

public struct ListAccountAliasesAnswer: Decodable, Sendable {
    public var accountAliases: [String]
    public var isTruncated: Bool?
    public var marker: String?
}

public struct ListVirtualMFADevicesAnswer<Device: Decodable & Sendable>: Decodable, Sendable {
    public var virtualMFADevices: [Device]
    public var isTruncated: Bool?
    public var marker: String?
}
