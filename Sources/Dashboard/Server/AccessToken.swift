public import Basics
import Crypto
import Foundation

/// A secret that opens the dashboard or the metrics.
///
/// It is kept as its hash under a key of this process, so that a comparison takes the same time whatever is compared.
public struct AccessToken: Sendable {
    private let key: SymmetricKey
    private let code: HMAC<SHA256>.MAC

    /// The least number of characters: what a person invents is guessed sooner.
    public static let leastLength = 16
    private static let greatestLength = 1_024

    /// - Throws: ``Failure`` if the token is too short or too long to be one, or contains other than printable ASCII.
    public init(_ text: String, from place: String) throws(Failure) {
        guard (Self.leastLength...Self.greatestLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Failure(
                "the token in \(place) cannot be used",
                why: "it must be \(Self.leastLength) to \(Self.greatestLength) printable ASCII characters, no spaces",
                advice: "write one with: openssl rand -base64 32")
        }
        key = SymmetricKey(size: .bits256)
        code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
    }

    /// Compares in a time that does not depend on the token.
    func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Self.greatestLength else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Data(text.utf8), using: key)
    }

    /// Returns a new token of 256 random bits.
    public static func random() -> String { Base64URL.text(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }) }
}

/// Base64 that needs no escape in cookies, forms and paths (RFC 4648, section 5), without padding.
enum Base64URL {
    static func text(_ bytes: Data) -> String {
        String(
            bytes.base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    static func bytes(_ text: some StringProtocol) -> Data? {
        let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
