public import Basics
public import FoundationEssentials

/// An access key, with a session token if the key is temporary. Its secrets are never printed.
public struct Credentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    public var accessKeyID: String
    public var secretAccessKey: String
    public var sessionToken: String?
    /// `nil` for keys that do not expire.
    public var expiration: Date?

    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    public var description: String { "credentials \(accessKeyID)" }
    public var debugDescription: String { description }
}

/// Something that can tell the credentials to sign with.
public protocol CredentialProvider: Sendable {
    /// Credentials that are valid now. Providers of temporary credentials get new ones before they expire.
    func credentials() async throws(Failure) -> Credentials

    /// Takes note that AWS called these credentials expired.
    /// - Returns: whether asking again may give others.
    func discard(_ refused: Credentials) async -> Bool
}

extension CredentialProvider {
    public func discard(_ refused: Credentials) async -> Bool { false }
}

/// Credentials that are given once and stay as they are.
public struct StaticCredentials: CredentialProvider {
    private let fixed: Credentials

    public init(_ credentials: Credentials) {
        fixed = credentials
    }

    public func credentials() async throws(Failure) -> Credentials { fixed }
}
