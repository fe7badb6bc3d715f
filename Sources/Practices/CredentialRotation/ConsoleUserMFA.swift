import AWSClient
import Basics
import Inventory
import Posture

/// With MFA, a password alone does not give access to the console.
struct ConsoleUserMFA: Check {
    let about = About(
        id: "iam-user-console-mfa",
        title: "IAM users with a console password should have MFA",
        practice: .credentialRotation, severity: .high,
        risk: "An attacker who guesses or steals the password can sign in as the user.",
        judges: "Every IAM user with a console password is evaluated, whether or not the password was ever used.",
        remedy: "Register an MFA device for the user, or remove the password if the user does not need the console.",
        references: [
            .prowler("iam_user_mfa_enabled_console_access"), .securityHub("IAM.5"),
            .cis("1.4", "1.10"), .cis("3.0", "1.10"), .cis("5.0", "1.9"),
            .config("mfa-enabled-for-iam-console-access"),
        ],
        sources: ["IAM User Guide: AWS multi-factor authentication in IAM"],
        reads: [.credentialReport, .identities])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try reading.judgeCredentials(where: { $0.password.isEnabled != false }) { user throws(Unknown) in
            let evidence = [
                Evidence("mfa_active", .bool(user.hasMFA), from: .getCredentialReport), user.passwordEvidence[0],
            ]
            if user.hasMFA { return .pass("The user has MFA enabled", evidence) }
            guard user.password.isEnabled != nil else { throw .empty("password_enabled") }
            return .fail("The user has a console password but no MFA device", evidence)
        }
    }

    var examples: [Example] {
        [
            .passes("the user has MFA") { $0.hold(credentials: .sample) },
            .passes("a user without a password is not evaluated") {
                $0.hold(credentials: .sample, .sample(key: .init(number: 1, isActive: true)))
            },
            .fails("the user has a password and no MFA") { $0.hold(credentials: .sample { $0.hasMFA = false }) },
            .fails("the password was never used") {
                $0.hold(
                    credentials: .sample {
                        $0.hasMFA = false
                        $0.password.lastUsed = nil
                    })
            },
            .unknown("the report does not state whether the user has a password") {
                $0.hold(
                    credentials: .sample {
                        $0.hasMFA = false
                        $0.password = .init(isEnabled: nil)
                    })
            },
            .unknown("the credential report cannot be read") { $0[.credentialReport] = .denied(.getCredentialReport) },
        ]
    }
}
