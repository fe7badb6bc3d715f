import Posture

/// Permissions come through groups and roles, and nobody has all of them.
enum Permissions {
    static let checks: [any Check] = [
        UserWithoutPolicies(),
        UserInGroup(),
        CustomerPolicyNotAdministrator(),
        UnattachedPolicyNotAdministrator(),
        AWSPolicyNotAdministrator(),
        InlinePolicyNotAdministrator(),
        AdministratorAccess.ofUsers,
        AdministratorAccess.ofGroups,
        AdministratorAccess.ofRoles,
    ]
}
