import FoundationEssentials

/// The media types that a client accepts, with their weights (RFC 9110, section 12.5.1).
struct AcceptedTypes {
    private var weights: [String: Double] = [:]

    init(_ header: String) {
        for entry in header.prefix(1_000).split(separator: ",") {
            let parts = entry.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            weights[type] = max(weights[type] ?? 0, min(max(quality, 0), 1))
        }
    }

    /// Whether `type` is named, and accepted at least as gladly as `other`.
    func prefers(_ type: String, to other: String) -> Bool {
        guard let weight = weights[type], weight > 0 else { return false }
        let range = other.prefix { $0 != "/" } + "/*"
        return weight >= weights[other] ?? weights[String(range)] ?? weights["*/*"] ?? 0
    }
}
