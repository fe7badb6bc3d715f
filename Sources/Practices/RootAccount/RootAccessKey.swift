import AWSClient
import Basics
import Inventory
import Posture

/// A root access key allows everything in the account, and no IAM policy limits it.
struct RootAccessKey: Check {
    let about = About(
        id: "root-access-key",
        title: "Root user should have no access key",
        practice: .rootAccount, severity: .critical,
        risk: """
            Root access keys give full control of the account and cannot be restricted by IAM policies; only SCPs apply, \
            in member accounts.
            """,
        judges: """
            Any access key fails, active or inactive. The account summary is evaluated. If it cannot be read, a key in \
            the credential report also fails.
            """,
        remedy: """
            Sign in as root, deactivate the key, verify that no workload needs it, then delete it. Use roles instead.
            """,
        references: [
            .prowler("iam_no_root_access_key"), .securityHub("IAM.4"),
            .cis("1.4", "1.4"), .cis("3.0", "1.4"), .cis("5.0", "1.3"),
            .config("iam-root-access-key-check"),
        ],
        sources: ["IAM User Guide: Root user best practices for your AWS account"],
        reads: [.accountSummary, .credentialReport])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        reading.judgeAccount { () throws(Unknown) in try judge(reading) }
    }

    private func judge(_ reading: Reading) throws(Unknown) -> Judgement {
        let keys = reading.account.knownRootKeys
        let details = keys.flatMap { [$0.activityEvidence, $0.ageEvidence, $0.useEvidence] }
        if case .unknown = reading[.accountSummary].state, !keys.isEmpty {
            return .fail("The credential report lists an access key of the root user", details)
        }
        let summary = try reading[.accountSummary].value
        let evidence = Evidence("AccountAccessKeysPresent", .bool(summary.rootHasAccessKeys), from: .getAccountSummary)
        return summary.rootHasAccessKeys
            ? .fail("Root user has an access key", [evidence] + details)
            : .pass("Root user has no access key", evidence)
    }

    var examples: [Example] {
        [
            .passes("the root user has no key") {
                $0[.accountSummary] = .known(.sample)
                $0.hold(credentials: .sample)
            },
            .fails("the root user has a key") {
                $0[.accountSummary] = .known(.sample { $0.rootHasAccessKeys = true })
                $0.hold(credentials: .sample)
            },
            .fails("the summary cannot be read, but the report lists a key of the root user") {
                $0[.accountSummary] = .denied(.getAccountSummary)
                $0[.credentialReport] = .known(CredentialReport(root: rootWithKey, users: []))
            },
            .unknown("the summary cannot be read, and the report lists no key of the root user") {
                $0[.accountSummary] = .denied(.getAccountSummary)
                $0.hold(credentials: .sample)
            },
        ]
    }

    private var rootWithKey: UserCredentials {
        var root = UserCredentials.rootSample
        root.accessKeys[0] = .init(number: 1, isActive: true, lastRotated: Criteria.sample.daysAgo(400))
        return root
    }
}

extension Account {
    /// The root user's keys, active or not, as the credential report lists them.
    fileprivate var knownRootKeys: [UserCredentials.AccessKey] {
        let keys = (try? self[.credentialReport].value.root?.accessKeys) ?? []
        return keys.filter { $0.isActive || $0.lastRotated != nil }
    }
}
