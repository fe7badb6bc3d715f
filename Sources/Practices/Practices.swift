import EffectiveAccess
public import Inventory
public import Posture

/// All checks, by practice.
public enum Catalogue {
    public static let checks: [any Check] =
        AuditTrail.checks + TrailAccessLogging.checks + FlowLogs.checks + Permissions.checks + TrailProtection.checks
        + LogEncryption.checks + CredentialRotation.checks + NetworkExposure.checks + RootAccount.checks
        + UnusedCredentials.checks + Content.checks + Workloads.checks

    /// Every facet that a check, a question about access or the head of a report reads, with the facets that these
    /// require.
    public static let facets = Facet.closure(
        of: checks.reduce(into: Landscape.escalationReads.union(Facet.shown)) { $0.formUnion($1.about.reads) })
}
