import Basics

/// Something in the logs that somebody should look at.
public struct Alert: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
        case informational, low, medium, high, critical

        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// One thing that speaks for the alert.
    public struct Evidence: Sendable, Hashable {
        public var name: String
        public var value: EvidenceValue

        public init(_ name: String, _ value: EvidenceValue) {
            self.name = name
            self.value = value
        }
    }

    /// The rule's identifier, or that of a built-in analytic.
    public var rule: String
    public var title: String
    /// The identifier of the record that it is about; none if it is about many.
    public var event: String?
    /// Seconds since 1970: when it began.
    public var time: Int
    /// Seconds since 1970: when it was last seen.
    public var lastTime: Int
    public var severity: Severity
    public var account: String?
    public var region: String?
    /// Who did it, or where: an ARN, a network interface, an address.
    public var actor: String
    /// The practice that it guards, by its identifier, such as `flow-logs`.
    public var practice: String
    public var fields: [String: String]
    public var evidence: [Evidence]

    public init(
        rule: String, title: String, event: String? = nil, time: Int, lastTime: Int? = nil, severity: Severity,
        account: String? = nil, region: String? = nil, actor: String, practice: String, fields: [String: String] = [:],
        evidence: [Evidence] = []
    ) {
        self.rule = rule
        self.title = title
        self.event = event
        self.time = time
        self.lastTime = lastTime ?? time
        self.severity = severity
        self.account = account
        self.region = region
        self.actor = actor
        self.practice = practice
        self.fields = fields
        self.evidence = evidence
    }
}

/// What JSON can say, with the order of an object's members kept.
public indirect enum EvidenceValue: Sendable, Hashable {
    case text(String)
    case count(Int)
    case number(Double)
    case flag(Bool)
    case list([EvidenceValue])
    case object([Alert.Evidence])
}

extension EvidenceValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .count(value) }
    public init(arrayLiteral elements: EvidenceValue...) { self = .list(elements) }
}

extension Alert {
    /// The evidence of that name.
    public func evidence(_ name: String) -> EvidenceValue? { evidence.first { $0.name == name }?.value }
}
