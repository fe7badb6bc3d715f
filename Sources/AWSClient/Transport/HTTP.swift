import Basics

/// A request as it is sent.
public struct HTTPRequest: Sendable, Hashable {
    public var method: String
    /// `http` or `https`.
    public var scheme: String
    /// A host name or address; an IPv6 address has brackets.
    public var host: String
    /// `nil` for the scheme's default port.
    public var port: Int?
    /// The path, percent-encoded, beginning with `/`.
    public var path: String
    /// Names and values, not percent-encoded, in any order.
    public var query: [QueryItem]
    public var headers: [Header]
    public var body: [UInt8]
    /// Whether to send the request directly to the host, whatever proxy is configured. A metadata service's answer is
    /// secret, and describes the machine that sends the request.
    public var avoidsProxy = false

    public struct QueryItem: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        method: String = "GET", scheme: String = "https", host: String, port: Int? = nil, path: String = "/",
        query: [QueryItem] = [], headers: [Header] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The value of the `Host` header; it includes the port only if that is not the scheme's default.
    public var authority: String {
        guard let port, port != (scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }

    /// The complete URL, with the query percent-encoded.
    public var url: String {
        let encoded = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        return "\(scheme)://\(authority)\(path)" + (encoded.isEmpty ? "" : "?" + encoded.joined(separator: "&"))
    }

    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// An answer with its complete body.
public struct HTTPResponse: Sendable {
    public var status: Int
    public var headers: [HTTPRequest.Header]
    public var body: [UInt8]
    /// Whether the server announced the end of the body, so that a cut would have been detected.
    public var isKnownWhole = true

    public init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public subscript(header name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Sends one request and reads its complete answer. It neither signs nor retries.
public protocol HTTPTransport: Sendable {
    /// - Parameters:
    ///   - timeout: time limit from the first byte sent to the last byte read.
    ///   - maximumBodyBytes: a longer answer is an error, so that memory use stays bounded.
    func send(
        _ request: HTTPRequest, timeout: Duration, maximumBodyBytes: Int
    ) async throws(TransportError) -> HTTPResponse
}

/// Reason why no answer arrived.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// No connection: refused, unknown host, or broken off.
        case connection
        /// The server's certificate or TLS version is not accepted: another attempt would fail too.
        case untrusted
        case timeout
        /// The connection ended before the whole answer was read.
        case cut
        /// The answer is longer than allowed.
        case tooLarge
        case cancelled
    }

    public var kind: Kind
    public var description: String
    /// Action for the user, if there is more to do than to check the network.
    public var advice: String?
    /// The HTTP status of the answer, if only its body could not be read.
    public var status: Int?

    public init(_ kind: Kind, _ description: String, advice: String? = nil) {
        self.kind = kind
        self.description = description
        self.advice = advice
    }
}
