import AWSClient
import Basics
import Inventory
import Posture

/// Policies of individual users are easily forgotten.
struct UserWithoutPolicies: Check {
    let about = About(
        id: "iam-user-no-policies",
        title: "IAM users should get permissions only through groups",
        practice: .permissions, severity: .low,
        risk: "Permissions of individual users are missed in access reviews and often remain after a change of job.",
        remedy: """
            Attach the same policy to a group, add the user to the group, then detach or delete the policy of the \
            user.
            """,
        references: [
            .prowler("iam_policy_attached_only_to_group_or_roles"), .securityHub("IAM.2"),
            .cis("1.4", "1.15"), .cis("3.0", "1.15"), .cis("5.0", "1.14"),
            .config("iam-user-no-policies-check"),
        ],
        sources: ["IAM User Guide: Managed policies and inline policies"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.users) { user in
            let attached = user.attachedManagedPolicies
            let inline = user.userPolicyList.map(\.policyName)
            let evidence = [
                attached.evidence,
                .identity("UserPolicyList", JSON(inline), at: "UserPolicyList[].PolicyName"),
            ]
            let own = attached.map(\.policyName) + inline
            return own.isEmpty
                ? .pass("No policy is attached directly to the user", evidence)
                : .fail("Policies attached directly: \(own.joined(separator: ", "))", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the user has only the policies of groups") { $0.hold(users: [.sample], groups: [.sample]) },
            .fails("a managed policy is attached to the user") {
                $0.hold(users: [.sample { $0.attachedManagedPolicies = Group.sample.attachedManagedPolicies }])
            },
            .fails("the user has an inline policy") {
                $0.hold(
                    users: [.sample { $0.userPolicyList = [InlinePolicy(policyName: "read", policyDocument: .reader)] }]
                )
            },
            .unknown("the users cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
