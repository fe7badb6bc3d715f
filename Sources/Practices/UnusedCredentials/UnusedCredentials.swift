import Posture

/// Unused credentials are terminated before an attacker uses them.
enum UnusedCredentials {
    static let checks: [any Check] = [
        UserUnused(),
        AccessKeyUnused(),
        PasswordUnused(),
        InitialAccessKey(),
    ]
}
