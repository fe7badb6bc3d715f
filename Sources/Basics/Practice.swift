/// A practice on the customer's side of the shared responsibility model (1 to 10), or a group of other conditions
/// (after 10). To add one, add it to ``all``.
public struct Practice: Sendable, Identifiable {
    /// The ID in output, settings and rules: `audit-trail`.
    public let id: String
    /// The position of the practice in reports.
    public let number: Int
    public let title: String
    public let responsibility: Responsibility

    private init(_ number: Int, _ id: String, _ title: String, _ responsibility: Responsibility) {
        self.id = id
        self.number = number
        self.title = title
        self.responsibility = responsibility
    }

    public static let auditTrail = Practice(
        1, "audit-trail", "CloudTrail in all Regions, with log file validation", .monitoring)
    public static let trailAccessLogging = Practice(
        2, "trail-access-logging", "Server access logging on CloudTrail buckets", .monitoring)
    public static let flowLogs = Practice(3, "flow-logs", "VPC flow logs", .monitoring)
    public static let permissions = Practice(4, "permissions", "Least privilege through groups and roles", .identity)
    public static let trailProtection = Practice(5, "trail-protection", "CloudTrail bucket protection", .data)
    public static let logEncryption = Practice(6, "log-encryption", "Log encryption", .data)
    public static let credentialRotation = Practice(
        7, "credential-rotation", "Credential rotation and password policy", .identity)
    public static let networkExposure = Practice(8, "network-exposure", "Network exposure", .network)
    public static let rootAccount = Practice(9, "root-account", "Root user", .identity)
    public static let unusedCredentials = Practice(
        10, "unused-credentials", "Unused credentials", .identity)
    public static let content = Practice(11, "content", "Data protection", .data)
    public static let workloads = Practice(12, "workloads", "Workload hardening", .workloads)

    /// All practices, sorted by number.
    public static let all: [Practice] = [
        .auditTrail, .trailAccessLogging, .flowLogs, .permissions, .trailProtection, .logEncryption,
        .credentialRotation, .networkExposure, .rootAccount, .unusedCredentials, .content, .workloads,
    ]

    /// `nil` if no practice has that ID.
    public init?(id: String) {
        guard let practice = Self.all.first(where: { $0.id == id }) else { return nil }
        self = practice
    }
}

extension Practice: Hashable, Comparable, CustomStringConvertible {
    public static func == (one: Practice, other: Practice) -> Bool { one.id == other.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
    public static func < (one: Practice, other: Practice) -> Bool { one.number < other.number }
    public var description: String { id }
}

extension Practice: Codable {
    /// - Throws: `DecodingError` if no practice has that ID.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let id = try container.decode(String.self)
        guard let practice = Practice(id: id) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown practice '\(id)'")
        }
        self = practice
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(id)
    }
}

/// The part of the customer's side of the shared responsibility model that a practice protects. AWS is responsible for
/// the other side (facilities, hardware, the services' own software).
public enum Responsibility: String, Sendable, Hashable, CaseIterable, Codable {
    case identity = "identity and access"
    case data = "customer data"
    case network = "firewalls and networks"
    case monitoring = "logging and monitoring"
    case workloads = "applications"
}
