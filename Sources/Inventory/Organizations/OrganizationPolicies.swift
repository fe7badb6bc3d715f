import AWSClient

/// Policies of the organization that limit the permissions of the account's principals (SCPs) and the access to its
/// resources (RCPs). Both lists are empty if no policies apply: if the account is in no organization, is the management
/// account, or the organization has not enabled the policy type.
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

/// One level of the path from the organization's root down to the account, with the policies attached to it. At each
/// level at least one policy must allow, and none is allowed to deny. The root comes first, the account last.
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

extension Facet {
    /// The organization's policies, which member accounts usually cannot read.
    public static let organizationPolicies = FacetOf<OrganizationPolicies>(
        "organizationPolicies", calls: Organizations.listRoots(), Organizations.listParents(of: "example"),
        Organizations.listPoliciesForTarget("example", type: "SERVICE_CONTROL_POLICY"),
        Organizations.describePolicy("example"),
        requires: [.organization]
    ) { collector, account in
        await collector.policies(of: account[.organization])
    }
}

extension Collector {
    /// Returns the service and resource control policies from the organization's root down to the account.
    fileprivate func policies(of organization: Fact<Organization?>) async -> Fact<OrganizationPolicies> {
        switch organization.state {
        case .unknown(let unknown): return .unknown(unknown)
        case .known(let organization):
            // Consolidated billing alone has no policies, and no policy applies to the management account.
            guard let organization, organization.featureSet != "CONSOLIDATED_BILLING",
                organization.masterAccountID != accountID
            else {
                return .known(OrganizationPolicies())
            }
            let directory = await directory(of: organization)
            let isManagement = directory?.accountID == organization.masterAccountID
            let policies = await fact { () throws(AWSError) in
                let reader = OrganizationReader(
                    client: isManagement ? nil : client, region: baseRegion, directory: directory)
                return try await reader.policies(of: accountID)
            }
            // The management account's own access-denied error names the permission that it lacks.
            return isManagement ? policies : policies.refusedToMember(of: organization)
        }
    }

    /// The run's directory if it reads the same organization: another organization says nothing about this account.
    private func directory(of organization: Organization) async -> OrganizationDirectory? {
        guard let directory else { return nil }
        let request: ReadRequest<DescribeOrganizationAnswer<Organization>> = Organizations.describeOrganization()
        let answers = try? await directory.pages(of: request)
        return answers?.first?.organization.id == organization.id ? directory : nil
    }
}

extension Fact<OrganizationPolicies> {
    /// Replaces a member account's access-denied error by one that names the accounts that can read the policies,
    /// because no permission of the member account would help.
    ///
    /// Source: AWS Organizations API Reference, "ListRoots", "ListPoliciesForTarget" and "DescribePolicy": only the
    /// management account or a delegated administrator can call them.
    fileprivate func refusedToMember(of organization: Organization) -> Fact {
        guard case .unknown(let unknown) = state, unknown.reason == .accessDenied else { return self }
        return .unknown(
            Unknown(
                .anotherAccount, call: unknown.call,
                detail: """
                    only the management account \(organization.masterAccountID) of \(organization.id), or a delegated \
                    administrator, can read the organization's policies: run with its credentials and assume a role in \
                    this account
                    """))
    }
}

/// Reads the path from the root to an account, with the policies attached at each level.
private struct OrganizationReader {
    /// The account's own client; `nil` if the directory's credentials are the management account's, because a member
    /// account's credentials can then add nothing.
    var client: Client?
    var region: String
    var directory: OrganizationDirectory?

    private static let serviceControl = "SERVICE_CONTROL_POLICY"
    private static let resourceControl = "RESOURCE_CONTROL_POLICY"
    private static let types = [serviceControl, resourceControl]

    func policies(of account: String) async throws(AWSError) -> OrganizationPolicies {
        let types = try await enabledPolicyTypes()
        guard !types.isEmpty else { return OrganizationPolicies() }
        let way = try await way(to: account)
        var documents: [String: PolicyDocument] = [:]
        var levels: [String: [PolicyLevel]] = [:]
        for type in types.sorted() {
            for (id, kind) in way {
                var policies: [OrganizationPolicy] = []
                let listed = try await pages(
                    of: Organizations.listPoliciesForTarget(id, type: type)
                ).flatMap(\.policies)
                for policy in listed.sorted(by: { $0.id < $1.id }) {
                    let document: PolicyDocument
                    if let known = documents[policy.id] {
                        document = known
                    } else {
                        document = try await self.document(of: policy.id)
                        documents[policy.id] = document
                    }
                    policies.append(OrganizationPolicy(id: policy.id, name: policy.name, document: document))
                }
                levels[type, default: []].append(PolicyLevel(id: id, kind: kind, policies: policies))
            }
        }
        return OrganizationPolicies(
            serviceControl: levels[Self.serviceControl] ?? [], resourceControl: levels[Self.resourceControl] ?? [])
    }

    private func enabledPolicyTypes() async throws(AWSError) -> Set<String> {
        let roots = try await pages(of: Organizations.listRoots()).flatMap(\.roots)
        guard let root = roots.first, roots.count == 1 else {
            throw unexpected(.listRoots, "the organization has \(roots.count) roots")
        }
        let controls = root.policyTypes.filter { Self.types.contains($0.type) }
        if let changing = controls.first(where: { $0.status != "ENABLED" }) {
            throw unexpected(
                .listRoots, "\(changing.type) is being enabled or disabled (\(changing.status)): try again")
        }
        return Set(controls.map(\.type))
    }

    /// Limit for the path. AWS allows organizational units to be nested five deep.
    private static let deepest = 10

    private func way(to account: String) async throws(AWSError) -> [(id: String, kind: PolicyLevel.Kind)] {
        var way: [(id: String, kind: PolicyLevel.Kind)] = [(account, .account)]
        while let last = way.last, last.kind != .root {
            let parents = try await pages(of: Organizations.listParents(of: last.id))
                .flatMap(\.parents)
            guard let parent = parents.first, parents.count == 1, way.count < Self.deepest else {
                throw unexpected(.listParents, "the way from \(last.id) to the root cannot be followed")
            }
            switch parent.type {
            case "ROOT": way.append((parent.id, .root))
            case "ORGANIZATIONAL_UNIT": way.append((parent.id, .organizationalUnit))
            default: throw unexpected(.listParents, "\(last.id) is in something of the unknown kind \(parent.type)")
            }
        }
        return way.reversed()
    }

    private func document(of policy: String) async throws(AWSError) -> PolicyDocument {
        let answers = try await pages(of: Organizations.describePolicy(policy))
        guard let answer = answers.first else { throw unexpected(.describePolicy, "\(policy) has no content") }
        return PolicyDocument(answer.policy.content)
    }

    /// Returns the directory's answer, or the answer to the account's own credentials if the directory has none.
    private func pages<Output>(of request: ReadRequest<Output>) async throws(AWSError) -> [Output] {
        if let directory {
            do throws(AWSError) {
                return try await directory.pages(of: request)
            } catch {
                guard client != nil else { throw error }
            }
        }
        guard let client else { throw unexpected(request.operation, "no client is available") }
        return try await client.all(request, in: region) { [$0] }
    }

    private func unexpected(_ operation: Operation, _ message: String) -> AWSError {
        AWSError(.unreadableAnswer, operation, region: region, message: message)
    }
}
