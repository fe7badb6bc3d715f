import AWSClient
import Basics
import Inventory
import Posture

/// Inline policies appear in no list of policies: what they grant is found only by opening each identity.
struct InlinePolicyNotAdministrator: Check {
    let about = About(
        id: "iam-inline-policy-no-admin",
        title: "No inline policy grants *:*",
        practice: .permissions, severity: .critical,
        risk: "An administrator hides in a user, group or role whose attached policies look harmless.",
        judges: FullAdministration.judges + """
             Users, groups and roles that have inline policies are judged; the roles that services made for themselves \
            are AWS's.
            """,
        remedy: "Replace the inline policy by one that names the actions and resources that are needed.",
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

    /// One policy that grants everything settles it, although another cannot be read.
    private func judge(_ policies: [InlinePolicy], in reading: Reading) throws(Unknown) -> Judgement {
        var judgements: [Judgement] = []
        let failing = try policies.firstAnswer { policy throws(Unknown) -> Judgement? in
            let judgement = try FullAdministration.judge(
                reading, policy.policyDocument, named: "Inline policy \(policy.policyName)")
            judgements.append(judgement)
            return judgement.status == .fail ? judgement : nil
        }
        return failing
            ?? .pass("No inline policy grants every action on every resource", judgements.flatMap(\.evidence))
    }

    var examples: [Example] {
        [
            .passes("the inline policies read one bucket") {
                $0.hold(
                    users: [.sample { $0.userPolicyList = [read] }], groups: [.sample { $0.groupPolicyList = [read] }],
                    roles: [.sample { $0.rolePolicyList = [read] }])
            },
            .fails("a user's inline policy allows everything") {
                $0.hold(users: [.sample { $0.userPolicyList = [read, all] }])
            },
            .fails("a group's inline policy allows everything") {
                $0.hold(groups: [.sample { $0.groupPolicyList = [all] }])
            },
            .fails("a role's inline policy allows everything") {
                $0.hold(roles: [.sample { $0.rolePolicyList = [all] }])
            },
            .fails("one document is no policy, and another allows everything") {
                $0.hold(users: [.sample { $0.userPolicyList = [unreadable, all] }])
            },
            .unknown("one of the documents is no policy") {
                $0.hold(users: [.sample { $0.userPolicyList = [read, unreadable] }])
            },
            .unknown("the identities cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var read: InlinePolicy { InlinePolicy(policyName: "read", policyDocument: .reader) }
    private var all: InlinePolicy { InlinePolicy(policyName: "all", policyDocument: .administrator) }
    private var unreadable: InlinePolicy { InlinePolicy(policyName: "broken", policyDocument: .unreadable) }
}
