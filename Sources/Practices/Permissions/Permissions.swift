import Posture

/// Users get permissions through groups and roles, and no policy allows everything.
enum Permissions {
    static let checks: [any Check] =
        [
            UserWithoutPolicies(),
            userInGroup,
            CustomerPolicyNotAdministrator(),
            UnattachedPolicyNotAdministrator(),
            AWSPolicyNotAdministrator(),
            InlinePolicyNotAdministrator(),
            AdministratorAccess.ofUsers,
            AdministratorAccess.ofGroups,
            AdministratorAccess.ofRoles,
            RoleAssumptionOnEverything(),
            PassRoleOnEverything(),
            AllowWithNotAction(),
            CloudShellNotAttached(),
            RoleTrustNotPublic(),
            RoleTrustOtherAccounts(),
            RoleTrustServiceSource(),
            RoleTrustOIDCSubject(),
            RoleTrustSAMLAudience(),
            OutsideReadOnlyAccess(),
            EscalationClosed(),
            UnattachedPolicyEscalation(),
            PermissionsInUse(),
            EveryActionOfAService(),
        ] + FullServiceAccess.checks + DecryptionWithEveryKey.checks
}
