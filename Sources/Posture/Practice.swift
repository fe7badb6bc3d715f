/// The ten practices that defend the customer's side of the shared responsibility model, and the groups of other
/// conditions on it.
public enum Practice: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
    case auditTrail = "audit-trail"
    case trailAccessLogging = "trail-access-logging"
    case flowLogs = "flow-logs"
    case permissions = "permissions"
    case trailProtection = "trail-protection"
    case logEncryption = "log-encryption"
    case credentialRotation = "credential-rotation"
    case networkExposure = "network-exposure"
    case rootAccount = "root-account"
    case unusedCredentials = "unused-credentials"
    case content
    case workloads

    /// 1 to 10 for the practices, more for the groups after them; the order in which reports list them.
    public var number: Int { (Practice.allCases.firstIndex(of: self) ?? 0) + 1 }

    public var title: String {
        switch self {
        case .auditTrail: "CloudTrail everywhere, with validated logs"
        case .trailAccessLogging: "Access logging on the trail buckets"
        case .flowLogs: "VPC flow logs"
        case .permissions: "Permissions on groups and roles"
        case .trailProtection: "Protected trail buckets"
        case .logEncryption: "Encrypted logs"
        case .credentialRotation: "Rotated keys and passwords"
        case .networkExposure: "Common ports closed"
        case .rootAccount: "No root keys, no use of root"
        case .unusedCredentials: "Unused credentials terminated"
        case .content: "Content protected"
        case .workloads: "Workloads hardened"
        }
    }

    public var responsibility: Responsibility {
        switch self {
        case .auditTrail, .trailAccessLogging, .flowLogs: .monitoring
        case .permissions, .credentialRotation, .rootAccount, .unusedCredentials: .identity
        case .trailProtection, .logEncryption, .content: .data
        case .networkExposure: .network
        case .workloads: .workloads
        }
    }

    public static func < (left: Practice, right: Practice) -> Bool { left.number < right.number }
}

/// The part of the customer's half of the shared responsibility model that a practice defends. What is not listed
/// (facilities, hardware, the services' own software) is AWS's half.
public enum Responsibility: String, Sendable, Hashable, CaseIterable, Codable {
    case identity = "identity and access"
    case data = "customer data"
    case network = "firewalls and networks"
    case monitoring = "logging and monitoring"
    case workloads = "applications"
}

/// How much harm a failing condition lets happen.
public enum Severity: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
    case low
    case medium
    case high
    case critical

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
