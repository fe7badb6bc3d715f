public import Basics
import HTTPTypes

/// How the dashboard is reached, and what it allows.
public struct DashboardSettings: Sendable {
    /// Who may see the pages.
    public enum Access: Sendable {
        /// Whoever knows the token.
        case token(AccessToken)
        /// Whom a proxy has logged in: it tells the name in a header field, which counts only from these addresses.
        case header(String, from: AddressSet)
    }

    public var address: ListenAddress
    public var hosts: AllowedHosts
    public var access: Access
    /// Whether findings can be muted and alerts acknowledged.
    public var allowsWrites: Bool
    public var certificate: ServerCertificate?
    /// What programs on other machines must send to read `/metrics`.
    public var metricsToken: AccessToken?
    /// The number of connections; more wait until one ends.
    public var connections: Int {
        get { limits.connections }
        set { limits.connections = newValue }
    }
    var limits = ConnectionLimits(connections: 1_000)

    public init(
        address: ListenAddress, hosts: AllowedHosts, access: Access, allowsWrites: Bool = false,
        certificate: ServerCertificate? = nil, metricsToken: AccessToken? = nil
    ) {
        self.address = address
        self.hosts = hosts
        self.access = access
        self.allowsWrites = allowsWrites
        self.certificate = certificate
        self.metricsToken = metricsToken
    }

    /// Checks the name of a header field that a trusted proxy sends.
    /// - Throws: ``Failure`` if it cannot be one, or is one that browsers send by themselves.
    public static func header(_ name: String, from proxies: AddressSet) throws(Failure) -> Access {
        let taken = ["authorization", "cookie", "host", "origin", "referer", "user-agent", "accept"]
        guard let field = HTTPFieldNames.name(name), !taken.contains(field.canonicalName) else {
            throw Failure(
                "the trusted header \(name) cannot be used", why: "it is not a header field that only a proxy sends",
                advice: "name one such as X-Forwarded-User")
        }
        return .header(field.canonicalName, from: proxies)
    }

    /// This machine.
    public static let loopback = AddressSet(constants: "127.0.0.0/8", "::1/128")
}
