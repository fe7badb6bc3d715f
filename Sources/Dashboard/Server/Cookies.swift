import Foundation
import HTTPTypes

/// The cookies of the dashboard.
struct Cookies: Sendable {
    enum Purpose: String, Sendable {
        case session
        /// The form of the login, and the page that was asked for.
        case login
    }

    let isTLS: Bool

    /// With the prefix, browsers take the cookie only over TLS and from this very host (RFC 6265bis, section 4.1.3.2).
    func name(_ purpose: Purpose) -> String { "\(isTLS ? "__Host-" : "")parapet-\(purpose.rawValue)" }

    /// Returns all values: another server on this host can have set one of the same name.
    func values(_ purpose: Purpose, in headers: HTTPFields) -> [String] {
        let name = name(purpose) + "="
        let pairs = headers[values: .cookie].flatMap { $0.split(separator: ";") }
        return pairs.prefix(50).compactMap { pair in
            let pair = pair.drop { $0 == " " }
            return pair.hasPrefix(name) ? String(pair.dropFirst(name.count)) : nil
        }
    }

    /// Returns the field's value that sets the cookie for as long as the browser runs; `nil` removes it.
    func field(_ purpose: Purpose, _ value: String?) -> String {
        let attributes = "Path=/; HttpOnly; SameSite=Strict" + (isTLS ? "; Secure" : "")
        return "\(name(purpose))=\(value ?? ""); \(attributes)\(value == nil ? "; Max-Age=0" : "")"
    }
}

/// The ticket of a login form: what its cookie holds.
struct LoginTicket: Sendable {
    let nonce: String
    /// The path to go to after the login.
    let back: String

    init(back: String?) {
        nonce = CookieSeal.nonce()
        self.back = RequestPath.local(back) ?? "/"
    }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = Base64URL.bytes(parts[1]) else { return nil }
        nonce = String(parts[0])
        back = RequestPath.local(String(decoding: bytes, as: UTF8.self)) ?? "/"
    }

    var text: String { "\(nonce).\(Base64URL.text(Data(back.utf8)))" }
}
