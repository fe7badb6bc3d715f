import AWSClient
import Basics
import Inventory
import Posture

extension Reading {
    /// Returns evidence that the root user can neither sign in nor call AWS. This is so in a member account whose root
    /// credentials the organization removed, and in every account of AWS GovCloud (US), whose root user has no
    /// password. The summary does not show the latter, but the root user's row in the credential report does.
    ///
    /// Source: IAM User Guide, "Centrally manage root access for member accounts"; AWS GovCloud (US) User Guide, "Root
    /// user"; IAM User Guide, "Generate credential reports for your AWS account".
    /// - Returns: `nil` if the root user has credentials, or if AWS does not say so outside of GovCloud.
    /// - Throws: `Unknown` in GovCloud, if the root user has no key and its row cannot be read.
    func evidenceOfNoCredentials(_ summary: AccountSummary) throws(Unknown) -> [Evidence]? {
        guard !summary.rootHasAccessKeys else { return nil }
        if summary.rootHasPassword == false { return summary.rootEvidence }
        let isGovCloud = account.partition == Partition.awsGovCloud.id
        guard summary.rootHasPassword == nil || isGovCloud else { return nil }
        let hasPassword = isGovCloud ? try rootHasPassword : (try? rootHasPassword) ?? true
        if hasPassword { return nil }
        return summary.rootEvidence + [Evidence("password_enabled", false, from: .getCredentialReport)]
    }

    /// Whether the root user has a password, by its row in the credential report.
    private var rootHasPassword: Bool {
        get throws(Unknown) {
            if let hasPassword = try account[.credentialReport].value.root?.password.isEnabled { return hasPassword }
            throw Unknown(
                .failed, call: Operation.getCredentialReport.description,
                detail: "the credential report does not show whether the root user has a password")
        }
    }
}

extension AccountSummary {
    var rootEvidence: [Evidence] {
        [
            Evidence("AccountMFAEnabled", .bool(rootHasMFA), from: .getAccountSummary),
            Evidence("AccountPasswordPresent", JSON(rootHasPassword), from: .getAccountSummary),
            Evidence("AccountAccessKeysPresent", .bool(rootHasAccessKeys), from: .getAccountSummary),
        ]
    }

    /// A member account's root user without password and keys.
    static var withoutRootCredentials: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: false, rootHasPassword: false)
    }

    /// A root user without MFA; whether it has a password is not reported.
    static var sayingNothingOfRootsPassword: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: false)
    }
}

extension Account {
    /// Sets a root user without a password in the credential report.
    mutating func holdRootWithoutPassword() {
        var root = UserCredentials.rootSample
        root.password.isEnabled = false
        self[.credentialReport] = .known(CredentialReport(root: root, users: []))
    }
}
