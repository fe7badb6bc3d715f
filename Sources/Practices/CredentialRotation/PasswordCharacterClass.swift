import AWSClient
import Basics
import Inventory
import Posture

extension CredentialRotation {
    /// Passwords must contain each of four kinds of characters: one check for each kind.
    static let characterClasses = [
        characterClass(
            "lowercase", "a lowercase letter", "RequireLowercaseCharacters", \.requireLowercaseCharacters, .low,
            "IAM.12"),
        characterClass(
            "uppercase", "an uppercase letter", "RequireUppercaseCharacters", \.requireUppercaseCharacters, .medium,
            "IAM.11"),
        characterClass("number", "a number", "RequireNumbers", \.requireNumbers, .medium, "IAM.14"),
        characterClass("symbol", "a symbol", "RequireSymbols", \.requireSymbols, .medium, "IAM.13"),
    ]

    private static func characterClass(
        _ name: String, _ kind: String, _ fact: String,
        _ requirement: any WritableKeyPath<PasswordPolicy, Bool> & Sendable, _ severity: Severity, _ control: String
    ) -> Condition {
        Condition(
            About(
                id: "iam-password-policy-\(name)",
                title: "Password policy should require \(kind)",
                practice: .credentialRotation, severity: severity,
                risk: "Low-complexity passwords are easier to brute-force.",
                judges: PasswordRule.judges,
                remedy: "Require \(kind) in the password policy of the account.",
                references: [
                    .prowler("iam_password_policy_\(name)"), .securityHub("IAM.7"), .securityHub("IAM.10"),
                    .securityHub(control), .config("iam-password-policy"),
                ],
                sources: PasswordRule.sources),
            each: .passwordPolicy, requirement, is: true, fact: fact,
            pass: "The password policy requires \(kind)", fail: "The password policy does not require \(kind)",
            examples: [PasswordRule.noPolicy])
    }
}
