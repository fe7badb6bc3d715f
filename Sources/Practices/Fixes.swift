public import Posture

/// Every fix that Parapet knows, in the order in which a plan applies them.
public enum Fixes {
    public static let all: [Fix] =
        AuditTrail.fixes + [TrailAccessLogging.fix, FlowLogs.fix] + TrailProtection.fixes
        + [
            LogEncryption.keyRotationFix, NetworkExposure.portFix, RootAccount.keyFix,
            CredentialRotation.passwordPolicyFix, UnusedCredentials.accessKeyFix,
        ]

    /// The ids of the checks that a fix serves, other than by telling a person what to do.
    public static let checks = Set(all.filter { !$0.calls.isEmpty }.flatMap(\.checks))

    /// What fixes the failing findings of a check, or why nothing does, for a person.
    public static func explanation(for check: String) -> String {
        guard let fix = all.first(where: { $0.checks.contains(check) }) else { return reasonForNone(check) }
        return "\(fix.summary) 'parapet fix plan --check \(check)' shows the steps and changes nothing."
    }

    /// Why a check has no fix, for a person.
    public static func reasonForNone(_ check: String) -> String {
        let reasons = [
            ("root-", "Parapet has no fix: only the root user itself can make the change, with its own credentials."),
            (
                "trail-bucket-mfa-delete",
                "Parapet has no fix: only the root user can enable MFA delete, with its device."
            ),
            ("s3-bucket-mfa-delete", "Parapet has no fix: only the root user can enable MFA delete, with its device."),
            ("iam-access-key-rotation", "Parapet has no fix: the new key must be handed to whatever uses the old one."),
            ("iam-password-unused", "Parapet has no fix: a password that is removed cannot be restored."),
            ("iam-user-unused", "Parapet has no fix: a password that is removed cannot be restored."),
            ("iam-", "Parapet has no fix: who loses which permission is a decision about people and programs."),
            ("network-acl-", "Parapet has no fix: the order of the entries decides what else would be cut off."),
            ("security-group-", "Parapet has no fix: what else the rules admit is a decision about the applications."),
            ("trail-bucket-access", "Parapet has no fix: who needs the logs is a decision about people and programs."),
            ("trail-control", "Parapet has no fix: who administers the trails is a decision about people."),
        ]
        // A name that ends in a hyphen stands for all that begin with it.
        return reasons.first { $0.0.hasSuffix("-") ? check.hasPrefix($0.0) : check == $0.0 }?.1
            ?? "Parapet has no fix for this check yet; 'parapet explain \(check)' says what a person does."
    }
}
