import AWSClient
import Basics
import Inventory
import Posture

/// The older a key is, the more places can have a copy of it.
struct AccessKeyRotation: Check {
    let about = About(
        id: "iam-access-key-rotation",
        title: "Access keys should be rotated every 90 days",
        practice: .credentialRotation, severity: .medium,
        risk: """
            Old access keys remain in scripts, backups and laptops of former staff. Each copy gives access to the \
            account.
            """,
        judges: """
            Every IAM user with an active access key is evaluated: no active key is allowed to be older than the \
            limit. A key whose age equals the limit passes. Inactive keys and keys of the root user do not count.
            """,
        remedy: "Create a second key, update all applications, deactivate the old key, verify, then delete it.",
        references: [
            .prowler("iam_rotate_access_key_90_days"), .securityHub("IAM.3"),
            .cis("1.4", "1.14"), .cis("3.0", "1.14"), .cis("5.0", "1.13"),
            .config("access-keys-rotated"),
        ],
        sources: ["IAM User Guide: Manage access keys for IAM users"],
        reads: [.credentialReport, .identities, .accessKeys],
        settings: ["access-key-maximum-age-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveActiveKey, doubtful: .pass) { user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        let limit = reading.settings.accessKeyMaximumAgeDays
        let keys = user.activeKeys
        let evidence = keys.flatMap { [$0.activityEvidence, $0.ageEvidence] }
        let ages = keys.map { key in key.lastRotated.map { reading.days(since: $0) } }
        let old = zip(keys, ages).filter { $1.map { $0 > limit } ?? false }
        if let (key, age) = old.first {
            return .fail(
                "Access key \(key.number) was last rotated \((age ?? 0).daysAgo) (limit: \(limit.days))",
                evidence + reading.listedKeys(old.map(\.0), of: user))
        }
        for (key, age) in zip(keys, ages) where age == nil {
            throw .empty("access_key_\(key.number)_last_rotated")
        }
        return .pass("No active access key is older than \(limit.days)", evidence)
    }

    var examples: [Example] {
        [
            .passes("the key is a month old") { $0.hold(credentials: .sample) },
            .passes("the key is exactly as old as the limit") { $0.hold(credentials: key(90)) },
            .passes("an old key is inactive") {
                $0.hold(
                    credentials: .sample {
                        $0.accessKeys[1] = .init(number: 2, isActive: false, lastRotated: Criteria.sample.daysAgo(900))
                    })
            },
            .fails("the key is a day older than the limit") { $0.hold(credentials: key(91)) },
            .fails("the second key is too old") {
                $0.hold(
                    credentials: .sample {
                        $0.accessKeys[1] = .init(number: 2, isActive: true, lastRotated: Criteria.sample.daysAgo(400))
                    })
            },
            .unknown("the report does not list all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the report does not state the age of the key") {
                $0.hold(credentials: .sample(key: .init(number: 1, isActive: true)))
            },
        ]
    }

    private func key(_ age: Int) -> UserCredentials {
        .sample(key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(age)))
    }
}
