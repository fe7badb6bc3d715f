import AWSClient
import Basics
import Inventory
import Posture

/// A password that never expires stays stolen.
struct PasswordExpiry: Check {
    let about = About(
        id: "iam-password-policy-expiry",
        title: "Passwords expire",
        practice: .credentialRotation, severity: .medium,
        risk: "A password that was stolen years ago still works.",
        judges: PasswordRule.judges + """
             CIS no longer asks for expiry from version 1.4 on, and NIST SP 800-63B advises against it; this practice does ask for \
            it. Mute the finding if you follow them.
            """,
        remedy: "Let passwords expire within the limit.",
        references: [
            .prowler("iam_password_policy_expires_passwords_within_90_days_or_less"), .securityHub("IAM.7"),
            .securityHub("IAM.10"), .securityHub("IAM.17"), .config("iam-password-policy"),
        ],
        sources: PasswordRule.sources,
        reads: [.passwordPolicy],
        settings: ["password-maximum-age-days"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let limit = reading.settings.passwordMaximumAgeDays
        return try reading.judgeEach(.passwordPolicy) { policy in
            let evidence = Evidence(
                "MaxPasswordAge", JSON(policy.maxPasswordAge), from: .getAccountPasswordPolicy)
            guard let age = policy.maxPasswordAge, age > 0 else {
                return .fail("Passwords never expire", evidence)
            }
            return age > limit
                ? .fail("Passwords expire after \(age.days); the limit is \(limit)", evidence)
                : .pass("Passwords expire after \(age.days)", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("passwords never expire") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.maxPasswordAge = nil }
            },
            .fails("passwords expire a day too late") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.maxPasswordAge = 91 }
            },
        ]
    }
}
