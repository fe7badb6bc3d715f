import AWSClient
import Basics
import Inventory
import Posture

/// One call attaches an unattached policy and makes it a grant.
struct UnattachedPolicyNotAdministrator: Check {
    let about = About(
        id: "iam-unattached-policy-no-admin",
        title: "Unattached customer managed policies should not allow full administrative privileges",
        practice: .permissions, severity: .medium,
        risk: """
            A principal that can attach policies can gain full control with one call, without creating or changing a \
            policy.
            """,
        judges: FullAdministration.judges
            + " A policy that is in use as a permissions boundary passes: it grants no permissions.",
        remedy: "Delete the policy, or restrict it before it is attached.",
        references: [
            .prowler("iam_customer_unattached_policy_no_administrative_privileges"), .securityHub("IAM.1"),
            .config("iam-policy-no-statements-with-admin-access"),
        ],
        sources: FullAdministration.sources,
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policies, where: { !$0.isAWSManaged && $0.attachmentCount == 0 }) {
            policy throws(Unknown) in
            guard policy.permissionsBoundaryUsageCount == 0 else {
                return .pass(
                    "The policy is only a permissions boundary, which grants no permissions",
                    .identity("PermissionsBoundaryUsageCount", .int(policy.permissionsBoundaryUsageCount)))
            }
            var judgement = try FullAdministration.judge(
                reading, policy.defaultDocument, named: "The unattached policy")
            judgement.evidence.append(policy.versionEvidence)
            return judgement
        }
    }

    var examples: [Example] {
        [
            .passes("the unattached policy reads one bucket") {
                $0.hold(policies: [.sample { $0.attachmentCount = 0 }])
            },
            .passes("a permissions boundary allows all actions") {
                $0.hold(
                    policies: [
                        .sample {
                            $0.attachmentCount = 0
                            $0.permissionsBoundaryUsageCount = 3
                            $0.defaultDocument = .administrator
                        }
                    ])
            },
            .fails("an unattached policy allows all actions") {
                $0.hold(
                    policies: [
                        .sample {
                            $0.attachmentCount = 0
                            $0.defaultDocument = .administrator
                        }
                    ])
            },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}
