public import AWSClient

/// The account's password policy for IAM users, as `GetAccountPasswordPolicy` answers.
public struct PasswordPolicy: Sendable, Codable, Hashable {
    @DefaultIfAbsent public var minimumPasswordLength: Int
    @DefaultIfAbsent public var requireSymbols: Bool
    @DefaultIfAbsent public var requireNumbers: Bool
    @DefaultIfAbsent public var requireUppercaseCharacters: Bool
    @DefaultIfAbsent public var requireLowercaseCharacters: Bool
    /// In days; `nil` or 0 if passwords never expire.
    public var maxPasswordAge: Int?
    /// Number of previous passwords that cannot be reused; `nil` or 0 if all can be.
    public var passwordReusePrevention: Int?
}

extension Facet {
    /// `nil` if the account has no custom password policy.
    public static let passwordPolicy = FacetOf.ofAccount(
        "passwordPolicy", IAM.getAccountPasswordPolicy(), absent: "NoSuchEntity"
    ) { (answers: [GetAccountPasswordPolicyAnswer<PasswordPolicy>]) in
        answers.first?.passwordPolicy
    }
}

extension PasswordPolicy: Sampled {
    public static var sample: PasswordPolicy {
        PasswordPolicy(
            minimumPasswordLength: 14, requireSymbols: true, requireNumbers: true, requireUppercaseCharacters: true,
            requireLowercaseCharacters: true, maxPasswordAge: 90, passwordReusePrevention: 24)
    }
}
