import Basics
import Foundation
import HTTPTypes
import Synchronization

/// Knows who is asking: sessions of people who have logged in with the token, or the name that a proxy tells.
final class LoginDesk: Sendable {
    /// The person who asks.
    struct Visitor: Sendable {
        var name: String
        /// Their session; `nil` if a proxy has logged them in.
        var session: String?
    }

    /// Why nobody is known.
    enum Refusal: Error, Sendable {
        /// They have not logged in.
        case login
        /// The proxy has not told a name, or this is not the proxy.
        case proxy
    }

    enum Attempt: Sendable {
        /// The value of the session's cookie.
        case done(cookie: String)
        case wrong
        case tooMany(wait: TimeInterval)
    }

    let cookies: Cookies
    let seal = CookieSeal()
    private let access: DashboardSettings.Access
    private let sessions = Mutex(SessionTable())
    private let limiter = Mutex(LoginLimiter())

    init(_ settings: DashboardSettings) {
        access = settings.access
        cookies = Cookies(isTLS: settings.certificate != nil)
    }

    /// Whether people log in here.
    var hasForm: Bool { if case .token = access { true } else { false } }

    func visitor(_ headers: HTTPFields, peer: IPAddress?, at time: Date) throws(Refusal) -> Visitor {
        switch access {
        case .token:
            for cookie in cookies.values(.session, in: headers) {
                guard let id = seal.opened("session", cookie) else { continue }
                if isAlive(id, at: time, isUse: true) { return Visitor(name: "token", session: id) }
            }
            throw .login
        case .header(let name, let proxies):
            guard let field = HTTPFieldNames.name(name), let peer, proxies.contains(peer.unmapped) else { throw .proxy }
            let names = headers[values: field]
            guard names.count == 1, !names[0].isEmpty, names[0].utf8.count <= 256, !RequestPath.hasControls(names[0])
            else { throw .proxy }
            return Visitor(name: names[0], session: nil)
        }
    }

    func isAlive(_ session: String, at time: Date, isUse: Bool) -> Bool {
        sessions.withLock { $0.isAlive(session, at: time, isUse: isUse) }
    }

    /// The token of this visitor's forms.
    func csrfToken(_ visitor: Visitor) -> String { seal.code("csrf", visitor.session ?? "\u{0}\(visitor.name)") }

    func isValid(csrfToken: String?, _ visitor: Visitor) -> Bool {
        seal.isValid(csrfToken ?? "", "csrf", visitor.session ?? "\u{0}\(visitor.name)")
    }

    /// Tries a token.
    func logIn(_ token: String, peer: IPAddress?, at time: Date) -> Attempt {
        guard case .token(let secret) = access else { return .wrong }
        if let wait = limiter.withLock({ $0.begin(peer, at: time) }) { return .tooMany(wait: wait) }
        guard secret.matches(token) else { return .wrong }
        limiter.withLock { $0.succeed(peer) }
        let id = CookieSeal.nonce()
        sessions.withLock { $0.start(id, at: time) }
        return .done(cookie: seal.sealed("session", id))
    }

    func logOut(_ visitor: Visitor) {
        guard let session = visitor.session else { return }
        sessions.withLock { $0.end(session) }
    }

    /// Returns the ticket that the login form's cookie holds.
    func ticket(_ headers: HTTPFields) -> LoginTicket? {
        cookies.values(.login, in: headers).lazy.compactMap { self.seal.opened("login", $0) }
            .compactMap { LoginTicket($0) }.first
    }
}
