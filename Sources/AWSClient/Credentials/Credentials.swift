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

    /// Removes our secrets from a server's message, which can repeat the request.
    func hidden(in text: String) -> String { text.hiding([secretAccessKey, sessionToken]) }
}

extension String {
    /// Returns the text without the secrets: as they are, percent-encoded as in URLs, and with the escaped slashes of JSON.
    func hiding(_ secrets: [String?]) -> String {
        var text = self
        // A shorter secret occurs only in tests, and could be an ordinary word.
        for secret in secrets.compactMap(\.self) where secret.utf8.count >= 16 {
            let encoded = secret.utf8.map { byte in
                let isPlain = byte &- 48 < 10 || (byte | 0x20) &- 97 < 26 || "-._~".utf8.contains(byte)
                let digits = String(byte, radix: 16, uppercase: true)
                return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
            }.joined()
            for form in [secret, encoded, secret.replacing("/", with: #"\/"#)] {
                text = text.replacing(form, with: "(not shown)")
            }
        }
        return text
    }
}

/// A source of the credentials to sign with.
public protocol CredentialProvider: Sendable {
    /// Returns credentials that are valid now. Providers of temporary credentials renew them before they expire.
    func credentials() async throws(Failure) -> Credentials

    /// Notes that AWS rejected these credentials as expired.
    /// - Returns: whether the provider may return different ones next time.
    func discard(_ refused: Credentials) async -> Bool
}

extension CredentialProvider {
    public func discard(_ refused: Credentials) async -> Bool { false }
}

/// Fixed credentials.
public struct StaticCredentials: CredentialProvider {
    private let fixed: Credentials

    public init(_ credentials: Credentials) {
        fixed = credentials
    }

    public func credentials() async throws(Failure) -> Credentials { fixed }
}
