internal import Basics

/// An expected reader of the logs, named as in the configuration: an ARN or a canonical user ID, with `*` for any
/// characters and `?` for one.
///
/// Access logs name the session of a role (`arn:aws:sts::123456789012:assumed-role/audit/ann`). The configuration
/// usually names the role (`arn:aws:iam::123456789012:role/path/audit`), which matches all of its sessions. Names of
/// sessions do not contain the path, so it is removed. A pattern that is only wildcards without its path
/// (`role/path/*`) matches no session, since it would match all. An account's ID or `root` matches only the account's
/// root user, not all of its principals.
struct ExpectedReader: Sendable, Hashable {
    private let patterns: [WildcardPattern]

    init(_ text: String) {
        var patterns = [text]
        if let session = Self.sessions(of: text) { patterns.append(session) }
        if AccountID.isValid(text) {
            patterns.append("arn:aws*:iam::\(text):root")
        }
        self.patterns = patterns.map { WildcardPattern($0) }
    }

    func matches(_ requester: String) -> Bool {
        patterns.contains { $0.matches(requester) }
    }

    /// `arn:aws:iam::123456789012:role/path/audit` → `arn:aws:sts::123456789012:assumed-role/audit/*`.
    private static func sessions(of text: String) -> String? {
        guard let role = ARN(text), role.service == "iam", role.resource.hasPrefix("role/") else { return nil }
        let path = role.resource.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false)
        guard let name = path.last, !name.isEmpty else { return nil }
        let saysNothing = name.allSatisfy { $0 == "*" || $0 == "?" }
        // `role/*` and `role/*/*` mean any role.
        let hasPath = path.dropLast().contains { $0.contains { $0 != "*" } }
        guard !(saysNothing && hasPath) else { return nil }
        return "arn:\(role.partition):sts::\(role.account):assumed-role/\(name)/*"
    }
}

/// Names of AWS services in access logs: `svc:cloudtrail.amazonaws.com`.
enum LogDelivery {
    private static let services: Set<String> = [
        "cloudtrail", "config", "config-multiaccountsetup", "delivery.logs", "logging.s3", "s3", "vpc-flow-logs",
    ]

    /// Whether the requester is an AWS service that writes logs into buckets. AWS writes this field, so a client cannot
    /// forge it.
    static func isRequester(_ requester: String) -> Bool {
        requester.hasPrefix("svc:") && isService(requester.dropFirst(4))
    }

    /// Whether the name is that of a service that writes logs. `logs.eu-west-1.amazonaws.com` writes exports of
    /// CloudWatch Logs.
    static func isService(_ name: some StringProtocol) -> Bool {
        let name = String(name)
        guard let end = [".amazonaws.com", ".amazonaws.com.cn"].first(where: name.hasSuffix) else { return false }
        let service = name.dropLast(end.count)
        if services.contains(String(service)) { return true }
        let parts = service.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "logs" && !parts[1].isEmpty
    }
}
