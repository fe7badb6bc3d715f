import AWSClient
import Basics
import Inventory
import Posture

/// The password of the most powerful user alone must not open the account.
struct RootMFA: Check {
    let about = About(
        id: "root-mfa",
        title: "The root user has MFA",
        practice: .rootAccount, severity: .critical,
        risk: "One guessed, leaked or reset password is enough to own the account.",
        judges: "A root user without password and keys, as an organization can have it for its members, needs no MFA.",
        remedy: "Sign in as root and register an MFA device, better two.",
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
            if summary.rootHasMFA { return .pass("Root has MFA", summary.rootEvidence) }
            if let evidence = reading.evidenceOfNoCredentials(summary) {
                return .pass("Root has neither password nor keys, and needs no MFA", evidence)
            }
            return .fail("Root has no MFA", summary.rootEvidence)
        }
    }

    var examples: [Example] {
        [
            .passes("root has MFA") { $0[.accountSummary] = .known(.sample) },
            .passes("root has no password and no key") { $0[.accountSummary] = .known(.withoutRootCredentials) },
            .passes("only the credential report says that root has no password") {
                $0[.accountSummary] = .known(.sayingNothingOfRootsPassword)
                $0.holdRootWithoutPassword()
            },
            .fails("the credential report does not say whether root has a password") {
                $0[.accountSummary] = .known(.sayingNothingOfRootsPassword)
                $0.hold(credentials: .sample)
            },
            .fails("root has no MFA") { $0[.accountSummary] = .known(.sample { $0.rootHasMFA = false }) },
            .fails("root has no MFA and no password, but a key") {
                $0[.accountSummary] = .known(
                    AccountSummary(rootHasAccessKeys: true, rootHasMFA: false, rootHasPassword: false))
            },
            .unknown("the account summary cannot be read") { $0[.accountSummary] = .denied(.getAccountSummary) },
        ]
    }
}
