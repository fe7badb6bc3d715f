import AWSClient
import Inventory
import Posture

/// Whoever holds AWS's policy AdministratorAccess may do everything. Users, groups and roles are a check each: their
/// weight differs, and so does the remedy.
struct AdministratorAccess: Check {
    let about: About
    /// Those who may hold the policy, with what is attached to them.
    private let holders: @Sendable (Identities) -> [(Resource, [AttachedPolicy])]
    /// For the examples: an account in which one of them holds these policies.
    private let give: @Sendable (inout Account, [AttachedPolicy]) -> Void

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        holders(try reading.identities.value).map { holder, policies in Verdict(on: holder, judge(policies)) }
    }

    private func judge(_ policies: [AttachedPolicy]) -> Judgement {
        let evidence = Evidence(
            "AttachedManagedPolicies", JSONValue(policies.map(\.arn)), from: .getAccountAuthorizationDetails)
        return policies.contains(where: \.isAdministratorAccess)
            ? .fail("AdministratorAccess is attached", evidence)
            : .pass("AdministratorAccess is not attached", evidence)
    }

    var examples: [Example] {
        [
            .passes("another policy is attached") { give(&$0, Group.sample.attachedPolicies) },
            .passes("a policy of one's own has the same name") {
                give(&$0, [named("arn:aws:iam::123456789012:policy/AdministratorAccess")])
            },
            .fails("AdministratorAccess is attached") { give(&$0, [.administratorAccess]) },
            .fails("AdministratorAccess is attached in AWS GovCloud") {
                give(&$0, [named("arn:aws-us-gov:iam::aws:policy/AdministratorAccess")])
            },
            .unknown("the identities cannot be listed") { $0.identities = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func named(_ arn: String) -> AttachedPolicy { AttachedPolicy(name: "AdministratorAccess", arn: arn) }
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
        holders: { $0.users.map { (.user(name: $0.name, arn: $0.arn), $0.attachedPolicies) } },
        give: { account, policies in account.hold(users: [.sample { $0.attachedPolicies = policies }]) })

    static let ofGroups = AdministratorAccess(
        about: about(
            id: "iam-group-administrator-access",
            title: "AdministratorAccess is not attached to a group",
            severity: .high,
            risk: "Every member of the group is an administrator all day, also when only reading a report.",
            judges: "What is attached to the group counts, whether or not it has members.",
            remedy: "Give the group what its job needs; let its members assume an administrator's role when they must.",
            prowler: "iam_group_administrator_access_policy"),
        holders: { $0.groups.map { (.group($0), $0.attachedPolicies) } },
        give: { account, policies in account.hold(groups: [.sample { $0.attachedPolicies = policies }]) })

    static let ofRoles = AdministratorAccess(
        about: about(
            id: "iam-role-administrator-access",
            title: "AdministratorAccess is not attached to a role",
            severity: .high,
            risk: "Whatever may assume the role, a pipeline or an instance for example, owns the account.",
            judges: "What is attached to the role counts. The roles that services made for themselves are AWS's.",
            remedy: "Give the role what its job needs; keep one for emergencies, with MFA and an alarm on its use.",
            prowler: "iam_role_administratoraccess_policy"),
        holders: { $0.roles.filter { !$0.isServiceLinked }.map { (.role($0), $0.attachedPolicies) } },
        give: { account, policies in account.hold(roles: [.sample { $0.attachedPolicies = policies }]) })

    private static func about(
        id: String, title: String, severity: Severity, risk: String, judges: String, remedy: String, prowler: String
    ) -> About {
        About(
            id: id, title: title, practice: .permissions, severity: severity, risk: risk, judges: judges,
            remedy: remedy, references: [.prowler(prowler), .config("iam-policy-blacklisted-check")],
            sources: ["AWS Managed Policy Reference Guide: AdministratorAccess"], reads: [.identities])
    }
}

extension AttachedPolicy {
    /// AWS's policy of that name in whatever partition; one's own of the same name is another.
    fileprivate var isAdministratorAccess: Bool {
        let fields = arn.split(separator: ":", omittingEmptySubsequences: false)
        return fields.count == 6 && fields[4] == "aws" && fields[5] == "policy/AdministratorAccess"
    }
}
