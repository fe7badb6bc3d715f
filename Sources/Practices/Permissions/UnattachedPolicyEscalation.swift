import AWSClient
import Basics
import EffectiveAccess
import Inventory
import Posture

/// An unattached policy is usually not reviewed again when it is attached.
struct UnattachedPolicyEscalation: Check {
    let about = About(
        id: "iam-unattached-policy-no-privilege-escalation",
        title: "Unattached policies should not allow privilege escalation",
        practice: .permissions, severity: .low,
        risk: "A principal to which the policy is attached can gain the permissions at the end of the path.",
        judges: """
            Customer managed policies that are attached to no identity and are not a permissions boundary are \
            evaluated as if a user had only this policy, in this account and with an administrator and an \
            administrator role as targets, by the methods of iam-no-privilege-escalation. Policies with full \
            administrative privileges are evaluated by iam-unattached-policy-no-admin.
            """,
        remedy: "Delete the policy, or restrict the listed statements before it is attached.",
        references: [.prowler("iam_policy_allows_privilege_escalation")],
        sources: ["IAM User Guide: Grant a user permissions to pass a role to an AWS service"],
        reads: Landscape.escalationReads)

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        _ = try reading[.identities].value
        let (policies, hiding) = reading.landscape.unattachedPolicies()
        let verdicts = policies.map { unattached in
            let judgement: Judgement =
                if let path = unattached.path {
                    if let doubt = path.doubts.first {
                        .unknown("A principal with the policy \(path.message)", unless: doubt, path.evidence)
                    } else {
                        .fail("A principal with the policy \(path.message)", path.evidence)
                    }
                } else if let reason = unattached.undetermined {
                    .unknown(reason)
                } else {
                    .pass("No privilege escalation path found", Evidence("escalation", .null, from: .derived))
                }
            return Verdict(on: .policy(unattached.policy), judgement)
        }
        return verdicts + hiding.prefix(1).map { Verdict(on: .account(reading.account), .unknown($0)) }
    }

    var examples: [Example] {
        [
            .passes("the policy reads a bucket") { $0.holdUnattached("s3:GetObject") },
            .passes("the policy allows all actions, which another check evaluates") { $0.holdUnattached("*") },
            .fails("the policy allows writing policies") { $0.holdUnattached("iam:PutUserPolicy") },
            .fails("the policy allows passing roles to functions") {
                $0.holdUnattached("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")
            },
            .unknown("the policy document is not valid") {
                $0.holdForAccess(roles: [])
                $0.hold(policies: [
                    .sample {
                        $0.attachmentCount = 0
                        $0.defaultDocument = .unreadable
                    }
                ])
            },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }
}

extension Account {
    fileprivate mutating func holdUnattached(_ actions: String...) {
        holdForAccess(roles: [])
        hold(policies: [
            .sample {
                $0.attachmentCount = 0
                $0.defaultDocument = PolicyDocument(
                    statements: actions.map { SampleAccess.statement($0) }.joined(separator: ", "))
            }
        ])
    }
}
