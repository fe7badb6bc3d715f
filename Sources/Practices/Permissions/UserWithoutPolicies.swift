import AWSClient
import Basics
import Inventory
import Posture

/// Policies on single users are forgotten there.
struct UserWithoutPolicies: Check {
    let about = About(
        id: "iam-user-no-policies",
        title: "No policy is attached to a user or lives in one",
        practice: .permissions, severity: .low,
        risk: """
            Permissions that are given person by person are never reviewed together, and stay with those who change \
            their job.
            """,
        remedy: "Give the same policy to a group, make the user its member, then detach or delete the user's own.",
        references: [
            .prowler("iam_policy_attached_only_to_group_or_roles"), .securityHub("IAM.2"),
            .cis("1.4", "1.15"), .cis("3.0", "1.15"), .cis("5.0", "1.14"),
            .config("iam-user-no-policies-check"),
        ],
        sources: ["IAM User Guide: Managed policies and inline policies"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.users) { user in
            let attached = user.attachedManagedPolicies.map(\.policyName)
            let inline = user.userPolicyList.map(\.policyName)
            let evidence = [
                Evidence.identity("AttachedManagedPolicies", JSON(attached)),
                .identity("UserPolicyList", JSON(inline)),
            ]
            let own = attached + inline
            return own.isEmpty
                ? .pass("The user has no policy of its own", evidence)
                : .fail("The user has policies of its own: \(own.joined(separator: ", "))", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the user has only its group's policies") { $0.hold(users: [.sample], groups: [.sample]) },
            .fails("a managed policy is attached to the user") {
                $0.hold(users: [.sample { $0.attachedManagedPolicies = Group.sample.attachedManagedPolicies }])
            },
            .fails("a policy lives in the user") {
                $0.hold(
                    users: [.sample { $0.userPolicyList = [InlinePolicy(policyName: "read", policyDocument: .reader)] }]
                )
            },
            .unknown("the users cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
