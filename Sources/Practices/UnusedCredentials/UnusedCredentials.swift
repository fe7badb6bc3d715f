import Posture

/// Credentials that nobody uses are terminated before somebody else uses them.
enum UnusedCredentials {
    static let checks: [any Check] = [
        UserUnused(),
        AccessKeyUnused(),
        PasswordUnused(),
        InitialAccessKey(),
    ]
}
