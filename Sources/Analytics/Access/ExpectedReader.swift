/// Somebody who may read the logs, as the configuration names principals, and as access logs do: an ARN or a canonical
/// user id, with `*` for any characters and `?` for one.
///
/// Access logs name the session of a role (`arn:aws:sts::123456789012:assumed-role/audit/ann`), the configuration mostly
/// the role (`arn:aws:iam::123456789012:role/path/audit`): the role stands for all of its sessions. Sessions do not show
/// the path, so it is left out; a name that says nothing without its path (`role/path/*`) stands for no session, since
/// it would stand for all. An account's number or `root` stands for its root user alone, and not for everybody in it.
struct ExpectedReader: Sendable, Hashable {
    private let patterns: [[UInt8]]

    init(_ text: String) {
        var patterns = [text]
        if let session = Self.sessions(of: text) { patterns.append(session) }
        if text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            patterns.append("arn:aws*:iam::\(text):root")
        }
        self.patterns = patterns.map { Array($0.utf8) }
    }

    func matches(_ requester: String) -> Bool {
        let requester = Array(requester.utf8)
        return patterns.contains { Self.matches(requester, $0) }
    }

    /// `arn:aws:iam::123456789012:role/path/audit` → `arn:aws:sts::123456789012:assumed-role/audit/*`.
    private static func sessions(of text: String) -> String? {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/") else { return nil }
        let path = parts[5].dropFirst(5).split(separator: "/", omittingEmptySubsequences: false)
        guard let name = path.last, !name.isEmpty else { return nil }
        let saysNothing = name.allSatisfy { $0 == "*" || $0 == "?" }
        // `role/*` and `role/*/*` are whatever role there is.
        let hasPath = path.dropLast().contains { $0.contains { $0 != "*" } }
        guard !(saysNothing && hasPath) else { return nil }
        return "arn:\(parts[1]):sts::\(parts[4]):assumed-role/\(name)/*"
    }

    /// Backs up to the last star alone, so that no pattern takes long.
    private static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
        let (star, one) = (UInt8(ascii: "*"), UInt8(ascii: "?"))
        var at = 0
        var next = 0
        var lastStar: Int?
        var resume = 0
        while at < text.count {
            if next < pattern.count, pattern[next] == star {
                lastStar = next
                next += 1
                resume = at
            } else if next < pattern.count, pattern[next] == one || pattern[next] == text[at] {
                next += 1
                at += 1
            } else if let lastStar {
                resume += 1
                at = resume
                next = lastStar + 1
            } else {
                return false
            }
        }
        return pattern[next...].allSatisfy { $0 == star }
    }
}

/// AWS's services as access logs name them: `svc:cloudtrail.amazonaws.com`.
enum LogDelivery {
    private static let services: Set<String> = [
        "cloudtrail", "config", "config-multiaccountsetup", "delivery.logs", "logging.s3", "s3", "vpc-flow-logs",
    ]

    /// Whether it is a service that writes logs into buckets. It is AWS that says so, not who asks.
    static func isRequester(_ requester: String) -> Bool {
        requester.hasPrefix("svc:") && isService(requester.dropFirst(4))
    }

    /// `logs.eu-west-1.amazonaws.com` writes what CloudWatch Logs exports.
    static func isService(_ name: some StringProtocol) -> Bool {
        let name = String(name)
        guard let end = [".amazonaws.com", ".amazonaws.com.cn"].first(where: name.hasSuffix) else { return false }
        let service = name.dropLast(end.count)
        if services.contains(String(service)) { return true }
        let parts = service.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "logs" && !parts[1].isEmpty
    }
}
