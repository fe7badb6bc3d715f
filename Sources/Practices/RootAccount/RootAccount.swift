import Posture

/// Root has no keys, is well locked, and stays unused.
enum RootAccount {
    static let checks: [any Check] = [
        RootAccessKey(),
        RootMFA(),
        RootHardwareMFA(),
        RootUnused(),
    ]
}
