import AWSClient
import Basics
import Inventory
import Posture

extension Reading {
    /// What shows that root can neither sign in nor call: the state of a member account whose root credentials the
    /// organization removed, and of every account of AWS GovCloud (US), whose root has no password. Of that the summary
    /// says nothing, but root's row in the credential report does.
    ///
    /// Source: IAM User Guide, "Centrally manage root access for member accounts"; AWS GovCloud (US) User Guide, "Root
    /// user"; IAM User Guide, "Generate credential reports for your AWS account".
    /// - Returns: `nil` if root can, or if it is not known.
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

    /// A member account's root without password and keys.
    static var withoutRootCredentials: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: false, rootHasPassword: false)
    }

    /// A root without MFA, of whose password nothing is said.
    static var sayingNothingOfRootsPassword: AccountSummary {
        AccountSummary(rootHasAccessKeys: false, rootHasMFA: false)
    }
}

extension Account {
    /// A root of which the credential report says that it has no password.
    mutating func holdRootWithoutPassword() {
        var root = UserCredentials.rootSample
        root.password.isEnabled = false
        self[.credentialReport] = .known(CredentialReport(root: root, users: []))
    }
}
