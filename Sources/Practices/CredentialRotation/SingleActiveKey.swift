import AWSClient
import Basics
import Inventory
import Posture

/// Two keys are for the days of a rotation, not for good.
struct SingleActiveKey: Check {
    let about = About(
        id: "iam-single-active-key",
        title: "No user has more than one active access key",
        practice: .credentialRotation, severity: .medium,
        risk: "A second active key is one more copy to lose, and a rotation that was never finished.",
        judges: "Every user with an active key is judged.",
        remedy: "Find out which key is in use, deactivate the other, wait, and delete it.",
        references: [
            .prowler("iam_user_two_active_access_key"), .cis("1.4", "1.13"), .cis("3.0", "1.13"), .cis("5.0", "1.12"),
        ],
        sources: ["IAM User Guide: Manage access keys for IAM users"],
        reads: [.credentialReport, .identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveActiveKey, doubtful: .pass) { user in
            let evidence = user.accessKeys.flatMap { [$0.activityEvidence, $0.useEvidence] }
            return user.activeKeys.count > 1
                ? .fail("\(user.activeKeys.count) access keys are active", evidence)
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
            .unknown("the report does not show all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
        ]
    }
}
