import AWSClient
import Basics
import Inventory
import Posture

/// A stolen password works until it is changed.
struct PasswordExpiry: Check {
    let about = About(
        id: "iam-password-policy-expiry",
        title: "Password policy should expire passwords",
        practice: .credentialRotation, severity: .medium,
        risk: "A stolen password stays valid without a time limit.",
        judges: PasswordRule.judges + """
            CIS benchmarks from version 1.4 no longer recommend password expiration, and NIST SP 800-63B advises \
            against it. This practice requires it. Mute the finding if your organization follows them.
            """,
        remedy: "Enable password expiration within the limit.",
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
                ? .fail("Passwords expire after \(age.days) (limit: \(limit.days))", evidence)
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
