public import Basics

/// A finding in logs that needs attention.
public struct Alert: Sendable, Hashable {
    /// The rule's identifier, or that of a built-in analytic.
    public var rule: String
    public var title: String
    /// The identifier of the record that the alert is about; `nil` if it is about many.
    public var event: String?
    /// Seconds since 1970: when it began.
    public var time: Int
    /// Seconds since 1970: when it was last seen.
    public var lastTime: Int
    /// False if it is about a record whose time cannot be read: then ``time`` and ``lastTime`` mean nothing.
    public var hasTime = true
    public var severity: Severity
    public var account: String?
    public var region: String?
    /// The principal or place: an ARN, a network interface, an IP address.
    public var actor: String
    /// The identifier of the guarded practice, such as `flow-logs`.
    public var practice: String
    public var fields: [String: String]
    public var evidence: [JSON.Object.Member]
    /// The record that it is about, as its log has it but without secrets; `nil` if it is not wanted, or about many.
    public var raw: String?

    public init(
        rule: String, title: String, event: String? = nil, time: Int, lastTime: Int? = nil, severity: Severity,
        account: String? = nil, region: String? = nil, actor: String, practice: String, fields: [String: String] = [:],
        evidence: [JSON.Object.Member] = []
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

extension Alert {
    /// The evidence of that name.
    public func evidence(_ name: String) -> JSON? { evidence.first { $0.name == name }?.value }
}
