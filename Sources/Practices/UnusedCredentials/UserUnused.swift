import AWSClient
import Basics
import Inventory
import Posture

/// A user without credentials in use has left, or never started.
struct UserUnused: Check {
    let about = About(
        id: "iam-user-unused",
        title: "IAM users with unused credentials should be disabled",
        practice: .unusedCredentials, severity: .medium,
        risk: "Credentials of former staff stay valid and can be abused unnoticed.",
        judges: """
            Users with a password or an active access key are evaluated. A user fails if every one of these \
            credentials is unused for longer than the limit. For a credential that was never used, the time since its \
            creation counts.
            """,
        remedy: "Disable the user: remove console access and deactivate the access keys; later, delete the user.",
        references: [
            .securityHub("IAM.8").judging(by: 90), .securityHub("IAM.22"),
            .config("iam-user-unused-credentials-check").judging(by: 90),
        ],
        sources: ["IAM User Guide: Find unused AWS credentials"],
        reads: [.credentialReport, .identities, .accessKeys],
        settings: ["unused-credential-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveCredentials, doubtful: .fail) { user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    /// One credential in use decides the verdict, even if another one's dates are unknown.
    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        let limit = reading.settings.unusedCredentialDays
        let evidence =
            user.passwordEvidence + user.activeKeys.flatMap(\.evidence)
            + [user.creationEvidence]
        var shortest: Idleness?
        let passing = try user.enabledCredentials.firstAnswer { credential throws(Unknown) -> Judgement? in
            let idleness = try credential.idleness(of: user, by: reading)
            if idleness.days < shortest?.days ?? .max { shortest = idleness }
            return idleness.days <= limit ? .pass(idleness.youth, evidence) : nil
        }
        if let passing { return passing }
        guard user.password.isEnabled != nil else { throw .empty("password_enabled") }
        let days = shortest?.days ?? 0
        return .fail(
            "No credential used for \(days.days) (limit: \(limit.days))",
            evidence + reading.listedKeys(user.activeKeys, of: user))
    }

    var examples: [Example] {
        [
            .passes("password and key are in use") { $0.hold(credentials: .sample) },
            .passes("the password is unused, and the key is in use") {
                $0.hold(credentials: .sample { $0.password.lastUsed = Criteria.sample.daysAgo(200) })
            },
            .passes("a user without credentials is not evaluated") {
                $0.hold(
                    credentials: .sample,
                    .sample {
                        $0.name = "empty"
                        $0.arn = "arn:aws:iam::123456789012:user/empty"
                        $0.password = .init(isEnabled: false)
                        $0.accessKeys = []
                    })
            },
            .fails("neither password nor key was used for a long time") {
                $0.hold(
                    credentials: .sample {
                        $0.password.lastUsed = Criteria.sample.daysAgo(200)
                        $0.accessKeys[0].lastUsed = Criteria.sample.daysAgo(100)
                    })
            },
            .fails("the only credential is a key that was never used") {
                $0.hold(
                    credentials: .sample(
                        key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(60))))
            },
            .passes("a new key was never used") {
                $0.hold(
                    credentials: .sample(
                        key: .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(2))))
            },
            .unknown("the listed credentials are unused, but the report does not list all keys") {
                $0.hold(
                    credentials: .withAdditionalKey {
                        $0.password.lastUsed = Criteria.sample.daysAgo(200)
                        $0.accessKeys[0].lastUsed = Criteria.sample.daysAgo(100)
                    })
            },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the password is unused, and the report has no date for the key") {
                $0.hold(
                    credentials: .sample {
                        $0.password.lastUsed = Criteria.sample.daysAgo(200)
                        $0.accessKeys = [.init(number: 1, isActive: true)]
                    })
            },
        ]
    }
}

/// A credential for signing in or for calling AWS.
private enum Credential {
    case password
    case key(UserCredentials.AccessKey)

    func idleness(of user: UserCredentials, by reading: Reading) throws(Unknown) -> Idleness {
        switch self {
        case .password: try Idleness(ofPasswordOf: user, by: reading)
        case .key(let key): try Idleness(of: key, by: reading)
        }
    }
}

extension UserCredentials {
    fileprivate var enabledCredentials: [Credential] {
        (password.isEnabled == true ? [.password] : []) + activeKeys.map { .key($0) }
    }

    fileprivate var mayHaveCredentials: Bool { password.isEnabled != false || mayHaveActiveKey }
}
