import Crypto
import Foundation

/// Signs what a browser brings back, with a key that this process alone has: HMAC-SHA-256.
struct CookieSeal: Sendable {
    private let key = SymmetricKey(size: .bits256)

    /// - Parameter purpose: a word, so that what was signed for one thing is worth nothing for another.
    func code(_ purpose: String, _ text: String) -> String {
        Base64URL.text(Data(HMAC<SHA256>.authenticationCode(for: Self.message(purpose, text), using: key)))
    }

    /// Compares in a time that does not depend on the code.
    func isValid(_ code: some StringProtocol, _ purpose: String, _ text: String) -> Bool {
        guard code.utf8.count <= 64, let bytes = Base64URL.bytes(code) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: Self.message(purpose, text), using: key)
    }

    /// Returns `text` with its code.
    func sealed(_ purpose: String, _ text: String) -> String { "\(text).\(code(purpose, text))" }

    /// Returns the text of a sealed one, if its code is right.
    func opened(_ purpose: String, _ sealed: String) -> String? {
        guard sealed.utf8.count <= 4_096, let dot = sealed.lastIndex(of: ".") else { return nil }
        let text = String(sealed[..<dot])
        return isValid(sealed[sealed.index(after: dot)...], purpose, text) ? text : nil
    }

    /// Returns 128 random bits as text.
    static func nonce() -> String { Base64URL.text(SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }) }

    private static func message(_ purpose: String, _ text: String) -> Data { Data("\(purpose)\u{0}\(text)".utf8) }
}
