import AWSClient
import Basics
import Inventory
import Posture

/// A user none of whose credentials is in use has gone, or never came.
struct UserUnused: Check {
    let about = About(
        id: "iam-user-unused",
        title: "No user has let all its credentials lie unused",
        practice: .unusedCredentials, severity: .medium,
        risk: "The account of somebody who left keeps its permissions, and waits for whoever finds its credentials.",
        judges: """
            Users with a password or an active access key are judged: one fails when every one of these has been idle \
            for longer than the limit. What was never used has been idle since it was made.
            """,
        remedy: "Disable the user: remove its console access and deactivate its keys; later, delete it.",
        references: [
            .securityHub("IAM.8"), .securityHub("IAM.22"), .config("iam-user-unused-credentials-check"),
        ],
        sources: ["IAM User Guide: Find unused AWS credentials"],
        reads: [.credentialReport, .identities],
        settings: ["unused-credential-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: \.mayHaveCredentials, doubtful: .fail) { user throws(Unknown) in
            try judge(user, by: reading)
        }
    }

    /// One credential in use settles it, although another's dates are not known.
    private func judge(_ user: UserCredentials, by reading: Reading) throws(Unknown) -> Judgement {
        let limit = reading.settings.unusedCredentialDays
        let evidence =
            user.passwordEvidence + user.activeKeys.flatMap { [$0.useEvidence, $0.ageEvidence] }
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
        return .fail("No credential of the user was used for \(days.days); the limit is \(limit)", evidence)
    }

    var examples: [Example] {
        [
            .passes("password and key are in use") { $0.hold(credentials: .sample) },
            .passes("the password is idle, and the key is in use") {
                $0.hold(credentials: .sample { $0.password.lastUsed = Criteria.sample.daysAgo(200) })
            },
            .passes("a user without credentials is not judged") {
                $0.hold(
                    credentials: .sample,
                    .sample {
                        $0.name = "empty"
                        $0.arn = "arn:aws:iam::123456789012:user/empty"
                        $0.password = .init(isEnabled: false)
                        $0.accessKeys = []
                    })
            },
            .fails("neither password nor key has been used for long") {
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
            .unknown("what the report shows is idle, and it does not show all keys") {
                $0.hold(
                    credentials: .withAdditionalKey {
                        $0.password.lastUsed = Criteria.sample.daysAgo(200)
                        $0.accessKeys[0].lastUsed = Criteria.sample.daysAgo(100)
                    })
            },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the password is idle, and the report has no date for the key") {
                $0.hold(
                    credentials: .sample {
                        $0.password.lastUsed = Criteria.sample.daysAgo(200)
                        $0.accessKeys = [.init(number: 1, isActive: true)]
                    })
            },
        ]
    }
}

/// What a user can sign in or call with.
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
