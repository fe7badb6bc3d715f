public import Basics

/// A finding in logs that needs attention.
public struct Alert: Sendable, Hashable {
    /// The rule's identifier, or that of a built-in analytic.
    public var rule: String
    public var title: String
    /// The identifier of the record that the alert is about; `nil` if it is about many.
    public var event: String?
    /// The time at which it began, in seconds since 1970.
    public var time: Int
    /// The time at which it was last seen, in seconds since 1970.
    public var lastTime: Int
    /// False if the time of the record cannot be read: then ``time`` and ``lastTime`` mean nothing.
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
    /// The record that the alert is about, as in the log but without secrets; `nil` if it was not requested, or if the
    /// alert is about many records.
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
    /// The evidence of the given name.
    public func evidence(_ name: String) -> JSON? { evidence.first { $0.name == name }?.value }
}
