public import Basics

/// The address of a Spark Connect server: `sc://host:port/;token=…;use_ssl=true;user_id=…;session_id=…`.
///
/// Source: Apache Spark documentation, "Connection String for Spark Connect".
public struct SparkURL: Sendable, Hashable {
    public var host: String
    public var port: Int
    /// The bearer token. It is a secret.
    public var token: String?
    public var usesTLS: Bool
    public var userID: String?
    /// A UUID; `nil` for a new one.
    public var sessionID: String?
    /// Parameters that are not the protocol's own. They are sent as headers, as Spark's own clients do.
    public var headers: [Header] = []

    /// A header of every call.
    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    /// The port of a server that is not told another.
    public static let usualPort = 15_002
    /// The environment variable with the token of URLs without one.
    public static let tokenVariable = "SPARK_CONNECT_AUTHENTICATE_TOKEN"

    /// - Parameter token: the token if the URL has none.
    /// - Throws: ``Failure``. It never quotes the parameters, which can be secrets.
    public init(_ text: String, token: String? = nil) throws(Failure) {
        guard text.hasPrefix("sc://") else { throw Self.invalid("it does not begin with sc://") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Self.invalid("it has characters other than printable ASCII")
        }
        let rest = text.dropFirst(5)
        let authority = rest.prefix { $0 != "/" && $0 != ";" }
        let (host, port) = try Self.hostAndPort(authority)
        (self.host, self.port) = (host, port)
        var parameters = rest.dropFirst(authority.count)
        if parameters.first == "/" { parameters = parameters.dropFirst() }
        guard parameters.isEmpty || parameters.first == ";" else {
            throw Self.invalid("it has a path; parameters begin with /;")
        }
        var isTLS: Bool?
        var seen: Set<String> = []
        for parameter in parameters.split(separator: ";") {
            guard let sign = parameter.firstIndex(of: "="), sign > parameter.startIndex,
                let value = PercentEncoding.decode(String(parameter[parameter.index(after: sign)...])),
                !value.isEmpty, !value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
            else { throw Self.invalid("a parameter is not name=value") }
            let name = String(parameter[..<sign])
            guard seen.insert(name).inserted else { throw Self.invalid("a parameter is repeated") }
            switch name {
            case "token": self.token = value
            case "user_id": userID = value
            case "session_id":
                guard Self.isUUID(value) else { throw Self.invalid("session_id is not a UUID") }
                sessionID = value
            case "use_ssl":
                guard ["true", "false"].contains(value.lowercased()) else {
                    throw Self.invalid("use_ssl is neither true nor false")
                }
                isTLS = value.lowercased() == "true"
            // It names the program, and this program has a name.
            case "user_agent": break
            default:
                guard name.utf8.allSatisfy(Self.isOfHeader), value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
                else {
                    throw Self.invalid("the name or value of a parameter cannot be sent as a header")
                }
                headers.append(Header(name: name.lowercased(), value: value))
            }
        }
        self.token = self.token ?? token.flatMap { $0.isEmpty ? nil : $0 }
        // A token must not be seen on its way.
        let needsTLS = self.token != nil && !Self.isLoopback(host)
        if needsTLS, isTLS == false {
            throw Failure(
                "the token cannot be sent to \(host)", why: "use_ssl=false would send it in plain text",
                advice: "remove use_ssl=false, or the token")
        }
        usesTLS = isTLS ?? needsTLS
    }

    private static func hostAndPort(_ text: Substring) throws(Failure) -> (String, Int) {
        var host = text
        var port = usualPort
        let afterHost = text.first == "[" ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
        if let colon = text[afterHost...].lastIndex(of: ":") {
            let digits = text[text.index(after: colon)...]
            guard (1...5).contains(digits.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { throw invalid("the port is not a number from 1 to 65535") }
            (host, port) = (text[..<colon], number)
        }
        if host.first == "[" {
            host = host.dropFirst().dropLast(host.last == "]" ? 1 : 0)
            guard text.contains("]"), IPAddress(host)?.isIPv6 == true else {
                throw invalid("the address in brackets is not an IPv6 address")
            }
        } else {
            guard !host.isEmpty, host.utf8.allSatisfy(isOfHost) else { throw invalid("it has no valid host name") }
        }
        return (String(host), port)
    }

    private static func invalid(_ why: String) -> Failure {
        Failure("the Spark URL is invalid", why: why, advice: "use sc://host:port or sc://host:port/;token=…")
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// Names that end with `-bin` have binary values, and reserved ones begin with `grpc-` or a colon.
    private static func isOfHeader(_ byte: UInt8) -> Bool { isOfHost(byte) }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = IPAddress(host)?.unmapped else { return false }
        return address.ipv4.map { $0 >> 24 == 127 } ?? (address.bits == 1)
    }
}

extension SparkURL: CustomStringConvertible {
    /// The URL without its parameters.
    public var description: String { "sc://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
