public import Basics

extension HTTPRequest {
    /// A `POST` to an address that a user gave, which must be `https` unless it is this machine's own.
    /// - Parameters:
    ///   - address: may be secret, so the error never holds it.
    ///   - source: the setting that holds the address, for the error.
    public init(to address: String, from source: String) throws(Failure) {
        func refusal(_ why: String, _ advice: String) -> Failure {
            Failure("\(source) is not an address that can be used", why: why, advice: advice)
        }
        guard address.contains("://") else {
            throw refusal("it does not begin with https://", "write it like https://host/path")
        }
        let url = try EndpointURL(address, from: source)
        guard url.scheme == "https" || Self.isLoopback(url.host) else {
            throw refusal("it is plain HTTP, which can be intercepted", "use https")
        }
        // A slash at the end can be a part of the name.
        let isFolder = address.prefix { $0 != "?" }.hasSuffix("/") && url.path != "/"
        var query: [QueryItem] = []
        for item in url.query?.split(separator: "&") ?? [] {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = PercentEncoding.decode(parts[0]),
                let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "")
            else { throw refusal("a % in its query is not followed by two hexadecimal digits", "write it as %25") }
            query.append(QueryItem(name, value))
        }
        self.init(
            method: "POST", scheme: url.scheme, host: url.host, port: url.port, path: url.path + (isFolder ? "/" : ""),
            query: query)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
    }
}
