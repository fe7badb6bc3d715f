public import Posture

/// Every check that Parapet knows, practice by practice.
public enum Catalogue {
    public static let checks: [any Check] =
        AuditTrail.checks + TrailAccessLogging.checks + FlowLogs.checks + Permissions.checks + TrailProtection.checks
        + LogEncryption.checks + CredentialRotation.checks + NetworkExposure.checks + RootAccount.checks
        + UnusedCredentials.checks
}
