import AWSClient
import Basics
import Inventory
import Posture

/// Password expiry is worth nothing if the old password can be the new one.
struct PasswordReuse: Check {
    let about = About(
        id: "iam-password-policy-reuse",
        title: "Former passwords may not be used again",
        practice: .credentialRotation, severity: .medium,
        risk: "After a leak people go back to the password that leaked.",
        judges: PasswordRule.judges,
        remedy: "Let IAM remember as many former passwords as the limit says; 24 is its maximum.",
        references: [
            .prowler("iam_password_policy_reuse_24"), .securityHub("IAM.7"), .securityHub("IAM.10"),
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
            guard remembered > 0 else { return .fail("Every former password may be used again", evidence) }
            return remembered < needed
                ? .fail("The last \(remembered) passwords are refused; \(needed) are needed", evidence)
                : .pass("The last \(remembered) passwords are refused", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("every former password is allowed") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.passwordReusePrevention = nil }
            },
            .fails("one too few is remembered") {
                $0[.passwordPolicy] = PasswordRule.policy { $0.passwordReusePrevention = 23 }
            },
        ]
    }
}
