import Basics

/// An address that the user gave, such as `http://localhost:5000` or `https://[::1]:8443/aws`.
struct EndpointURL: Sendable, Hashable {
    var scheme: String
    /// The host; an IPv6 address has brackets.
    var host: String
    var port: Int?
    /// Begins with `/` and does not end with it, unless it is `/`.
    var path: String
    var query: String?

    /// - Parameter source: the setting that holds the address, for the error.
    init(_ text: String, from source: String) throws(Failure) {
        func refusal(_ why: String) -> Failure {
            Failure(
                "\(source) is not an address that can be used", why: why,
                advice: "write it like https://host or http://host:port")
        }
        guard let separator = Self.firstIndex(of: "://", in: text) else {
            throw refusal("'\(text.prefix(60))' has no http:// or https://")
        }
        scheme = text[..<separator].lowercased()
        guard scheme == "http" || scheme == "https" else { throw refusal("its scheme is neither http nor https") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refusal("it holds a character that stands in no address")
        }
        let rest = text[text.index(separator, offsetBy: 3)...]
        guard !rest.contains("#") else { throw refusal("it has a fragment (#)") }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw refusal("it names a user") }
        let target = rest[authority.endIndex...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let written = String(target.first ?? "")
        path = written.hasSuffix("/") ? String(written.dropLast()) : written
        if path.isEmpty { path = "/" }
        query = target.count > 1 ? String(target[1]) : nil

        var hostEnd = authority.endIndex
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { throw refusal("its IPv6 address has no ]") }
            hostEnd = authority.index(after: bracket)
        } else if let colon = authority.firstIndex(of: ":") {
            hostEnd = colon
        }
        host = authority[..<hostEnd].lowercased()
        let allowed: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let name = host.hasPrefix("[") ? host.dropFirst().dropLast().filter { $0 != ":" && $0 != "%" } : host
        guard !name.isEmpty || host == "[::]", name.utf8.allSatisfy(allowed) else { throw refusal("it names no host") }

        let portText = authority[hostEnd...]
        if portText.isEmpty {
            port = nil
        } else {
            guard portText.first == ":", let number = UInt16(portText.dropFirst()), number > 0 else {
                throw refusal("its port is not a number from 1 to 65535")
            }
            port = Int(number)
        }
    }

    private static func firstIndex(of part: String, in text: String) -> String.Index? {
        text.indices.first { text[$0...].hasPrefix(part) }
    }
}
