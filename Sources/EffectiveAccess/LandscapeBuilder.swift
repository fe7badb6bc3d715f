import BitCollections
import IAMPolicy
import Inventory

/// Gathers the parts of a landscape, account by account. Each managed policy is read once.
struct LandscapeBuilder {
    private(set) var policies: [NamedPolicy] = []
    private(set) var controls: [[ControlLevel]] = []
    private(set) var members: [Population.Member] = []
    private(set) var principals: [Landscape.Principal] = []
    private(set) var resourceControls: [String: [ControlLevel]] = [:]
    private(set) var unreadControls: [String: Unknown] = [:]
    private(set) var unreadIdentities: [String: Unknown] = [:]
    private(set) var unreadPrincipals: [Int: Unknown] = [:]
    private(set) var unreadBoundaries: [Int: Unknown] = [:]
    private(set) var trustPolicies: [String: PolicyDocument] = [:]

    /// The number of each managed policy, or why it cannot be read.
    private var managed: [String: Fact<Int>] = [:]

    mutating func add(_ account: Account) {
        let identities: Identities
        do throws(Unknown) {
            identities = try account[.identities].value
        } catch {
            unreadIdentities[account.id] = error
            return
        }
        let limits = addControls(of: account)
        // Groups of different accounts may have the same name.
        managed = [:]
        for policy in identities.policies {
            managed[policy.arn] = number(of: policy.arn, policy.defaultDocument, version: policy.defaultVersionID)
        }
        let groups = Dictionary(identities.groups.map { ($0.groupName, $0) }) { first, _ in first }
        for user in identities.users {
            add(
                .init(arn: user.arn, name: user.userName, accountID: account.id, kind: .user), limits,
                boundary: user.permissionsBoundary?.permissionsBoundaryARN
            ) { builder throws(Unknown) in
                var held = try builder.held("user/\(user.userName)", user.userPolicyList, user.attachedManagedPolicies)
                for name in user.groupList {
                    guard let group = groups[name] else {
                        throw Unknown(.notFound, detail: "the group \(name) of user \(user.userName) was not listed")
                    }
                    held += try builder.held("group/\(name)", group.groupPolicyList, group.attachedManagedPolicies)
                }
                return held
            }
        }
        for role in identities.roles {
            trustPolicies[role.arn] = role.assumeRolePolicyDocument
            add(
                .init(arn: role.arn, name: role.roleName, accountID: account.id, kind: .role), limits,
                boundary: role.permissionsBoundary?.permissionsBoundaryARN
            ) { builder throws(Unknown) in
                try builder.held("role/\(role.roleName)", role.rolePolicyList, role.attachedManagedPolicies)
            }
        }
    }

    private mutating func add(
        _ principal: Landscape.Principal, _ limits: Limits, boundary: String?,
        _ policies: (inout LandscapeBuilder) throws(Unknown) -> [Int]
    ) {
        var member = Population.Member(principal.caller, controls: limits.controls, context: limits.context)
        do throws(Unknown) {
            member.policies = try policies(&self).uniqued
        } catch {
            unreadPrincipals[members.count] = error
        }
        do throws(Unknown) {
            if let boundary { member.boundaries = [try number(ofManaged: boundary)] }
        } catch {
            unreadBoundaries[members.count] = error
        }
        principals.append(principal)
        members.append(member)
    }

    // MARK: - Policies

    private mutating func held(
        _ holder: String, _ inline: [InlinePolicy], _ attached: [AttachedPolicy]
    ) throws(Unknown) -> [Int] {
        var numbers: [Int] = []
        for policy in inline {
            let key = "\(holder) inline \(policy.policyName)"
            if managed[key] == nil || !holder.hasPrefix("group/") {
                managed[key] = number(of: policy.name(heldBy: holder), policy.policyDocument)
            }
            numbers.append(try number(ofManaged: key))
        }
        for policy in attached { numbers.append(try number(ofManaged: policy.policyARN)) }
        return numbers
    }

    private func number(ofManaged arn: String) throws(Unknown) -> Int {
        guard let number = managed[arn] else {
            throw Unknown(.notFound, detail: "the policy \(arn) was not listed")
        }
        return try number.value
    }

    private mutating func number(
        of name: String, _ document: PolicyDocument, version: String? = nil
    ) -> Fact<Int> {
        do throws(Unknown) {
            policies.append(
                NamedPolicy(
                    name, try document.policy, from: Facet.identities.source, text: document.text, version: version))
            return .known(policies.count - 1)
        } catch {
            return .unknown(
                Unknown(error.reason, call: Facet.identities.source, detail: "\(name): \(error.detail)"))
        }
    }

    // MARK: - The organization

    private struct Limits {
        var controls: Int?
        var context: RequestContext = [:]
    }

    private mutating func addControls(of account: Account) -> Limits {
        var limits = Limits()
        // The caller of KMS is a principal of this account.
        limits.context["kms:CallerAccount"] = .single(account.id)
        if case .known(let organization) = account[.organization].state {
            limits.context["aws:PrincipalOrgID"] = organization.map { .single($0.id) } ?? .several([])
        }
        do throws(Unknown) {
            let organization = try account[.organizationPolicies].value
            resourceControls[account.id] = try levels(organization.resourceControl)
            if !organization.serviceControl.isEmpty {
                controls.append(try levels(organization.serviceControl))
                limits.controls = controls.count - 1
            }
        } catch {
            unreadControls[account.id] = error
        }
        return limits
    }

    private func levels(_ levels: [PolicyLevel]) throws(Unknown) -> [ControlLevel] {
        try levels.map { level throws(Unknown) in try ControlLevel(level) }
    }
}

extension InlinePolicy {
    /// The name by which decisions cite the policy.
    /// - Parameter holder: such as `user/bob`.
    func name(heldBy holder: String) -> String { "\(holder): inline policy \(policyName)" }
}
