import AWSClient
import Basics
import Inventory
import Posture

/// Password expiry is useless if users can reuse the old password.
struct PasswordReuse: Check {
    let about = About(
        id: "iam-password-policy-reuse",
        title: "Password policy should prevent password reuse",
        practice: .credentialRotation, severity: .medium,
        risk: "After a leak, users can return to the leaked password.",
        judges: PasswordRule.judges,
        remedy: """
            Configure the password policy to remember at least as many passwords as the limit; 24 is the maximum of \
            IAM.
            """,
        references: [
            .prowler("iam_password_policy_reuse_24"), .securityHub("IAM.7"), .securityHub("IAM.10").judging(by: 4),
            .securityHub("IAM.16"), .cis("1.4", "1.9"), .cis("3.0", "1.9"), .cis("5.0", "1.8"),
            .config("iam-password-policy"),
        ],
        sources: PasswordRule.sources,
        reads: [.passwordPolicy],
        settings: ["password-reuse-prevention"])

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        let needed = reading.settings.passwordReusePrevention
        return try reading.judgeEach(.passwordPolicy) { policy in
            let remembered = policy.passwordReusePrevention ?? 0
            let evidence = Evidence(
                "PasswordReusePrevention", JSON(policy.passwordReusePrevention), from: .getAccountPasswordPolicy)
            guard remembered > 0 else { return .fail("Password reuse is not prevented", evidence) }
            return remembered < needed
                ? .fail("Last \(remembered) passwords remembered (required: \(needed))", evidence)
                : .pass("Last \(remembered) passwords remembered", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("password reuse is not prevented") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.passwordReusePrevention = nil }
            },
            .fails("one too few is remembered") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.passwordReusePrevention = 23 }
            },
        ]
    }
}
