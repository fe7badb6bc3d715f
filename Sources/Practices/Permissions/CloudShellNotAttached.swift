import AWSClient
import Basics
import Inventory
import Posture

/// CloudShell is a machine inside AWS with the user's own permissions and with file download.
struct CloudShellNotAttached: Check {
    let about = About(
        id: "iam-cloudshell-full-access",
        title: "AWSCloudShellFullAccess should not be attached",
        practice: .permissions, severity: .medium,
        risk: """
            Files can be exfiltrated through the download feature of CloudShell, which bypasses controls of the user's \
            network.
            """,
        judges: """
            Policies that are attached to users, groups and roles are evaluated. Service-linked roles are excluded.
            """,
        remedy:
            """
            Detach the policy. For users who need CloudShell, attach a policy that denies \
            cloudshell:GetFileDownloadUrls.
            """,
        references: [
            .prowler("iam_policy_cloudshell_admin_not_attached"), .securityHub("IAM.27"), .cis("3.0", "1.22"),
            .cis("5.0", "1.21"),
        ],
        sources: ["AWS CloudShell User Guide: Managing AWS CloudShell access and usage with IAM policies"],
        reads: [.identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeEach(.policyHolders) { holder in holder.judge(attached: "AWSCloudShellFullAccess") }
    }

    var examples: [Example] {
        [
            .passes("other policies are attached") { $0.hold(users: [.sample], groups: [.sample], roles: [.sample]) },
            .passes("a customer managed policy has the same name") {
                $0.hold(
                    groups: [holding("arn:aws:iam::123456789012:policy/AWSCloudShellFullAccess")])
            },
            .fails("a group holds the policy") {
                $0.hold(groups: [holding("arn:aws:iam::aws:policy/AWSCloudShellFullAccess")])
            },
            .fails("a role holds the policy in AWS China") {
                $0.hold(
                    roles: [
                        .sample {
                            $0.attachedManagedPolicies =
                                holding("arn:aws-cn:iam::aws:policy/AWSCloudShellFullAccess")
                                .attachedManagedPolicies
                        }
                    ])
            },
            .unknown("the identities cannot be listed") { $0[.identities] = .denied(.getAccountAuthorizationDetails) },
        ]
    }

    private func holding(_ arn: String) -> Group {
        .sample {
            $0.attachedManagedPolicies = [AttachedPolicy(policyName: "AWSCloudShellFullAccess", policyARN: arn)]
        }
    }
}

extension PolicyHolder {
    /// Fails if AWS's policy of that name is attached.
    func judge(attached name: String) -> Judgement {
        let evidence = attachedPolicies.evidence
        return attachedPolicies.contains { $0.isAWSPolicy(name) }
            ? .fail("\(name) is attached", evidence) : .pass("\(name) is not attached", evidence)
    }
}

extension [AttachedPolicy] {
    /// The policies' ARNs.
    var evidence: Evidence {
        .identity(
            "AttachedManagedPolicies", JSON(map(\.policyARN)), at: "AttachedManagedPolicies[].PolicyArn")
    }
}

extension AttachedPolicy {
    /// Whether it is the AWS managed policy of that name, in any partition. A customer managed policy of the same name
    /// does not count.
    func isAWSPolicy(_ name: String) -> Bool {
        let arn = ARN(policyARN)
        return arn?.account == "aws" && arn?.resource == "policy/\(name)"
    }
}
