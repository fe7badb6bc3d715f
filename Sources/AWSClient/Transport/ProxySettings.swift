public import Basics

/// Proxies from the environment, and the hosts that are connected to directly.
///
/// `HTTPS_PROXY` and `HTTP_PROXY` apply to addresses of their scheme. `NO_PROXY` is a list of hosts and domain
/// suffixes, or `*`. A lower-case variable wins over the same one in upper case, and an empty one unsets it.
///
/// Source: AWS CLI User Guide, "Using an HTTP proxy for the AWS CLI", and the behavior of botocore, which uses Python's
/// `urllib.request`: address ranges (`10.0.0.0/8`) and `ALL_PROXY` are not supported.
public struct ProxySettings: Sendable, Hashable {
    /// Proxies by scheme.
    private(set) var proxies: [String: Proxy] = [:]
    /// Hosts and domains in lower case, without leading dots.
    private var direct: [String] = []
    private var bypassesAll = false

    /// Creates settings without a proxy.
    public init() {}

    /// - Parameter variables: the environment variables.
    /// - Throws: if a proxy's address is invalid.
    public init(_ variables: [String: String]) throws(Failure) {
        let settings = Self.settings(in: variables)
        let list = settings["no"]?.value ?? ""
        bypassesAll = list == "*"
        guard !bypassesAll else { return }
        for name in list.split(separator: ",").map({ String($0).trimmed.lowercased() }) where !name.isEmpty {
            direct.append(String(name.drop { $0 == "." }))
        }
        for scheme in ["http", "https"] {
            guard let (variable, value) = settings[scheme] else { continue }
            proxies[scheme] = try Proxy(value, from: variable)
        }
    }

    /// Returns the proxy for a request; `nil` to connect directly.
    func proxy(for request: HTTPRequest) -> Proxy? {
        guard !request.avoidsProxy, let proxy = proxies[request.scheme] else { return nil }
        let host = request.host.lowercased()
        let hostAndPort = request.port.map { "\(host):\($0)" } ?? host
        let isDirect = direct.contains { name in
            [host, hostAndPort].contains { $0 == name || $0.hasSuffix("." + name) }
        }
        return isDirect ? nil : proxy
    }

    /// Returns the variables by the word before `_proxy`, with the precedence of
    /// `urllib.request.getproxies_environment`.
    private static func settings(in variables: [String: String]) -> [String: (variable: String, value: String)] {
        let suffix = "_proxy"
        let named = variables.filter { $0.key.lowercased().hasSuffix(suffix) }.sorted { $0.key < $1.key }
        func word(_ variable: String) -> String { String(variable.lowercased().dropLast(suffix.utf8.count)) }
        var found: [String: (variable: String, value: String)] = [:]
        for (variable, value) in named where !value.isEmpty { found[word(variable)] = (variable, value) }
        // In a CGI program, `HTTP_PROXY` holds a header of the request, which any client can set.
        if variables["REQUEST_METHOD"] != nil { found["http"] = nil }
        for (variable, value) in named where variable.hasSuffix(suffix) {
            found[word(variable)] = value.isEmpty ? nil : (variable, value)
        }
        return found
    }
}

/// An HTTP proxy. Its password is never printed.
struct Proxy: Sendable, Hashable, CustomStringConvertible {
    var host: String
    var port: Int
    /// The environment variable that the proxy comes from.
    var variable: String
    var login: Login?

    struct Login: Sendable, Hashable {
        var user: String
        var password: String
    }

    /// - Parameters:
    ///   - text: `http://user:password@host:port`; everything but the host is optional.
    ///   - variable: the setting that holds the text, for the error.
    /// - Throws: if the text is not the address of an HTTP proxy. The error does not repeat it, because it may hold a
    ///   password.
    init(_ text: String, from variable: String) throws(Failure) {
        let parts = text.firstRange(of: "://").map { (text[..<$0.lowerBound].lowercased(), text[$0.upperBound...]) }
        let (scheme, rest) = parts ?? ("http", text.hasPrefix("//") ? text.dropFirst(2) : text[...])
        guard scheme == "http" else {
            throw Self.refusal(
                variable,
                scheme == "https" ? "it names a proxy that is itself reached over TLS" : "its scheme is not http")
        }
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let at = rest[..<end].lastIndex(of: "@")
        let authority = rest[(at.map(rest.index(after:)) ?? rest.startIndex)..<end]
        let url: EndpointURL
        do {
            url = try EndpointURL("http://\(authority)", from: variable)
        } catch {
            throw Self.refusal(variable, error.why)
        }
        host = url.host.hasPrefix("[") ? String(url.host.dropFirst().dropLast()) : url.host
        port = url.port ?? 80
        self.variable = variable
        guard let at else { return }
        let names = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // A user name without a password is not sent, as in botocore.
        guard names.count == 2, names.allSatisfy({ !$0.isEmpty }) else { return }
        login = Login(
            user: PercentEncoding.decode(names[0]) ?? names[0], password: PercentEncoding.decode(names[1]) ?? names[1])
    }

    private static func refusal(_ variable: String, _ why: String) -> Failure {
        Failure(
            "the proxy in \(variable) cannot be used", why: why,
            advice: "write it like http://host:port or http://user:password@host:port")
    }

    /// `host:port`
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
