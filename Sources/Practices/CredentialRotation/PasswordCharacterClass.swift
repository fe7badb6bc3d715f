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
        characterClass("number", "a digit", "RequireNumbers", \.requireNumbers, .medium, "IAM.14"),
        characterClass("symbol", "a symbol", "RequireSymbols", \.requireSymbols, .medium, "IAM.13"),
    ]

    private static func characterClass(
        _ name: String, _ kind: String, _ fact: String,
        _ requirement: any WritableKeyPath<PasswordPolicy, Bool> & Sendable, _ severity: Severity, _ control: String
    ) -> Condition {
        Condition(
            About(
                id: "iam-password-policy-\(name)",
                title: "Passwords must contain \(kind)",
                practice: .credentialRotation, severity: severity,
                risk: "Passwords of few kinds of characters are guessed sooner.",
                judges: PasswordRule.judges,
                remedy: "Demand \(kind) in the account's password policy.",
                references: [
                    .prowler("iam_password_policy_\(name)"), .securityHub("IAM.7"), .securityHub("IAM.10"),
                    .securityHub(control), .config("iam-password-policy"),
                ],
                sources: PasswordRule.sources),
            each: .passwordPolicy, requirement, is: true, fact: fact,
            pass: "Passwords must contain \(kind)", fail: "Passwords need not contain \(kind)",
            examples: [PasswordRule.noPolicy])
    }
}
