import AWSClient
import Basics
import Inventory
import Posture

/// The AWS managed policy AdministratorAccess allows everything. Users, groups and roles have a check each, because
/// severity and remedy differ.
struct AdministratorAccess: Check {
    let about: About
    /// The kind of principal that has the policy attached.
    let kind: PolicyHolder.Kind

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policyHolders, where: { $0.kind == kind }) { $0.judge(attached: "AdministratorAccess") }
    }

    var examples: [Example] {
        [
            .passes("another policy is attached") { $0.hold(kind, attached: Group.sample.attachedManagedPolicies) },
            .passes("a customer managed policy has the same name") {
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
            title: "IAM users should not have AdministratorAccess attached",
            severity: .critical,
            risk: """
                Long-lived user credentials with administrative privileges give an attacker permanent full control if \
                stolen.
                """,
            judges: """
                Only policies that are attached to the user itself are evaluated. Policies of groups are evaluated at \
                the group.
                """,
            remedy: "Let the user assume an administrator role with MFA, and detach the policy from the user.",
            prowler: "iam_user_administrator_access_policy"),
        kind: .user)

    static let ofGroups = AdministratorAccess(
        about: about(
            id: "iam-group-administrator-access",
            title: "IAM groups should not have AdministratorAccess attached",
            severity: .high,
            risk: """
                Every member of the group has full administrative privileges at all times, also for routine tasks.
                """,
            judges: "Policies that are attached to the group are evaluated, whether or not the group has members.",
            remedy: """
                Attach a policy for the tasks of the group, and let its members assume an administrator role if \
                required.
                """,
            prowler: "iam_group_administrator_access_policy"),
        kind: .group)

    static let ofRoles = AdministratorAccess(
        about: about(
            id: "iam-role-administrator-access",
            title: "IAM roles should not have AdministratorAccess attached",
            severity: .high,
            risk: """
                Any principal or workload that can assume the role, such as a pipeline or an instance, has full \
                control of the account.
                """,
            judges: "Policies that are attached to the role are evaluated. Service-linked roles are excluded.",
            remedy: """
                Attach a policy for the tasks of the role. Keep one emergency role with MFA and an alarm on its use.
                """,
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
