import AWSClient
import Basics
import Inventory
import Posture

/// Each character more makes guessing dearer than any rule about kinds of characters.
struct PasswordLength: Check {
    let about = About(
        id: "iam-password-policy-length",
        title: "Passwords are long enough",
        practice: .credentialRotation, severity: .medium,
        risk: "Short passwords are guessed.",
        judges: PasswordRule.judges,
        remedy: "Raise the minimum length of passwords.",
        references: [
            .prowler("iam_password_policy_minimum_length_14"), .securityHub("IAM.7"), .securityHub("IAM.10"),
            .securityHub("IAM.15"), .cis("1.4", "1.8"), .cis("3.0", "1.8"), .cis("5.0", "1.7"),
            .config("iam-password-policy"),
        ],
        sources: PasswordRule.sources,
        reads: [.passwordPolicy],
        settings: ["password-minimum-length"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let needed = reading.settings.passwordMinimumLength
        return try reading.judgeEach(.passwordPolicy) { policy in
            let length = policy.minimumPasswordLength
            let evidence = Evidence("MinimumPasswordLength", .int(length), from: .getAccountPasswordPolicy)
            return length < needed
                ? .fail("Passwords may have \(length) characters; \(needed) are needed", evidence)
                : .pass("Passwords have at least \(length) characters", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("passwords may be one character too short") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.minimumPasswordLength = 13 }
            }
        ]
    }
}
