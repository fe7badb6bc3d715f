import Posture

/// Permissions come through groups and roles, and nobody has all of them.
enum Permissions {
    static let checks: [any Check] =
        attachments + FullServiceAccess.checks + statements + trust + [EscalationClosed(), PermissionsInUse()]

    private static let attachments: [any Check] = [
        UserWithoutPolicies(),
        userInGroup,
        CustomerPolicyNotAdministrator(),
        UnattachedPolicyNotAdministrator(),
        AWSPolicyNotAdministrator(),
        InlinePolicyNotAdministrator(),
        AdministratorAccess.ofUsers,
        AdministratorAccess.ofGroups,
        AdministratorAccess.ofRoles,
    ]

    private static let statements: [any Check] = [
        RoleAssumptionOnEverything(),
        PassRoleOnEverything(),
        AllowWithNotAction(),
        CloudShellNotAttached(),
    ]

    private static let trust: [any Check] = [
        RoleTrustNotPublic(),
        RoleTrustOtherAccounts(),
        RoleTrustServiceSource(),
        RoleTrustOIDCSubject(),
        RoleTrustSAMLAudience(),
        OutsideReadOnlyAccess(),
    ]
}
