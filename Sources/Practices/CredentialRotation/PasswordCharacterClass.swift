import AWSClient
import Inventory
import Posture

/// Passwords must contain a kind of character: one check for each of the four kinds.
struct PasswordCharacterClass: Check {
    static let lowercase = PasswordCharacterClass(
        "lowercase", "a lowercase letter", field: "RequireLowercaseCharacters", \.requiresLowercase, severity: .low,
        securityHub: "IAM.12")
    static let uppercase = PasswordCharacterClass(
        "uppercase", "an uppercase letter", field: "RequireUppercaseCharacters", \.requiresUppercase, severity: .medium,
        securityHub: "IAM.11")
    static let number = PasswordCharacterClass(
        "number", "a digit", field: "RequireNumbers", \.requiresNumbers, severity: .medium, securityHub: "IAM.14")
    static let symbol = PasswordCharacterClass(
        "symbol", "a symbol", field: "RequireSymbols", \.requiresSymbols, severity: .medium, securityHub: "IAM.13")

    let about: About
    /// In words: "a digit".
    private let kind: String
    /// In AWS's words: `RequireNumbers`.
    private let field: String
    private let requirement: any WritableKeyPath<PasswordPolicy, Bool> & Sendable

    private init(
        _ name: String, _ kind: String, field: String,
        _ requirement: any WritableKeyPath<PasswordPolicy, Bool> & Sendable, severity: Severity,
        securityHub control: String
    ) {
        self.kind = kind
        self.field = field
        self.requirement = requirement
        about = About(
            id: "iam-password-policy-\(name)",
            title: "Passwords must contain \(kind)",
            practice: .credentialRotation,
            severity: severity,
            risk: "Passwords of few kinds of characters are guessed sooner.",
            judges: PasswordRule.judges,
            remedy: "Demand \(kind) in the account's password policy.",
            references: [
                .prowler("iam_password_policy_\(name)"), .securityHub("IAM.7"), .securityHub("IAM.10"),
                .securityHub(control), .config("iam-password-policy"),
            ],
            sources: PasswordRule.sources,
            reads: [.passwordPolicy])
    }

    func evaluate(_ reading: Reading) throws(Unknown) -> [Verdict] {
        try PasswordRule.judge(reading) { policy in
            let isRequired = policy[keyPath: requirement]
            let evidence = Evidence(field, .bool(isRequired), from: .getAccountPasswordPolicy)
            return isRequired
                ? .pass("Passwords must contain \(kind)", evidence)
                : .fail("Passwords need not contain \(kind)", evidence)
        }
    }

    var examples: [Example] {
        PasswordRule.examples + [
            .fails("passwords need not contain \(kind)") {
                $0.passwordPolicy = PasswordRule.policy { $0[keyPath: requirement] = false }
            }
        ]
    }
}
