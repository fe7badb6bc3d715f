import Posture

/// The customer's data: storage, databases, and the copies of them.
enum Content {
    static let checks: [any Check] = [databaseEncryption]
}
