import Basics

extension Service {
    public static let organizations = Service(
        endpointPrefix: "organizations", signingName: "organizations", environmentName: "ORGANIZATIONS",
        wireProtocol: .awsJSON(version: "1.1", targetPrefix: "AWSOrganizationsV20161128"), isGlobal: true)
}

extension Operation {
    public static let listAccounts = Operation(.organizations, "ListAccounts")
    public static let describeOrganization = Operation(.organizations, "DescribeOrganization")
    public static let listParents = Operation(.organizations, "ListParents")
    public static let listRoots = Operation(.organizations, "ListRoots")
    public static let listPoliciesForTarget = Operation(.organizations, "ListPoliciesForTarget")
    public static let describePolicy = Operation(.organizations, "DescribePolicy")
}

extension Operation {
    /// Operations that only the organization's management account, or a delegated administrator, can call: permission
    /// for them has no effect in other member accounts.
    ///
    /// Source: AWS Organizations API Reference, the pages of these operations.
    public static let ofOrganizationManagement: Set<Operation> = [
        .listAccounts, .listParents, .listRoots, .listPoliciesForTarget, .describePolicy,
    ]
}

/// AWS Organizations, as far as it is used. Source of the shapes: the AWS Organizations API Reference.
public enum Organizations {
    /// Lists every account of the organization. The caller must be its management account or a delegated administrator.
    public static func listAccounts() -> ReadRequest<ListAccountsAnswer> {
        ReadRequest(.listAccounts, paging: Paging("NextToken") { $0.nextToken })
    }

    /// Returns the organization that the caller belongs to; any member account can call it.
    public static func describeOrganization<Organization>() -> ReadRequest<DescribeOrganizationAnswer<Organization>> {
        ReadRequest(.describeOrganization)
    }

    /// Returns the root or organizational unit that directly contains an account or a unit.
    public static func listParents(of child: String) -> ReadRequest<ListParentsAnswer> {
        ReadRequest(.listParents, ["ChildId": .string(child)], paging: Paging("NextToken") { $0.nextToken })
    }

    public static func listRoots() -> ReadRequest<ListRootsAnswer> {
        ReadRequest(.listRoots, paging: Paging("NextToken") { $0.nextToken })
    }

    /// Lists the policies that are attached directly to a root, an organizational unit or an account.
    /// - Parameter type: `SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY`, …
    public static func listPoliciesForTarget(
        _ target: String, type: String
    ) -> ReadRequest<ListPoliciesForTargetAnswer> {
        ReadRequest(
            .listPoliciesForTarget, ["TargetId": .string(target), "Filter": .string(type)],
            paging: Paging("NextToken") { $0.nextToken })
    }

    public static func describePolicy(_ id: String) -> ReadRequest<DescribePolicyAnswer> {
        ReadRequest(.describePolicy, ["PolicyId": .string(id)])
    }
}

public struct ListAccountsAnswer: Decodable, Sendable {
    public var accounts: [Account]
    public var nextToken: String?

    public struct Account: Decodable, Sendable {
        public var id: String
        public var name: String?
        /// `PENDING_ACTIVATION`, `ACTIVE`, `SUSPENDED`, `PENDING_CLOSURE` or `CLOSED`.
        public var state: String?
        /// The member that held the state until AWS retired it in September 2026.
        public var status: String?

        /// Whether the account is active, as far as AWS reports it.
        public var isActive: Bool { (state ?? status).map { $0 == "ACTIVE" } ?? true }
    }
}

public struct DescribeOrganizationAnswer<Organization: Decodable & Sendable>: Decodable, Sendable {
    public var organization: Organization
}

public struct ListParentsAnswer: Decodable, Sendable {
    public var parents: [Parent]
    public var nextToken: String?

    public struct Parent: Decodable, Sendable {
        public var id: String
        /// `ROOT` or `ORGANIZATIONAL_UNIT`.
        public var type: String
    }
}

public struct ListRootsAnswer: Decodable, Sendable {
    public var roots: [Root]
    public var nextToken: String?

    public struct Root: Decodable, Sendable {
        public var id: String
        public var policyTypes: [PolicyType]
    }

    public struct PolicyType: Decodable, Sendable {
        public var type: String
        /// `ENABLED`, `PENDING_ENABLE` or `PENDING_DISABLE`.
        public var status: String
    }
}

public struct ListPoliciesForTargetAnswer: Decodable, Sendable {
    public var policies: [Policy]
    public var nextToken: String?

    public struct Policy: Decodable, Sendable {
        public var id: String
        public var name: String
    }
}

public struct DescribePolicyAnswer: Decodable, Sendable {
    public var policy: Policy

    public struct Policy: Decodable, Sendable {
        public var content: String
    }
}
