import AWSClient
import Basics
import Inventory
import Posture

/// CloudShell is a machine inside AWS with the user's own rights and a way to carry files out.
struct CloudShellNotAttached: Check {
    let about = About(
        id: "iam-cloudshell-full-access",
        title: "AWSCloudShellFullAccess is not attached",
        practice: .permissions, severity: .medium,
        risk: "Files can be carried out through CloudShell's download, past every control on the user's own network.",
        judges: """
            What is attached to a user, a group or a role counts. The roles that services made for themselves are AWS's.
            """,
        remedy:
            "Detach the policy, and attach one that denies cloudshell:GetFileDownloadUrls to those who need a shell.",
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
            .passes("a policy of one's own has the same name") {
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
        let evidence = Evidence.identity("AttachedManagedPolicies", JSON(attachedPolicies.map(\.policyARN)))
        return attachedPolicies.contains { $0.isAWSPolicy(name) }
            ? .fail("\(name) is attached", evidence) : .pass("\(name) is not attached", evidence)
    }
}

extension AttachedPolicy {
    /// Whether it is AWS's policy of that name, in whatever partition; a customer managed policy of the same name is another.
    func isAWSPolicy(_ name: String) -> Bool {
        let arn = ARN(policyARN)
        return arn?.account == "aws" && arn?.resource == "policy/\(name)"
    }
}
