public import Inventory

/// A user, group or role with the policies that it holds itself.
public struct PolicyHolder: Sendable {
    public enum Kind: Sendable {
        case user
        case group
        case role
    }

    public var kind: Kind
    public var resource: Resource
    public var attachedPolicies: [AttachedPolicy]
    public var inlinePolicies: [InlinePolicy]

    init(_ kind: Kind, _ resource: Resource, _ attached: [AttachedPolicy], _ inline: [InlinePolicy]) {
        self.kind = kind
        self.resource = resource
        attachedPolicies = attached
        inlinePolicies = inline
    }
}

extension Identities {
    /// Users, groups, and the roles that the customer can change, in this order.
    var policyHolders: [PolicyHolder] {
        users.map { PolicyHolder(.user, .user($0), $0.attachedManagedPolicies, $0.userPolicyList) }
            + groups.map { PolicyHolder(.group, .group($0), $0.attachedManagedPolicies, $0.groupPolicyList) }
            + roles.filter { !$0.isServiceLinked }.map {
                PolicyHolder(.role, .role($0), $0.attachedManagedPolicies, $0.rolePolicyList)
            }
    }
}

extension Account {
    /// Gives these policies to the sample user, group or role, the only one of the account: for examples.
    public mutating func hold(
        _ kind: PolicyHolder.Kind, attached: [AttachedPolicy] = [], inline: [InlinePolicy] = []
    ) {
        switch kind {
        case .user:
            hold(users: [.sample { ($0.attachedManagedPolicies, $0.userPolicyList) = (attached, inline) }])
        case .group:
            hold(groups: [.sample { ($0.attachedManagedPolicies, $0.groupPolicyList) = (attached, inline) }])
        case .role:
            hold(roles: [.sample { ($0.attachedManagedPolicies, $0.rolePolicyList) = (attached, inline) }])
        }
    }
}
