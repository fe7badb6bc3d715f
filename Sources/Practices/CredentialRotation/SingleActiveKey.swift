import AWSClient
import Basics
import Inventory
import Posture

/// A second key is needed only during a rotation.
struct SingleActiveKey: Check {
    let about = About(
        id: "iam-single-active-key",
        title: "IAM users should have at most one active access key",
        practice: .credentialRotation, severity: .medium,
        risk: "A second active key increases the attack surface and often indicates an unfinished rotation.",
        judges: "Every IAM user with an active access key is evaluated.",
        remedy: "Identify the key in use, deactivate the other key, verify, then delete it.",
        references: [
            .prowler("iam_user_two_active_access_key"), .cis("1.4", "1.13"), .cis("3.0", "1.13"), .cis("5.0", "1.12"),
        ],
        sources: ["IAM User Guide: Manage access keys for IAM users"],
        reads: [.credentialReport, .identities, .accessKeys])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveActiveKey, doubtful: .pass) { user in
            let evidence = user.accessKeys.flatMap { [$0.activityEvidence, $0.useEvidence] }
            return user.activeKeys.count > 1
                ? .fail(
                    "\(user.activeKeys.count) access keys are active",
                    evidence + reading.listedKeys(user.activeKeys, of: user))
                : .pass("One access key is active", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("one key is active") { $0.hold(credentials: .sample) },
            .fails("both keys are active") {
                $0.hold(
                    credentials: .sample {
                        $0.accessKeys[1] = .init(number: 2, isActive: true, lastRotated: Criteria.sample.daysAgo(2))
                    })
            },
            .unknown("the report does not list all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
        ]
    }
}
