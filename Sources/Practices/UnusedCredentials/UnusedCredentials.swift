import Posture

/// Unused credentials are removed before an attacker uses them.
enum UnusedCredentials {
    static let checks: [any Check] = [
        UserUnused(),
        AccessKeyUnused(),
        PasswordUnused(),
        InitialAccessKey(),
    ]
}
