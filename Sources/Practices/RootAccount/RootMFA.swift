import AWSClient
import Basics
import Inventory
import Posture

/// With MFA, the password of the most powerful user alone does not give access to the account.
struct RootMFA: Check {
    let about = About(
        id: "root-mfa",
        title: "Root user should have MFA enabled",
        practice: .rootAccount, severity: .critical,
        risk: "One guessed, leaked or reset password gives full control of the account.",
        judges: """
            A root user without password and access keys needs no MFA. Organizations can remove root credentials of \
            member accounts.
            """,
        remedy: "Sign in as root and register at least one MFA device (two recommended).",
        references: [
            .prowler("iam_root_mfa_enabled"), .securityHub("IAM.9"),
            .cis("1.4", "1.5"), .cis("3.0", "1.5"), .cis("5.0", "1.4"),
            .config("root-account-mfa-enabled"),
        ],
        sources: [
            "IAM User Guide: Multi-factor authentication for AWS account root user",
            "IAM User Guide: Centrally manage root access for member accounts",
        ],
        reads: [.accountSummary, .credentialReport])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        reading.judgeAccount { () throws(Unknown) in
            let summary = try reading[.accountSummary].value
            if summary.rootHasMFA { return .pass("Root user has MFA enabled", summary.rootEvidence) }
            if let evidence = try reading.evidenceOfNoCredentials(summary) {
                return .pass("Root user has no password and no access keys, and needs no MFA", evidence)
            }
            return .fail("Root user has no MFA", summary.rootEvidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the root user has MFA") { $0[.accountSummary] = .known(.sample) },
            .passes("the root user has no password and no key") {
                $0[.accountSummary] = .known(.withoutRootCredentials)
            },
            .passes("only the credential report states that the root user has no password") {
                $0[.accountSummary] = .known(.sayingNothingOfRootsPassword)
                $0.holdRootWithoutPassword()
            },
            .fails("the credential report does not state whether the root user has a password") {
                $0[.accountSummary] = .known(.sayingNothingOfRootsPassword)
                $0.hold(credentials: .sample)
            },
            .fails("the root user has no MFA") { $0[.accountSummary] = .known(.sample { $0.rootHasMFA = false }) },
            .fails("the root user has no MFA and no password, but a key") {
                $0[.accountSummary] = .known(
                    AccountSummary(rootHasAccessKeys: true, rootHasMFA: false, rootHasPassword: false))
            },
            .unknown("the account summary cannot be read") { $0[.accountSummary] = .denied(.getAccountSummary) },
        ]
    }
}
