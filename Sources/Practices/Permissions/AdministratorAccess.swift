import AWSClient
import Basics
import Inventory
import Posture

/// Whoever holds AWS's policy AdministratorAccess may do everything. Users, groups and roles are a check each: their
/// weight differs, and so does the remedy.
struct AdministratorAccess: Check {
    let about: About
    /// Who may hold the policy.
    let kind: PolicyHolder.Kind

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policyHolders, where: { $0.kind == kind }) { $0.judge(attached: "AdministratorAccess") }
    }

    var examples: [Example] {
        [
            .passes("another policy is attached") { $0.hold(kind, attached: Group.sample.attachedManagedPolicies) },
            .passes("a policy of one's own has the same name") {
                $0.hold(kind, attached: [named("arn:aws:iam::123456789012:policy/AdministratorAccess")])
            },
            .fails("AdministratorAccess is attached") { $0.hold(kind, attached: [.administratorAccess]) },
            .fails("AdministratorAccess is attached in AWS GovCloud") {
                $0.hold(kind, attached: [named("arn:aws-us-gov:iam::aws:policy/AdministratorAccess")])
            },
            .unknown("the identities cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func named(_ arn: String) -> AttachedPolicy {
        AttachedPolicy(policyName: "AdministratorAccess", policyARN: arn)
    }
}

extension AdministratorAccess {
    static let ofUsers = AdministratorAccess(
        about: about(
            id: "iam-user-administrator-access",
            title: "AdministratorAccess is not attached to a user",
            severity: .critical,
            risk: "A user's password and keys do not expire: whoever steals them once owns the account for good.",
            judges: "What is attached to the user itself counts; what it has through groups is judged there.",
            remedy: "Let the person assume an administrator's role with MFA, and detach the policy from the user.",
            prowler: "iam_user_administrator_access_policy"),
        kind: .user)

    static let ofGroups = AdministratorAccess(
        about: about(
            id: "iam-group-administrator-access",
            title: "AdministratorAccess is not attached to a group",
            severity: .high,
            risk: "Every member of the group is an administrator all day, also when only reading a report.",
            judges: "What is attached to the group counts, whether or not it has members.",
            remedy: "Give the group what its job needs; let its members assume an administrator's role when they must.",
            prowler: "iam_group_administrator_access_policy"),
        kind: .group)

    static let ofRoles = AdministratorAccess(
        about: about(
            id: "iam-role-administrator-access",
            title: "AdministratorAccess is not attached to a role",
            severity: .high,
            risk: "Whatever may assume the role, a pipeline or an instance for example, owns the account.",
            judges: "What is attached to the role counts. The roles that services made for themselves are AWS's.",
            remedy: "Give the role what its job needs; keep one for emergencies, with MFA and an alarm on its use.",
            prowler: "iam_role_administratoraccess_policy"),
        kind: .role)

    private static func about(
        id: String, title: String, severity: Severity, risk: String, judges: String, remedy: String, prowler: String
    ) -> About {
        About(
            id: id, title: title, practice: .permissions, severity: severity, risk: risk, judges: judges,
            remedy: remedy, references: [.prowler(prowler), .config("iam-policy-blacklisted-check")],
            sources: ["AWS Managed Policy Reference Guide: AdministratorAccess"], reads: [.identities])
    }
}
