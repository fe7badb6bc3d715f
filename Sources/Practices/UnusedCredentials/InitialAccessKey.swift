import AWSClient
import Basics
import Inventory
import Posture

/// An access key that was created together with the user is often never needed.
struct InitialAccessKey: Check {
    let about = About(
        id: "iam-user-initial-access-key",
        title: "Console users should not have unused initial access keys",
        practice: .unusedCredentials, severity: .medium,
        risk: """
            Access keys that are created together with a user are often never used or stored safely, and still give \
            access to the account.
            """,
        judges: """
            Users with a password are evaluated. An active access key that was never used fails, regardless of its \
            age.
            """,
        remedy: "Delete the key. Create a new one when it is needed.",
        references: [
            .prowler("iam_user_no_setup_initial_access_key"), .cis("1.4", "1.11"), .cis("3.0", "1.11"),
            .cis("5.0", "1.10"),
        ],
        sources: ["IAM User Guide: Manage access keys for IAM users"],
        reads: [.credentialReport, .identities, .accessKeys])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: { $0.password.isEnabled != false }, doubtful: .pass) {
            user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        let evidence =
            user.activeKeys.flatMap { [$0.activityEvidence, $0.useEvidence] } + user.passwordEvidence.prefix(1)
        let unused = user.activeKeys.filter { $0.lastUsed == nil }
        guard let key = unused.first else {
            return .pass("The user has no unused access key", evidence)
        }
        guard user.password.isEnabled != nil else { throw .empty("password_enabled") }
        return .fail(
            "Access key \(key.number) was never used", evidence + reading.listedKeys(unused, of: user))
    }

    var examples: [Example] {
        [
            .passes("the key is in use") { $0.hold(credentials: .sample) },
            .passes("the user has no key") { $0.hold(credentials: .sample { $0.accessKeys = [] }) },
            .fails("the key was never used") { $0.hold(credentials: .sample { $0.accessKeys[0].lastUsed = nil }) },
            .unknown("the report does not list all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
        ]
    }
}
