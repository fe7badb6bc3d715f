public import Posture

/// Every fix that Parapet knows, in the order in which a plan applies them.
public enum Fixes {
    public static let all: [Fix] =
        AuditTrail.fixes + [TrailAccessLogging.fix, FlowLogs.fix] + TrailProtection.fixes
        + [
            LogEncryption.keyRotationFix, NetworkExposure.portFix, RootAccount.keyFix, CredentialRotation.passwordPolicyFix, UnusedCredentials.accessKeyFix,
        ]

    /// The ids of the checks that a fix serves, other than by telling a person what to do.
    public static let checks = Set(all.filter { !$0.calls.isEmpty }.flatMap(\.checks))

    /// Why a check has no fix, for a person.
    public static func reasonForNone(_ check: String) -> String {
        "Parapet has no fix for it yet: 'parapet explain \(check)' says what a person does"
    }
}
