import HTTPTypes

/// Whether a browser says that a change comes from a page of this server.
///
/// Browsers send `Sec-Fetch-Site` (since 2020 to 2023), and `Origin` with each POST; under `Referrer-Policy:
/// no-referrer` that is `null`, also from the same origin.
/// - Source: Fetch Standard, "append a request `Origin` header"; Fetch Metadata Request Headers.
enum OriginCheck {
    static func isSameOrigin(_ headers: HTTPFields, host: HostName, isTLS: Bool) -> Bool {
        let site = headers[.secFetchSite]
        if let site, site != "same-origin" { return false }
        guard let origin = headers[.origin], origin != "null" else { return site == "same-origin" }
        guard headers[values: .origin].count == 1, let separator = origin.firstRange(of: "://") else { return false }
        let scheme = origin[..<separator.lowerBound]
        let standard: [Substring: Int] = ["http": 80, "https": 443]
        // Before a proxy that ends TLS the origin is https although this server speaks http.
        guard let port = standard[scheme], scheme == "https" || !isTLS,
            let other = HostName(String(origin[separator.upperBound...]))
        else { return false }
        return other.name == host.name && (other.port ?? port) == (host.port ?? port)
    }
}

extension HTTPField.Name {
    // Both are tokens, so that the initializer cannot fail; if it did, the check would find nothing and refuse.
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .origin
}
