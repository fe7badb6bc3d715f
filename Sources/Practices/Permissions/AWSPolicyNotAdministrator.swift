import AWSClient
import Basics
import Inventory
import Posture

/// AWS managed policies for administrators are quickly attached and often stay for years.
struct AWSPolicyNotAdministrator: Check {
    let about = About(
        id: "iam-aws-policy-no-admin",
        title: "AWS managed policies with full administrative privileges should not be attached",
        practice: .permissions, severity: .critical,
        risk: "An attacker who compromises one such identity gains full control of the account.",
        judges: FullAdministration.judges + " A policy that is only a permissions boundary grants no permissions.",
        remedy: """
            Attach a policy for the task instead, and limit administration to a role with MFA and few authorized \
            principals.
            """,
        references: [
            .prowler("iam_aws_attached_policy_no_administrative_privileges"), .securityHub("IAM.1"),
            .cis("1.4", "1.16"), .cis("3.0", "1.16"), .cis("5.0", "1.15"),
        ],
        sources: FullAdministration.sources,
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let identities = try reading[.identities].value
        let listed = try reading.judgeEach(.policies, where: { $0.isAWSManaged && $0.attachmentCount > 0 }) {
            policy throws(Unknown) in
            var judgement = try FullAdministration.judge(reading, policy.defaultDocument, named: policy.policyName)
            judgement.evidence += [
                policy.versionEvidence, .identity("AttachedTo", JSON(identities.arns(holding: policy.arn))),
            ]
            return judgement
        }
        return unlisted(identities) + listed
    }

    /// Returns verdicts on attached policies whose documents the list does not contain.
    private func unlisted(_ identities: Identities) -> [Verdict] {
        let attached =
            identities.users.flatMap(\.attachedManagedPolicies) + identities.groups.flatMap(\.attachedManagedPolicies)
            + identities.roles.flatMap(\.attachedManagedPolicies)
        let listed = Set(identities.policies.map(\.arn))
        let unlisted = Set(attached).filter { !listed.contains($0.policyARN) }
        return unlisted.sorted { $0.policyARN < $1.policyARN }.compactMap { reference in
            let policy = ManagedPolicy(
                arn: reference.policyARN, attachmentCount: 1,
                defaultDocument: PolicyDocument(""))
            guard policy.isAWSManaged else { return nil }
            return Verdict(
                on: .policy(policy),
                .unknown(
                    Unknown(
                        .notFound, call: Operation.getAccountAuthorizationDetails.description,
                        detail: "the policy is attached, but its document was not listed")))
        }
    }

    var examples: [Example] {
        [
            .passes("a read-only AWS managed policy is attached") { $0.hold(policies: [readOnly]) },
            .passes("AdministratorAccess is only a permissions boundary") {
                $0.hold(
                    policies: [
                        readOnly,
                        {
                            var policy = ManagedPolicy.administratorAccess
                            policy.attachmentCount = 0
                            policy.permissionsBoundaryUsageCount = 2
                            return policy
                        }(),
                    ])
            },
            .fails("AdministratorAccess is attached") {
                $0.hold(
                    roles: [.sample { $0.attachedManagedPolicies = [.administratorAccess] }],
                    policies: [.administratorAccess])
            },
            .unknown("an attached policy's document is not listed") {
                $0.hold(roles: [.sample { $0.attachedManagedPolicies = [.administratorAccess] }], policies: [readOnly])
            },
            .unknown("the policies cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private var readOnly: ManagedPolicy {
        ManagedPolicy(
            arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", attachmentCount: 1,
            defaultDocument: .reader)
    }
}

extension Identities {
    /// The users, groups and roles to which the policy is attached.
    fileprivate func arns(holding policy: String) -> [String] {
        users.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }.map(\.arn)
            + groups.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }.map(\.arn)
            + roles.filter { $0.attachedManagedPolicies.contains { $0.policyARN == policy } }.map(\.arn)
    }
}
