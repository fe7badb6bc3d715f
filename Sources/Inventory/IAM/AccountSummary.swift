import AWSClient

/// `GetAccountSummary`'s counts about the root user.
public struct AccountSummary: Sendable, Codable, Hashable {
    /// `AccountAccessKeysPresent`: whether root has an access key.
    public var rootHasAccessKeys: Bool
    /// `AccountMFAEnabled`: whether root has an MFA device.
    public var rootHasMFA: Bool
    /// `AccountPasswordPresent`; `nil` if AWS does not report it. The root user of a member account can lack a
    /// password.
    public var rootHasPassword: Bool?

    public init(rootHasAccessKeys: Bool, rootHasMFA: Bool, rootHasPassword: Bool? = nil) {
        self.rootHasAccessKeys = rootHasAccessKeys
        self.rootHasMFA = rootHasMFA
        self.rootHasPassword = rootHasPassword
    }
}

extension Facet {
    public static let accountSummary = FacetOf.ofAccount("accountSummary", IAM.getAccountSummary()) {
        answers throws(Unknown) in
        guard let summary = AccountSummary(try answers.only(.getAccountSummary)) else {
            throw Unknown(
                .failed, call: Operation.getAccountSummary.description,
                detail: "the summary lacks the counts about root")
        }
        return summary
    }
}

extension AccountSummary {
    /// Fails if AWS left out a count that a verdict depends on.
    fileprivate init?(_ answer: GetAccountSummaryAnswer) {
        let counts = Dictionary(answer.summaryMap.map { ($0.key, $0.value) }) { first, _ in first }
        guard let keys = counts["AccountAccessKeysPresent"], let mfa = counts["AccountMFAEnabled"] else { return nil }
        self.init(
            rootHasAccessKeys: keys > 0, rootHasMFA: mfa > 0,
            rootHasPassword: counts["AccountPasswordPresent"].map { $0 > 0 })
    }
}

extension AccountSummary: Sampled {
    public static var sample: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: true, rootHasPassword: true)
    }
}
