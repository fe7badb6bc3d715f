import AWSClient
import Basics
import Inventory
import Posture

/// No list of policies contains inline policies: their grants are found only by reading each user, group and role.
struct InlinePolicyNotAdministrator: Check {
    let about = About(
        id: "iam-inline-policy-no-admin",
        title: "Inline policies should not allow full administrative privileges",
        practice: .permissions, severity: .critical,
        risk: "Inline administrative privileges are missed in reviews of attached policies.",
        judges: FullAdministration.judges
            + " Users, groups and roles with inline policies are evaluated. Service-linked roles are excluded.",
        remedy: "Replace the inline policy with one that lists only the required actions and resources.",
        references: [
            .prowler("iam_inline_policy_no_administrative_privileges"), .securityHub("IAM.1"),
        ],
        sources: FullAdministration.sources,
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policyHolders, where: { !$0.inlinePolicies.isEmpty }) { holder throws(Unknown) in
            try judge(holder.inlinePolicies, in: reading)
        }
    }

    /// One policy that allows everything decides the verdict, even if another one cannot be read.
    private func judge(_ policies: [InlinePolicy], in reading: Reading) throws(Unknown) -> Judgement {
        var judgements: [Judgement] = []
        let failing = try policies.firstAnswer { policy throws(Unknown) -> Judgement? in
            let judgement = try FullAdministration.judge(
                reading, policy.policyDocument, named: "Inline policy \(policy.policyName)", inline: policy.policyName)
            judgements.append(judgement)
            return judgement.status == .fail ? judgement : nil
        }
        return failing
            ?? .pass("No inline policy allows all actions on all resources", judgements.flatMap(\.evidence))
    }

    var examples: [Example] {
        [
            .passes("the inline policies read one bucket") {
                $0.hold(
                    users: [.sample { $0.userPolicyList = [read] }], groups: [.sample { $0.groupPolicyList = [read] }],
                    roles: [.sample { $0.rolePolicyList = [read] }])
            },
            .fails("the inline policy of a user allows all actions") {
                $0.hold(users: [.sample { $0.userPolicyList = [read, all] }])
            },
            .fails("the inline policy of a group allows all actions") {
                $0.hold(groups: [.sample { $0.groupPolicyList = [all] }])
            },
            .fails("the inline policy of a role allows all actions") {
                $0.hold(roles: [.sample { $0.rolePolicyList = [all] }])
            },
            .fails("one policy document is not valid, and another allows all actions") {
                $0.hold(users: [.sample { $0.userPolicyList = [unreadable, all] }])
            },
            .unknown("one of the policy documents is not valid") {
                $0.hold(users: [.sample { $0.userPolicyList = [read, unreadable] }])
            },
            .unknown("the identities cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var read: InlinePolicy { InlinePolicy(policyName: "read", policyDocument: .reader) }
    private var all: InlinePolicy { InlinePolicy(policyName: "all", policyDocument: .administrator) }
    private var unreadable: InlinePolicy { InlinePolicy(policyName: "broken", policyDocument: .unreadable) }
}
