import AWSClient
import Basics
import Inventory
import Posture

/// Each additional character makes guessing harder than any rule about character classes.
struct PasswordLength: Check {
    let about = About(
        id: "iam-password-policy-length",
        title: "Password policy should require at least 14 characters",
        practice: .credentialRotation, severity: .medium,
        risk: "Short passwords are vulnerable to brute-force attacks.",
        judges: PasswordRule.judges,
        remedy: "Increase the minimum password length.",
        references: [
            .prowler("iam_password_policy_minimum_length_14"), .securityHub("IAM.7").judging(by: 8),
            .securityHub("IAM.10").judging(by: 7),
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
                ? .fail("Minimum length is \(length) (required: \(needed))", evidence)
                : .pass("Minimum length is \(length)", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("the minimum length is one character too short") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.minimumPasswordLength = 13 }
            }
        ]
    }
}
