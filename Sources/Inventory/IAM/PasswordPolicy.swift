import AWSClient

/// The account's password policy for IAM users.
public struct PasswordPolicy: Sendable, Codable, Hashable {
    public var minimumLength: Int
    public var requiresSymbols: Bool
    public var requiresNumbers: Bool
    public var requiresUppercase: Bool
    public var requiresLowercase: Bool
    /// `nil` if passwords never expire.
    public var maximumAgeInDays: Int?
    /// How many former passwords may not be used again; `nil` if all may.
    public var reusePrevention: Int?
}

extension Facet {
    /// `nil` if the account has no password policy of its own.
    public static let passwordPolicy = FacetOf.ofAccount(
        "passwordPolicy", IAM.getAccountPasswordPolicy(), absent: "NoSuchEntity"
    ) {
        $0.first.map { PasswordPolicy($0.passwordPolicy) }
    }
}

extension PasswordPolicy {
    fileprivate init(_ answer: GetAccountPasswordPolicyAnswer.PasswordPolicy) {
        self.init(
            minimumLength: answer.minimumPasswordLength ?? 6, requiresSymbols: answer.requireSymbols ?? false,
            requiresNumbers: answer.requireNumbers ?? false,
            requiresUppercase: answer.requireUppercaseCharacters ?? false,
            requiresLowercase: answer.requireLowercaseCharacters ?? false,
            maximumAgeInDays: (answer.maxPasswordAge ?? 0) > 0 ? answer.maxPasswordAge : nil,
            reusePrevention: (answer.passwordReusePrevention ?? 0) > 0 ? answer.passwordReusePrevention : nil)
    }
}

extension PasswordPolicy: Sampled {
    public static var sample: PasswordPolicy {
        PasswordPolicy(
            minimumLength: 14, requiresSymbols: true, requiresNumbers: true, requiresUppercase: true,
            requiresLowercase: true, maximumAgeInDays: 90, reusePrevention: 24)
    }
}
