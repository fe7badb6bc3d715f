import AWSClient
import Basics
import Inventory
import Posture

extension AccountSummary {
    /// Whether root can neither sign in nor call: the state of a member account whose root credentials the organization
    /// removed.
    ///
    /// Source: IAM User Guide, "Centrally manage root access for member accounts".
    var rootHasNoCredentials: Bool { rootHasPassword == false && !rootHasAccessKeys }

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
}
