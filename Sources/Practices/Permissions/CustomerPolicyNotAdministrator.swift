import AWSClient
import Basics
import Inventory
import Posture

/// A customer managed policy that allows everything is equivalent to AdministratorAccess.
struct CustomerPolicyNotAdministrator: Check {
    let about = About(
        id: "iam-customer-policy-no-admin",
        title: "Attached customer managed policies should not allow full administrative privileges",
        practice: .permissions, severity: .high,
        risk: "An attacker who compromises one such identity gains full control of the account.",
        judges: FullAdministration.judges + " A policy that is only a permissions boundary grants no permissions.",
        remedy: "Create a new policy version with only the required actions and resources.",
        references: [
            .prowler("iam_customer_attached_policy_no_administrative_privileges"), .securityHub("IAM.1"),
            .cis("1.4", "1.16"), .cis("3.0", "1.16"), .cis("5.0", "1.15"),
            .config("iam-policy-no-statements-with-admin-access"),
        ],
        sources: FullAdministration.sources,
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policies, where: { !$0.isAWSManaged && $0.attachmentCount > 0 }) {
            policy throws(Unknown) in
            var judgement = try FullAdministration.judge(reading, policy.defaultDocument, named: "The policy")
            judgement.evidence += [policy.versionEvidence, .identity("AttachmentCount", .int(policy.attachmentCount))]
            return judgement
        }
    }

    var examples: [Example] {
        [
            .passes("the attached policy reads one bucket") { $0.hold(policies: [.sample]) },
            .fails("an attached policy allows all actions") {
                $0.hold(policies: [.sample { $0.defaultDocument = .administrator }])
            },
            .fails("an attached policy allows all actions with MFA") {
                $0.hold(
                    policies: [
                        .sample {
                            $0.defaultDocument = PolicyDocument(
                                statements: #"""
                                    {"Effect": "Allow", "Action": "*", "Resource": "*",
                                     "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
                                    """#)
                        }
                    ])
            },
            .passes("all but one service is allowed") {
                $0.hold(
                    policies: [
                        .sample {
                            $0.defaultDocument = PolicyDocument(
                                statements: #"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#)
                        }
                    ])
            },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
            .unknown("the policy document is not valid") {
                $0.hold(policies: [.sample { $0.defaultDocument = .unreadable }])
            },
        ]
    }
}
