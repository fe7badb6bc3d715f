import AWSClient
import Basics
import Inventory
import Posture

/// The password of a user who left still gives access to the console.
struct PasswordUnused: Check {
    let about = About(
        id: "iam-password-unused",
        title: "Console passwords unused for 45 days should be removed",
        practice: .unusedCredentials, severity: .medium,
        risk: "Passwords of former staff still give access to the console, and their abuse goes unnoticed.",
        judges: """
            Every user with a password is evaluated. For a password that was never used, the time since its last \
            change or since the creation of the user counts. A value equal to the limit passes.
            """,
        remedy: "Remove the console access of the user. It can be enabled again with a new password.",
        references: [
            .prowler("iam_user_console_access_unused"), .securityHub("IAM.8").judging(by: 90), .securityHub("IAM.22"),
            .cis("1.4", "1.12"), .cis("3.0", "1.12"), .cis("5.0", "1.11"),
            .config("iam-user-unused-credentials-check").judging(by: 90),
        ],
        sources: ["IAM User Guide: Find unused AWS credentials"],
        reads: [.credentialReport, .identities],
        settings: ["unused-credential-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: { $0.password.isEnabled != false }) {
            user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        guard user.password.isEnabled != nil else { throw .empty("password_enabled") }
        let limit = reading.settings.unusedCredentialDays
        let idleness = try Idleness(ofPasswordOf: user, by: reading)
        let evidence = user.passwordEvidence + [user.creationEvidence]
        return idleness.days > limit
            ? .fail("\(idleness.sentence) (limit: \(limit.days))", evidence)
            : .pass("The password was used or created within \(limit.days)", evidence)
    }

    var examples: [Example] {
        [
            .passes("the password was used yesterday") { $0.hold(credentials: .sample) },
            .passes("the last use of the password is exactly as old as the limit") {
                $0.hold(credentials: password(changed: 300, used: 45))
            },
            .passes("a new password was never used") { $0.hold(credentials: password(changed: 5, used: nil)) },
            .fails("the last use of the password is a day too old") {
                $0.hold(credentials: password(changed: 300, used: 46))
            },
            .fails("the password was never used") { $0.hold(credentials: password(changed: 90, used: nil)) },
            .fails("the password was never used, and the report states only when the user was created") {
                $0.hold(credentials: password(changed: nil, used: nil))
            },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the report does not state whether the user has a password") {
                $0.hold(credentials: .sample { $0.password = .init(isEnabled: nil) })
            },
        ]
    }

    private func password(changed: Int?, used: Int?) -> UserCredentials {
        .sample {
            $0.password = .init(
                isEnabled: true, lastUsed: used.map { Criteria.sample.daysAgo($0) },
                lastChanged: changed.map { Criteria.sample.daysAgo($0) })
        }
    }
}
