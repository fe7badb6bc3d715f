import Basics

/// The path and the query of a request, decoded and checked.
struct RequestPath: Sendable {
    /// The decoded segments; none for `/`.
    var segments: [String]
    var query: [(name: String, value: String)]

    /// The most bytes that a URL may have.
    static let limit = 8_192
    private static let parameterLimit = 100

    /// - Parameter target: the request's target, `/path?query`.
    /// - Returns: `nil` if it is not a path, is not UTF-8 after decoding, has control characters, or has segments that a
    ///   file system would understand: `..`, a slash, a backslash.
    init?(_ target: String) {
        guard target.hasPrefix("/"), target.utf8.count <= Self.limit else { return nil }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var segments: [String] = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentEncoding.decode(String(part)), !segment.isEmpty || parts[0] == "/",
                segment != ".", segment != "..", !segment.contains("/"), !segment.contains("\\"),
                !Self.hasControls(segment)
            else { return nil }
            if !segment.isEmpty { segments.append(segment) }
        }
        guard let query = FormFields(parts.count > 1 ? String(parts[1]) : "", limit: Self.parameterLimit),
            !query.all.contains(where: { Self.hasControls($0.name) || Self.hasControls($0.value) })
        else { return nil }
        self.segments = segments
        self.query = query.all
    }

    /// Returns the page that a target with a slash too many at its end means, `/findings?q=x` for `/findings/?q=x`; else
    /// `nil`.
    static func withoutTrailingSlash(_ target: String) -> String? {
        let path = target.prefix { $0 != "?" }
        guard path.count > 1, path.hasSuffix("/"), !path.hasSuffix("//") else { return nil }
        let shorter = path.dropLast() + target[path.endIndex...]
        guard RequestPath(String(shorter)) != nil else { return nil }
        return local(String(shorter))
    }

    static func hasControls(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Returns a path of this server to go to, else `nil`: anything that a browser could take for another server's.
    static func local(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 2_048,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }
}

/// The fields of a form or of a query (`application/x-www-form-urlencoded`), in their order.
struct FormFields: Sendable {
    var all: [(name: String, value: String)] = []

    /// - Returns: `nil` if there are too many, or one is not UTF-8 after decoding.
    init?(_ text: String, limit: Int) {
        let pairs = text.split(separator: "&", maxSplits: limit, omittingEmptySubsequences: true)
        guard pairs.count <= limit else { return nil }
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = Self.decode(parts.count > 1 ? parts[1] : "") else {
                return nil
            }
            all.append((name, value))
        }
    }

    subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    private static func decode(_ text: Substring) -> String? {
        PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
    }
}
