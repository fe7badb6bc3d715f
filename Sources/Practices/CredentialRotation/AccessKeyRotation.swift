import AWSClient
import Basics
import Inventory
import Posture

/// The older a key, the more places it has been copied to.
struct AccessKeyRotation: Check {
    let about = About(
        id: "iam-access-key-rotation",
        title: "Active access keys are rotated in time",
        practice: .credentialRotation, severity: .medium,
        risk: "Old keys lie in scripts, backups and the laptops of people who left; each copy opens the account.",
        judges: """
            Every user with an active key is judged: no active key may be older than the limit; a key that is exactly \
            as old passes. Keys that are not active do not count. Root's keys are another check's matter.
            """,
        remedy: "Make a second key, move its users over, deactivate the old key, wait, and delete it.",
        references: [
            .prowler("iam_rotate_access_key_90_days"), .securityHub("IAM.3"),
            .cis("1.4", "1.14"), .cis("3.0", "1.14"), .cis("5.0", "1.13"),
            .config("access-keys-rotated"),
        ],
        sources: ["IAM User Guide: Manage access keys for IAM users"],
        reads: [.credentialReport, .identities],
        settings: ["access-key-maximum-age-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveActiveKey, doubtful: .pass) { user throws(Unknown) in
            try judge(user.activeKeys, by: reading)
        }
    }

    private func judge(_ keys: [UserCredentials.AccessKey], by reading: Reading) throws(Unknown) -> Judgement {
        let limit = reading.settings.accessKeyMaximumAgeDays
        let evidence = keys.map(\.ageEvidence)
        let ages = keys.map { key in key.lastRotated.map { reading.days(since: $0) } }
        for (key, age) in zip(keys, ages) {
            if let age, age > limit {
                return .fail("Access key \(key.number) is \(age.days) old; the limit is \(limit)", evidence)
            }
        }
        for (key, age) in zip(keys, ages) where age == nil {
            throw .empty("access_key_\(key.number)_last_rotated")
        }
        return .pass("No active access key is older than \(limit) days", evidence)
    }

    var examples: [Example] {
        [
            .passes("the key is a month old") { $0.hold(credentials: .sample) },
            .passes("the key is exactly as old as the limit") { $0.hold(credentials: key(90)) },
            .passes("an old key is not active") {
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
            .unknown("the report does not show all keys") { $0.hold(credentials: .withAdditionalKey()) },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the report does not say how old the key is") {
                $0.hold(credentials: .sample(key: .init(number: 1, isActive: true)))
            },
        ]
    }

    private func key(_ age: Int) -> UserCredentials {
        .sample(key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(age)))
    }
}
