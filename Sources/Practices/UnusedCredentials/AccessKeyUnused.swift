import AWSClient
import Basics
import Inventory
import Posture

/// The owner of a forgotten key does not notice an attacker's use of it.
struct AccessKeyUnused: Check {
    let about = About(
        id: "iam-access-key-unused",
        title: "Access keys unused for 45 days should be deactivated",
        practice: .unusedCredentials, severity: .medium,
        risk: """
            Forgotten access keys in old scripts or laptops give access to the account, and their abuse goes \
            unnoticed.
            """,
        judges: """
            Every active access key of every user is evaluated, also of users without a password. For a key that was \
            never used, the time since its creation counts. A value equal to the limit passes.
            """,
        remedy: "Deactivate the key, verify that no application needs it, then delete it.",
        references: [
            .prowler("iam_user_accesskey_unused"), .securityHub("IAM.8").judging(by: 90), .securityHub("IAM.22"),
            .cis("1.4", "1.12"), .cis("3.0", "1.12"), .cis("5.0", "1.11"),
            .config("iam-user-unused-credentials-check").judging(by: 90),
        ],
        sources: ["IAM User Guide: Find unused AWS credentials"],
        reads: [.credentialReport, .identities, .accessKeys],
        settings: ["unused-credential-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveActiveKey, doubtful: .pass) { user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    /// One key that is unused for too long decides the verdict, even if another key's dates are unknown.
    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        let limit = reading.settings.unusedCredentialDays
        let evidence = user.activeKeys.flatMap(\.evidence)
        func isUnused(_ idleness: Idleness?) -> Bool { idleness.map { $0.days > limit } ?? false }
        let failing = try user.activeKeys.firstAnswer { key throws(Unknown) -> Judgement? in
            let idleness = try Idleness(of: key, by: reading)
            guard isUnused(idleness) else { return nil }
            let unused = user.activeKeys.filter { isUnused(try? Idleness(of: $0, by: reading)) }
            return .fail("\(idleness.sentence) (limit: \(limit.days))", evidence + reading.listedKeys(unused, of: user))
        }
        return failing ?? .pass("Every active access key was used or created within \(limit.days)", evidence)
    }

    var examples: [Example] {
        [
            .passes("the key was used yesterday") { $0.hold(credentials: .sample) },
            .passes("the last use of the key is exactly as old as the limit") {
                $0.hold(credentials: key(made: 300, used: 45))
            },
            .passes("a new key was never used") { $0.hold(credentials: key(made: 10, used: nil)) },
            .fails("the last use of the key is a day too old") { $0.hold(credentials: key(made: 300, used: 46)) },
            .fails("a user without a password has a key that was never used") {
                $0.hold(credentials: key(made: 60, used: nil))
            },
            .fails("the second key is forgotten") {
                $0.hold(
                    credentials: .sample {
                        $0.accessKeys[1] = .init(
                            number: 2, isActive: true, lastRotated: Criteria.sample.daysAgo(500),
                            lastUsed: Criteria.sample.daysAgo(400))
                    })
            },
            .unknown("the report does not list all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the report does not state when the key was created") {
                $0.hold(credentials: .sample(key: .init(number: 1, isActive: true)))
            },
        ]
    }

    private func key(made: Int, used: Int?) -> UserCredentials {
        .sample(
            key: .init(
                number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(made),
                lastUsed: used.map { Criteria.sample.daysAgo($0) }))
    }
}
