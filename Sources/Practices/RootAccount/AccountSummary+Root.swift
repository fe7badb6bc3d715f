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
    /// - Returns: `nil` if the root user has credentials, or if that is unknown.
    func evidenceOfNoCredentials(_ summary: AccountSummary) -> [Evidence]? {
        guard !summary.rootHasAccessKeys else { return nil }
        let isGovCloud = account.partition == Partition.awsGovCloud.id
        if summary.rootHasPassword == false { return summary.rootEvidence }
        guard summary.rootHasPassword == nil || isGovCloud,
            (try? account[.credentialReport].value.root?.password.isEnabled) == false
        else { return nil }
        return summary.rootEvidence + [Evidence("password_enabled", false, from: .getCredentialReport)]
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
