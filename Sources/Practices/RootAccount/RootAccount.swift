import Posture

/// The root user has no access keys, is protected by MFA, and stays unused.
enum RootAccount {
    static let checks: [any Check] = [
        RootAccessKey(),
        RootMFA(),
        RootHardwareMFA(),
        RootUnused(),
    ]
}
