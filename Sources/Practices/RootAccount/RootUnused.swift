import AWSClient
import Basics
import FoundationEssentials
import Inventory
import Posture

/// Daily work as the root user cannot be attributed to a person or limited by IAM policies, and its mistakes may be
/// irreversible.
struct RootUnused: Check {
    let about = About(
        id: "root-unused",
        title: "Root user should not be used for everyday tasks",
        practice: .rootAccount, severity: .high,
        risk: "Root activity is not limited by IAM policies and cannot be attributed to a person.",
        judges: """
            The latest use of the password and of both access keys is evaluated, as listed in the credential report. A \
            value equal to the limit passes.
            """,
        remedy: """
            Find out who used the root user and for which task, assign the task to a role, and store the root \
            credentials safely.
            """,
        references: [
            .prowler("iam_avoid_root_usage"), .securityHub("IAM.20"),
            .cis("1.4", "1.7"), .cis("3.0", "1.7"), .cis("5.0", "1.6"),
        ],
        sources: [
            "IAM User Guide: Root user best practices for your AWS account",
            "IAM User Guide: Generate credential reports for your AWS account",
        ],
        reads: [.credentialReport],
        settings: ["root-use-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let report = try reading[.credentialReport].value
        guard let root = report.root else {
            throw Unknown(
                .notFound, call: Operation.getCredentialReport.description,
                detail: "the credential report has no row for the root user")
        }
        var judgement = judge(root, by: reading)
        judgement.evidence += report.generationEvidence
        return [Verdict(on: .account(reading.account), judgement)]
    }

    private func judge(_ root: UserCredentials, by reading: Reading) -> Judgement {
        let limit = reading.settings.rootUseDays
        let evidence =
            [Evidence("password_last_used", JSON(root.password.lastUsed), from: .getCredentialReport)]
            + root.accessKeys.flatMap { [$0.activityEvidence, $0.useEvidence] }
        var uses = root.accessKeys.compactMap { key in
            key.lastUsed.map { (when: $0, what: "access key \(key.number)") }
        }
        if let signIn = root.password.lastUsed { uses.append((when: signIn, what: "password")) }
        guard let latest = uses.max(by: { $0.when < $1.when }) else {
            return .pass("Root user was never used", evidence)
        }
        let days = reading.days(since: latest.when)
        return days < limit
            ? .fail("Root user's \(latest.what) was last used \(days.daysAgo) (limit: \(limit.days))", evidence)
            : .pass("Root user was last used \(days.daysAgo)", evidence)
    }

    var examples: [Example] {
        [
            .passes("the root user was used two years ago") { $0.hold(credentials: .sample) },
            .passes("the root user was never used") { $0.use(password: nil) },
            .passes("the last use of the root user is exactly as old as the limit") { $0.use(password: 90) },
            .fails("the root user signed in a day too recently") { $0.use(password: 89) },
            .fails("a key of the root user was used yesterday, but its password years ago") {
                $0.use(password: 700, key: 1)
            },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
            .unknown("the report has no row for the root user") {
                $0[.credentialReport] = .known(CredentialReport(users: [.sample]))
            },
        ]
    }
}

extension Account {
    /// Sets the root user's last uses, in days before the sample's time.
    fileprivate mutating func use(password: Int?, key: Int? = nil) {
        var root = UserCredentials.rootSample
        root.password.lastUsed = password.map { Criteria.sample.daysAgo($0) }
        root.accessKeys[1].lastUsed = key.map { Criteria.sample.daysAgo($0) }
        self[.credentialReport] = .known(CredentialReport(root: root, users: []))
    }
}
